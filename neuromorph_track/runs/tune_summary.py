"""What a user may choose about a search, and what it found."""

from __future__ import annotations

import os
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib import rc_context

from neuromorph_track.association.modes import DEFAULT_MODE
from neuromorph_track.data.detection_files import Scores
from neuromorph_track.data.detection_sources import Form
from neuromorph_track.evaluation.settings_search import Compared, Metric, SearchResult
from neuromorph_track.reports.notebook.from_rich import html_of
from neuromorph_track.reports.notebook.html import cell
from neuromorph_track.reports.notebook.lines import block, counted
from neuromorph_track.reports.picture import Picture
from neuromorph_track.reports.style import STYLE
from neuromorph_track.reports.tune_plot import draw_search
from neuromorph_track.reports.tune_table import settings_table, tuned_scores_table
from neuromorph_track.runs.track_detections import Gaps

if TYPE_CHECKING:
    from pandas import DataFrame  # type: ignore[import-untyped]


@dataclass(frozen=True)
class TuneOptions:
    """What a user may choose.

    Attributes
    ----------
    tracker : str
        Name of a mode.
    metric : str
        What is to become high, over all training sequences together: HOTA, MOTA or IDF1.
    trials : int
        Settings tried in each search, the default included.
    seed : int
    search : tuple of str
        ``NAME`` or ``NAME=LOW:HIGH``; empty for all numbers of the settings.
    folds : bool
        Also leave out each training sequence once, search on the others, and score on it.
    truth : path or None
        Folder of truth; without it truth is looked for beside the detections.
    classes : tuple of str or None
        Score these alone of the classes that the benchmark scores apart. Without it those of which there are
        training detections: nobody finds what was not looked for.
    form, type_name, scores, warp, gaps
        As for ``associate``; ``warp`` is no single file.
    overwrite, quiet : bool
    """

    tracker: str = DEFAULT_MODE
    metric: Metric = "HOTA"
    trials: int = 60
    seed: int = 0
    search: tuple[str, ...] = ()
    folds: bool = False
    truth: str | os.PathLike[str] | None = None
    classes: tuple[str, ...] | None = None
    form: Form | None = None
    type_name: str | None = None
    scores: Scores = "given"
    warp: str | os.PathLike[str] | None = None
    gaps: Gaps = "empty"
    overwrite: bool = False
    quiet: bool = False


@dataclass(frozen=True, repr=False)
class TuneSummary:
    """What a search found.

    Attributes
    ----------
    path : Path
        The file of settings.
    tracker, metric : str
    settings : dict
    result : SearchResult
    train : Compared
    test : Compared or None
        On the sequences that the search did not see; None where none were named.
    folds : tuple of Compared
        Each on the sequence it left out.
    classes : tuple of str
        Classes that were scored, their boxes pooled; empty where the rules score all together.
    """

    path: Path
    tracker: str
    metric: Metric
    settings: dict[str, Any]
    result: SearchResult
    train: Compared
    test: Compared | None
    folds: tuple[Compared, ...]
    classes: tuple[str, ...] = ()

    def __repr__(self) -> str:
        compared = [(each.name, each) for each in (self.train, self.test) if each is not None]
        lines = [
            f"{name}: {self.metric} {100 * each.gain(self.metric):+.2f} points" for name, each in compared
        ]
        tried = counted(len(self.result.attempts), "attempt")
        return block(f"{self.tracker}, {tried}: {self.path}", lines, self.warnings)

    def _repr_html_(self) -> str:
        scores = tuned_scores_table(self.train, self.test, self.folds, f"{self.tracker}, per cent")
        tables = [html_of(scores), html_of(settings_table(self.result))]
        return cell(str(self.path), tables=tables, warnings=self.warnings)

    def plot(self) -> Picture:
        """The score of each try, and which settings matter."""
        with rc_context(STYLE):
            return draw_search(self.result, self.metric)

    def to_dataframe(self) -> DataFrame:
        """A row for each try: ``score`` (a fraction, NaN where values do not go together), and its values."""
        from pandas import DataFrame

        return DataFrame([{"score": each.score, **each.values} for each in self.result.attempts])

    @property
    def warnings(self) -> tuple[str, ...]:
        """What must not be overlooked."""
        held = [self.test.gain(self.metric)] if self.test else []
        held += [float(np.mean(self.fold_gains))] if self.folds else []
        if held and min(held) <= 0:
            return (f"{self.metric} on sequences that the search did not see: no better than the defaults",)
        return ()

    @property
    def fold_gains(self) -> list[float]:
        """Gain of each fold on the sequence it left out."""
        return [fold.gain(self.metric) for fold in self.folds]

    def to_dict(self) -> dict[str, Any]:
        """For JSON."""
        return {**asdict(self), "path": str(self.path), "warnings": list(self.warnings)}
