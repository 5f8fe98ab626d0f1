"""Tracking scores as a table."""

from __future__ import annotations

from rich.table import Table

from neuromorph_track.evaluation import TrackingReport
from neuromorph_track.evaluation.sequences import ALL_CLASSES

PERCENT = ("HOTA", "DetA", "AssA", "LocA", "MOTA", "IDF1")
TRANSFERS = "Transfers"
COUNTS = ("IDSW", TRANSFERS, "FP", "FN", "Dets", "GT_Dets", "IDs", "GT_IDs")


def scores_table(report: TrackingReport, rules: str | None = None) -> Table:
    """A row per sequence and class, scores in per cent as the field prints them.

    A sequence with neither truth nor results of a class has no scores of it. ``rules`` names the benchmarks
    whose rules were followed.
    """
    followed = f", rules of {rules}" if rules else ""
    table = Table(title=f"Tracking, per cent (TrackEval{followed})")
    table.add_column("Sequence")
    by_class = any(row.class_name != ALL_CLASSES for row in report.rows)
    if by_class:
        table.add_column("Class")
    counts = [name for name in COUNTS if name != TRANSFERS or report.combined.Transfers is not None]
    for name in (*PERCENT, *counts):
        table.add_column(name, justify="right", no_wrap=True)
    for row in report.rows:
        scored = row.GT_Dets or row.Dets
        values = [f"{100 * getattr(row, name):.1f}" if scored else "-" for name in PERCENT]
        values += [f"{getattr(row, name):,}" for name in counts]
        label = [row.sequence, row.class_name] if by_class else [row.sequence]
        table.add_row(*label, *values, style="bold" if row is report.combined else "")
    return table
