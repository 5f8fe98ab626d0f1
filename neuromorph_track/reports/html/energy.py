"""Joules by chip as a table of a page."""

from __future__ import annotations

from collections.abc import Sequence

from neuromorph_track.hardware import EVIDENCE
from neuromorph_track.profiling import EnergyReport, Interval
from neuromorph_track.profiling.ratio import EnergyRatio
from neuromorph_track.reports.chip_numbers import ChipNumbers
from neuromorph_track.reports.energy_notes import energy_notes
from neuromorph_track.reports.energy_rows import twin_of
from neuromorph_track.reports.energy_table import energy_cells, ratio_text
from neuromorph_track.reports.html.content import Against, Set
from neuromorph_track.reports.html.table import Cell, Column, JouleAxis, Table
from neuromorph_track.reports.units import format_interval

CAPTION = "Joules per frame by chip, steady state: P50 [P5, P95]"
TONES = (("dynamic", "dynamic"), ("total", "total"), ("twin", "dense twin (ANN), hollow"))
NOT_PRICED, NO_CLAIM = "not priced", "no claim"


def energy_page(reports: Sequence[EnergyReport], caption: str = CAPTION) -> Table:
    """A row per chip: dynamic and total energy apart, the dense twin, time, cores, evidence."""
    axis = JouleAxis([each for report in reports for each in _drawn(report)])
    numbers = ChipNumbers([("", report) for report in reports])
    return Table(
        caption=caption,
        columns=(
            Column("Chip", "boundary", "text"),
            Column("Energy per frame", "log scale", "plot"),
            Column("Dynamic"),
            Column("Total"),
            Column("Dense twin", "by the network"),
            Column("Time", "per frame"),
            Column("Cores"),
            Column("Evidence", "weakest price", "text"),
        ),
        rows=tuple(_row(report, numbers, axis) for report in reports),
        notes=tuple(energy_notes(reports)),
        ticks=axis.ticks,
        grades=_grades(reports),
        tones=TONES,
    )


def _drawn(report: EnergyReport) -> tuple[Interval | None, ...]:
    return report.steady_state.dynamic, report.steady_state.total, _twin(report)


def _twin(report: EnergyReport) -> Interval | None:
    return twin_of(report, "total") or twin_of(report, "dynamic")


def _row(report: EnergyReport, numbers: ChipNumbers, axis: JouleAxis) -> tuple[Cell, ...]:
    energy, placed, time = report.steady_state, report.placement, report.steady_state.frame_time
    texts = energy_cells(report, "", numbers)
    name, *small = texts["Chip"].split("\n")
    twin_grade = (report.total_evidence if twin_of(report, "total") else None) or report.dynamic_evidence
    marks = (
        *axis.mark("dynamic", "dynamic", report.dynamic_evidence, energy.dynamic),
        *axis.mark("total", "total", report.total_evidence or report.dynamic_evidence, energy.total),
        *axis.mark("dense twin", "twin", twin_grade, _twin(report), hollow=True),
    )
    misfit = placed is not None and placed.fits is False
    ratio = report.dense_twin_ratio
    return (
        Cell(
            name, " · ".join([report.boundary, *small]), report.name.lower(), tone="alarm" if misfit else ""
        ),
        Cell(marks=marks),
        _cell(texts["Dynamic"], middle(energy.dynamic)),
        _cell(texts["Total"], middle(energy.total)),
        _cell(texts["ANN twin"], None if ratio is None else ratio.p50),
        _cell(texts["Time/frame"], middle(time)),
        _cell(texts["Cores"], None if placed is None or not placed.cores else placed.cores),
        _cell(texts["Evidence"], _rank(report)),
    )


def _cell(text: str, sort: float | None) -> Cell:
    first, _, rest = text.partition("\n")
    # A dash alone says nothing of why there is no number.
    return Cell(first, rest, sort, tone="faint" if first == "–" else "")


def middle(interval: Interval | None) -> float | None:
    """What an interval is sorted by."""
    return None if interval is None else interval.p50


def _rank(report: EnergyReport) -> float:
    grades: tuple[str, ...] = EVIDENCE
    return grades.index(report.total_evidence or report.dynamic_evidence)


def _grades(reports: Sequence[EnergyReport]) -> tuple[str, ...]:
    present = {grade for report in reports for grade in (report.dynamic_evidence, report.total_evidence)}
    return tuple(grade for grade in EVIDENCE if grade in present)


def against_page(against: Against) -> Table:
    """A row per chip, a column per run: its energy, and its ratio to the first run."""
    names, first = list(against.reports), against.reports[against.baseline]
    every = [(name, report) for name, reports in against.reports.items() for report in reports]
    axis, numbers = JouleAxis([_shown(report) for _, report in every]), ChipNumbers(every)
    return Table(
        caption=f"Runs on one chip each: P50 [P5, P95]; ratios to {against.baseline}",
        columns=(
            Column("Chip", "boundary", "text"),
            Column("Energy per frame", "total, or dynamic where no total is priced", "plot"),
            *(Column(name, "" if name == against.baseline else f"by {against.baseline}") for name in names),
        ),
        rows=tuple(_chip_row(against, place, axis, numbers) for place in range(len(first))),
        notes=tuple(
            energy_notes(
                [report for _, report in every],
                [name for name, _ in every],
                complete=True,
                boundaries=False,
            )
        ),
        ticks=axis.ticks,
        grades=_grades([report for _, report in every]),
        tones=tuple((f"run{number}", name) for number, name in enumerate(names)),
    )


def _shown(report: EnergyReport) -> Interval | None:
    return report.steady_state.total or report.steady_state.dynamic


def _chip_row(against: Against, place: int, axis: JouleAxis, numbers: ChipNumbers) -> tuple[Cell, ...]:
    reports = [priced[place] for priced in against.reports.values()]
    marks = [
        mark
        for number, (name, report) in enumerate(zip(against.reports, reports, strict=True))
        for mark in axis.mark(name, f"run{number}", _grade(report), _shown(report))
    ]
    sets = {each.run: each for each in against.sets if each.profile == reports[0].profile}
    large = any(report.placement is not None and report.placement.fits is False for report in reports)
    return (
        Cell(
            numbers.label(reports[0]),
            reports[0].boundary + (" · does not fit" if large else ""),
            reports[0].name.lower(),
            tone="alarm" if large else "",
        ),
        Cell(marks=tuple(marks)),
        *(_run_cell(report, sets.get(name)) for name, report in zip(against.reports, reports, strict=True)),
    )


def _grade(report: EnergyReport) -> str:
    total = report.total_evidence if report.steady_state.total else None
    return total or report.dynamic_evidence


def _run_cell(report: EnergyReport, found: Set | None) -> Cell:
    energy = report.steady_state
    lines = [
        f"{name} {format_interval(interval)}{_by(ratio)}"
        for name, interval, ratio in (
            ("dynamic", energy.dynamic, None if found is None else found.dynamic),
            ("total", energy.total, None if found is None else found.total),
        )
        if interval is not None
    ]
    sort = middle(_shown(report)) if found is None else _middle_ratio(found)
    title = NOT_PRICED if not lines else "" if found is None else answer(found)
    return Cell(title, "\n".join(lines), sort, tone="faint" if title in (NOT_PRICED, NO_CLAIM) else "")


def answer(found: Set) -> str:
    """``needs less``, ``needs more`` or ``no claim``, of the total where there is one, else dynamic."""
    ratio = found.total or found.dynamic
    if ratio is None or not ratio.claim:
        return NO_CLAIM
    return "needs less" if ratio.p95 < 1 else "needs more"


def _middle_ratio(found: Set) -> float | None:
    ratio = found.total or found.dynamic
    return None if ratio is None else ratio.p50


def _by(ratio: EnergyRatio | None) -> str:
    return "" if ratio is None else f", {ratio_text(ratio)}{'' if ratio.claim else ' no claim'}"
