"""Tracking scores as a table."""

from __future__ import annotations

from rich.table import Table

from neuromorph_track.evaluation import TrackingReport

PERCENT = ("HOTA", "DetA", "AssA", "LocA", "MOTA", "IDF1")
COUNTS = ("IDSW", "FP", "FN", "Dets", "GT_Dets", "IDs", "GT_IDs")


def scores_table(report: TrackingReport) -> Table:
    """A row per sequence and class, scores in per cent as the field prints them."""
    table = Table(title="Tracking, per cent (TrackEval)")
    table.add_column("Sequence")
    several = len({row.class_name for row in report.rows}) > 1
    if several:
        table.add_column("Class")
    for name in (*PERCENT, *COUNTS):
        table.add_column(name, justify="right", no_wrap=True)
    for row in report.rows:
        values = [f"{100 * getattr(row, name):.1f}" for name in PERCENT]
        values += [f"{getattr(row, name):,}" for name in COUNTS]
        label = [row.sequence, row.class_name] if several else [row.sequence]
        table.add_row(*label, *values, style="bold" if row is report.combined else "")
    return table
