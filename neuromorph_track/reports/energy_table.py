"""What runs cost, as a table for a terminal of any width."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from typing import Literal

from rich.cells import cell_len
from rich.console import Console, ConsoleOptions, RenderResult
from rich.table import Table

from neuromorph_track.profiling import EnergyRatio, EnergyReport, Interval, PlacementSummary
from neuromorph_track.profiling.ratio import ratio_digits
from neuromorph_track.reports.chip_numbers import ChipNumbers
from neuromorph_track.reports.energy_notes import energy_notes
from neuromorph_track.reports.energy_rows import is_bound
from neuromorph_track.reports.units import format_interval, format_si

TITLE = "Energy per frame, steady state: P50 [P5, P95]"
# Columns from the widest layout to one for 80 characters; what has no column goes into the notes.
LAYOUTS = (
    ("Run", "Chip", "Dynamic", "Total", "ANN twin", "Time/frame", "Cores", "Evidence", "Boundary"),
    ("Run", "Chip", "Dynamic", "Total", "ANN twin", "Time/frame", "Cores"),
    ("Run", "Chip", "Dynamic", "Total", "ANN twin"),
    ("Run", "Chip", "Dynamic", "Total"),
)
NAMES = ("Run", "Chip")
NAME_WIDTH = 12
WORDS = ("Evidence", "Boundary")
# An all-in price has both inside; what is dynamic of it nobody says.
IN_TOTAL = "in total"


class EnergyTable:
    """Joules per frame by chip (and by run), in the widest layout that the console has room for.

    Attributes
    ----------
    reports : tuple of EnergyReport
        By chip, and on one chip in the order of the runs.
    runs : tuple of str
        What to call the run of each report.
    boundaries : bool
        Whether a note says that boundaries differ.
    """

    def __init__(self, reports: Sequence[EnergyReport], runs: Sequence[str], boundaries: bool) -> None:
        chips = list(dict.fromkeys(report.profile for report in reports))
        pairs = sorted(zip(reports, runs, strict=True), key=lambda pair: chips.index(pair[0].profile))
        self.reports = tuple(report for report, _ in pairs)
        self.runs = tuple(run for _, run in pairs)
        self.boundaries = boundaries

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        yield next(self._fitting(console, options))

    def _fitting(self, console: Console, options: ConsoleOptions) -> Iterator[Table]:
        for columns in LAYOUTS:
            table = self._table(columns)
            # Asked with all the room there is, it says how much it needs.
            needed = console.measure(table, options=options.update(max_width=sys.maxsize)).minimum
            if columns is LAYOUTS[-1] or needed <= options.max_width:
                yield table

    def _table(self, columns: Sequence[str]) -> Table:
        several = len(set(self.runs)) > 1
        notes = energy_notes(self.reports, self.runs, "Cores" not in columns, self.boundaries)
        table = Table(title=TITLE, caption="\n".join(notes) or None, caption_justify="left")
        numbers = ChipNumbers(list(zip(self.runs, self.reports, strict=True)))
        rows = [energy_cells(report, run, numbers) for run, report in numbers.entries]
        if "Evidence" not in columns:
            for cells, report in zip(rows, self.reports, strict=True):
                cells["Chip"] += f"\n{evidence_text(report)}, {report.boundary}"
        shown = [column for column in columns if column != "Run" or several]
        for column in shown:
            _add_column(table, column, [cells[column] for cells in rows])
        for index, cells in enumerate(rows):
            if several and index and self.reports[index].profile != self.reports[index - 1].profile:
                table.add_section()
            table.add_row(*(cells[column] for column in shown))
        return table


def _add_column(table: Table, name: str, cells: Sequence[str]) -> None:
    """Names may be wrapped; a number that is cut would be another number."""
    if name in NAMES:
        table.add_column(name, min_width=NAME_WIDTH, overflow="fold")
        return
    widest = max(cell_len(line) for cell in (name, *cells) for line in cell.split("\n"))
    justify: Literal["left", "right"] = "left" if name in WORDS else "right"
    table.add_column(name, justify=justify, no_wrap=True, min_width=widest)


def energy_table(
    reports: Sequence[EnergyReport], runs: Sequence[str] = (), boundaries: bool = True
) -> EnergyTable:
    """Joules per frame with intervals; what is not priced, and what drives the answer, stand below.

    Parameters
    ----------
    reports : sequence of EnergyReport
    runs : sequence of str
        What to call the run of each report; without it all are of one run.
    boundaries : bool
        Whether a note says that boundaries differ, where they do.
    """
    return EnergyTable(reports, runs or [""] * len(reports), boundaries)


def energy_cells(report: EnergyReport, run: str, numbers: ChipNumbers) -> dict[str, str]:
    """Text by the column's name; what is below a line feed is small print."""
    energy, placement = report.steady_state, report.placement
    chip = numbers.label(report) + ("\nsimulated densely" if report.dense_equivalent else "")
    if placement is not None and placement.fits is False:
        chip += "\ndoes not fit"
    time = energy.frame_time
    return {
        "Run": run,
        "Chip": chip,
        "Dynamic": IN_TOTAL if energy.dynamic is None and energy.total else _two_lines(energy.dynamic),
        "Total": _two_lines(energy.total),
        "ANN twin": _twin(report),
        "Time/frame": "–" if time is None else f"{format_si(time.p50, 's')}\n({_bound(report.bound)})",
        "Cores": _cores(placement),
        "Evidence": evidence_text(report).replace(" / ", "\n"),
        "Boundary": report.boundary,
    }


def _cores(placement: PlacementSummary | None) -> str:
    if placement is None or not placement.cores:
        return "–"
    bound = "≥ " if is_bound(placement) else ""
    return f"{bound}{placement.cores:,}\n{placement.chips:,} chip" + ("" if placement.chips == 1 else "s")


def _bound(bound: str) -> str:
    return "I/O" if bound == "input and output" else bound


def _two_lines(interval: Interval | None) -> str:
    return format_interval(interval).replace(" [", "\n[")


def _twin(report: EnergyReport) -> str:
    """Joules of the dense twin, and its ratio to the network."""
    if report.dense_twin is None:
        return "–"
    energy = report.dense_twin.total or report.dense_twin.dynamic
    ratio = report.dense_twin_ratio
    if energy is None:
        return "–"
    if report.dense_twin == report.steady_state:
        return "the same"
    return _two_lines(energy) if ratio is None else f"{format_si(energy.p50, 'J')}\n{ratio_text(ratio)}"


def ratio_text(ratio: EnergyRatio) -> str:
    """``×1.2 [0.9, 1.5]``."""
    p5, p50, p95 = map(ratio_digits, (ratio.p5, ratio.p50, ratio.p95))
    return f"×{p50} [{p5}, {p95}]"


def evidence_text(report: EnergyReport) -> str:
    """Weakest grade of the dynamic figure, and of the total where that is weaker still or the only one."""
    grades = dict.fromkeys(filter(None, (report.dynamic_evidence, report.total_evidence)))
    return " / ".join(grades)
