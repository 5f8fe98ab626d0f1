"""Single-object scores as tables for a terminal."""

from __future__ import annotations

from collections.abc import Sequence

from rich.table import Table

from neuromorph_track.evaluation.single import SingleReport, SingleScores, compare

HEADINGS = {
    "AUC": "AUC",
    "precision": "P 20 px",
    "precision_AUC": "P AUC",
    "norm_precision": "NP 0.2",
    "norm_precision_AUC": "NP AUC",
    "AO": "AO",
    "SR50": "SR 0.5",
    "SR75": "SR 0.75",
}


def single_table(reports: Sequence[SingleReport]) -> Table:
    """A row for each tracker; its AUC with the 95 % interval, and how much higher than the first one's."""
    first = reports[0]
    counted = f"{len(first.rows)} sequences, {first.combined.frames} frames"
    table = Table(title=f"Single objects, one pass, per cent ({counted})", caption=_caption(first))
    table.add_column("Tracker")
    for heading in HEADINGS.values():
        table.add_column(heading, justify="right", no_wrap=True)
    if len(reports) > 1:
        table.add_column(f"AUC - {first.tracker}", justify="right", no_wrap=True)
    for report in reports:
        cells = [report.tracker, *(_cell(report.combined, name) for name in HEADINGS)]
        if len(reports) > 1:
            cells.append("" if report is first else _difference(report, first))
        table.add_row(*cells)
    return table


def sequences_table(reports: Sequence[SingleReport]) -> Table:
    """AUC of each sequence, a column for each tracker."""
    rows = {row.sequence: [_number(row.AUC)] for row in reports[0].rows}
    for report in reports[1:]:
        for row in report.rows:
            rows[row.sequence].append(_number(row.AUC))
    return _columns("AUC of each sequence, per cent", "Sequence", reports, rows)


def attributes_table(reports: Sequence[SingleReport]) -> Table:
    """AUC over the sequences that have an attribute, a column for each tracker."""
    rows = {
        f"{name} ({row.sequences})": [_cell(report.attributes[name], "AUC") for report in reports]
        for name, row in reports[0].attributes.items()
    }
    return _columns("AUC by attribute, per cent (sequences that have it)", "Attribute", reports, rows)


def _columns(title: str, what: str, reports: Sequence[SingleReport], rows: dict[str, list[str]]) -> Table:
    table = Table(title=title)
    table.add_column(what)
    for report in reports:
        table.add_column(report.tracker, justify="right", no_wrap=True)
    for name, cells in rows.items():
        table.add_row(name, *cells)
    return table


def _cell(row: SingleScores, measure: str) -> str:
    value = _number(getattr(row, measure))
    if measure != "AUC" or measure not in row.intervals:
        return value
    low, high = row.intervals[measure]
    return f"{value} [{_number(low)}, {_number(high)}]"


def _difference(report: SingleReport, first: SingleReport) -> str:
    difference, interval = compare(report, first)
    ends = f" [{100 * interval[0]:+.1f}, {100 * interval[1]:+.1f}]" if interval else ""
    return f"{100 * difference:+.1f}{ends}"


def _caption(report: SingleReport) -> str | None:
    return "[ ]: 95 %, bootstrap over sequences" if len(report.rows) > 1 else None


def _number(value: float) -> str:
    return f"{100 * value:.1f}"
