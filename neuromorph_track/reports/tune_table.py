"""What a search of settings found, as tables for a terminal."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from rich.table import Table

from neuromorph_track.evaluation import TrackingScores
from neuromorph_track.evaluation.settings_search import Compared, Metric, SearchResult

SCORES = ("HOTA", "AssA", "DetA", "MOTA", "IDF1")


def tuned_scores_table(
    train: Compared, test: Compared | None, folds: Sequence[Compared], title: str
) -> Table:
    """Default and tuned settings: where the search looked, where it did not, on each sequence left out."""
    table = Table(title=title)
    table.add_column("Scored on")
    table.add_column("Settings")
    for name in (*SCORES, "IDSW"):
        table.add_column(name, justify="right", no_wrap=True)
    _add(table, "train (tuned on it: no test)", train)
    if test is not None:
        _add(table, "test (not seen)", test, "bold")
    for fold in folds:
        _add(table, f"{fold.name}, left out", fold)
    return table


def settings_table(result: SearchResult) -> Table:
    """What was searched, what was found, and how much it mattered."""
    table = Table(title="Settings")
    table.add_column("Name")
    for heading in ("Default", "Tuned", "Importance"):
        table.add_column(heading, justify="right")
    default = result.attempts[0].values
    for name, value in result.best.values.items():
        share = result.importance.get(name)
        importance = "-" if share is None else f"{100 * share:.0f} %"
        table.add_row(name, f"{default[name]:g}", f"{value:.4g}", importance)
    return table


def folds_text(folds: Sequence[Compared], metric: Metric) -> str:
    """The gain on sequences left out, and how far they lie apart."""
    gains = [100 * fold.gain(metric) for fold in folds]
    spread = f"standard deviation {np.std(gains, ddof=1):.2f}, {len(gains)} folds"
    return f"{metric} on a sequence left out: {np.mean(gains):+.2f} points, {spread}"


def _add(table: Table, place: str, compared: Compared, style: str = "") -> None:
    table.add_row(place, "default", *_cells(compared.default), style=style)
    table.add_row("", "tuned", *_cells(compared.tuned), style=style, end_section=True)


def _cells(scores: TrackingScores) -> list[str]:
    return [f"{100 * getattr(scores, name):.2f}" for name in SCORES] + [f"{scores.IDSW:,}"]
