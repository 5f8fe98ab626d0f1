"""What the energy plot shows, before anything is drawn: a group per chip, a line per interval."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from neuromorph_track.profiling import EnergyReport, Interval, PlacementSummary
from neuromorph_track.profiling.ratio import Figure
from neuromorph_track.reports.style import FAINT, PALETTE
from neuromorph_track.reports.units import format_interval

DYNAMIC, TOTAL, TWIN = PALETTE[0], PALETTE[3], FAINT
NOT_PRICED, IN_TOTAL = "not priced", "inside the total"


@dataclass(frozen=True)
class Bar:
    """One interval of a group; ``hollow`` where it belongs to the dense twin.

    ``dotted`` where the figure asked for is not priced and the dynamic one stands in for it.
    """

    label: str
    colour: str
    evidence: str
    interval: Interval | None
    text: str
    hollow: bool = False
    dotted: bool = False
    twin: Interval | None = None


@dataclass(frozen=True)
class Group:
    """One chip: its name, what to know about it, and its intervals."""

    name: str
    facts: str
    alarm: str
    gaps: str
    bars: tuple[Bar, ...]


def energy_groups(
    reports: Sequence[EnergyReport], runs: Sequence[str] = (), figure: Figure = "total"
) -> tuple[Group, ...]:
    """Sort reports by chip, in the order in which chips first come.

    Parameters
    ----------
    reports : sequence of EnergyReport
    runs : sequence of str
        What to call the run of each report; without it all are of one run.
    figure : str
        What is drawn of each of several runs; of one run everything is drawn.
    """
    names = list(runs) or [""] * len(reports)
    chips: dict[str, list[tuple[str, EnergyReport]]] = {}
    for run, report in zip(names, reports, strict=True):
        chips.setdefault(report.profile, []).append((run, report))
    order = list(dict.fromkeys(names))
    if len(order) == 1:
        return tuple(_group(entries, _own_bars(entries[0][1])) for entries in chips.values())
    return tuple(
        _group(entries, [_run_bar(run, report, order.index(run), figure) for run, report in entries])
        for entries in chips.values()
    )


def _own_bars(report: EnergyReport) -> list[Bar]:
    """Everything about one run on one chip."""
    energy = report.steady_state
    total_grade = report.total_evidence or report.dynamic_evidence
    all_in = energy.dynamic is None and energy.total is not None
    dynamic = IN_TOTAL if all_in else _text(energy.dynamic)
    bars = [
        Bar("dynamic", DYNAMIC, report.dynamic_evidence, energy.dynamic, dynamic),
        Bar("total", TOTAL, total_grade, energy.total, _text(energy.total)),
    ]
    if (twin := twin_of(report, "total")) is not None:
        bars.append(Bar("ANN twin, total", TWIN, total_grade, twin, _text(twin), hollow=True))
    elif (twin := twin_of(report, "dynamic")) is not None:
        bars.append(Bar("ANN twin, dynamic", TWIN, report.dynamic_evidence, twin, _text(twin), hollow=True))
    return bars


def _run_bar(run: str, report: EnergyReport, place: int, figure: Figure) -> Bar:
    energy, colour = report.steady_state, PALETTE[place % len(PALETTE)]
    interval = getattr(energy, figure)
    if interval is None and figure == "total" and energy.dynamic is not None:
        text = f"{format_interval(energy.dynamic)} dynamic"
        return Bar(run, colour, report.dynamic_evidence, energy.dynamic, text, dotted=True)
    grade = (report.total_evidence if figure == "total" else None) or report.dynamic_evidence
    return Bar(run, colour, grade, interval, _text(interval), twin=twin_of(report, figure))


def twin_of(report: EnergyReport, figure: Figure) -> Interval | None:
    """The dense twin's figure on the same chip, where it is priced and another computation at all."""
    if report.dense_twin is None or report.dense_twin == report.steady_state:
        return None
    twin: Interval | None = getattr(report.dense_twin, figure)
    return twin


def _text(interval: Interval | None) -> str:
    return NOT_PRICED if interval is None else format_interval(interval)


def _group(entries: Sequence[tuple[str, EnergyReport]], bars: Sequence[Bar]) -> Group:
    reports = [report for _, report in entries]
    first = reports[0]
    facts = ["simulated densely"] if first.dense_equivalent else []
    facts.append(f"boundary: {first.boundary}")
    facts += filter(None, (size_text(reports),))
    gaps = dict.fromkeys(gap for report in reports for gap in report.unpriced)
    return Group(
        first.name,
        " · ".join(facts),
        _alarm(entries),
        f"not priced: {', '.join(gaps)}" if gaps else "",
        tuple(bars),
    )


def size_text(reports: Sequence[EnergyReport]) -> str:
    """``61 cores, 1 chip``, or the range over several runs; empty where there are no cores."""
    placements = [report.placement for report in reports if report.placement and report.placement.cores]
    if not placements:
        return ""
    bound = "at least " if any(map(is_bound, placements)) else ""
    return bound + ", ".join(
        _range([getattr(placement, what) for placement in placements], what[:-1])
        for what in ("cores", "chips")
    )


def is_bound(placement: PlacementSummary) -> bool:
    """Whether more cores may be needed than are counted."""
    return not placement.basis.startswith("mapping")


def _range(numbers: Sequence[int], noun: str) -> str:
    low, high = min(numbers), max(numbers)
    plural = "" if high == 1 else "s"
    return f"{low:,}{f' to {high:,}' if high > low else ''} {noun}{plural}"


def _alarm(entries: Sequence[tuple[str, EnergyReport]]) -> str:
    """Which runs do not fit on the board; one run needs no name."""
    large = [
        run for run, report in entries if report.placement is not None and report.placement.fits is False
    ]
    if not large:
        return ""
    if len(large) == len(entries):
        return "does not fit on the board"
    return f"does not fit on the board: {', '.join(large)}"
