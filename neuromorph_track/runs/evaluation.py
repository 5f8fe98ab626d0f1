"""``eval`` as a function: tracks against the truth."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING

from matplotlib import rc_context

from neuromorph_track.evaluation import (
    TrackingReport,
    TrackingScores,
    evaluate_tracking,
    load_sequences,
    protocol_named,
    rules_classes,
    rules_of,
)
from neuromorph_track.files import csv_text, write_text
from neuromorph_track.reports.notebook.from_rich import html_of
from neuromorph_track.reports.notebook.html import cell
from neuromorph_track.reports.notebook.lines import block, counted
from neuromorph_track.reports.picture import Picture
from neuromorph_track.reports.score_plots import draw_curves, draw_sequences, plot_curves, plot_sequences
from neuromorph_track.reports.scores import scores_table
from neuromorph_track.reports.style import STYLE
from neuromorph_track.runs.scores import leave_scores
from neuromorph_track.runs.tuned_on import tuning_warnings

if TYPE_CHECKING:
    from pandas import DataFrame  # type: ignore[import-untyped]
    from rich.table import Table


@dataclass(frozen=True, repr=False)
class Evaluation:
    """How good tracks are; a notebook shows it as a table, in per cent.

    Attributes
    ----------
    name : str
        Of the results.
    report : TrackingReport
        All rows, as fractions.
    rules : tuple of str
        Whose rules were followed.
    warnings : tuple of str
    """

    name: str
    report: TrackingReport
    rules: tuple[str, ...]
    warnings: tuple[str, ...]

    @property
    def combined(self) -> TrackingScores:
        """Over all sequences and classes."""
        return self.report.combined

    def __repr__(self) -> str:
        scores = self.combined
        named = ", ".join(f"{name} {100 * getattr(scores, name):.1f}" for name in ("HOTA", "MOTA", "IDF1"))
        sequences = {row.sequence for row in self.report.rows} - {scores.sequence}
        lines = [
            f"{scores.IDSW:,} switches of identity, {scores.FP:,} boxes too many, "
            f"{scores.FN:,} missed of {scores.GT_Dets:,}"
        ]
        first = f"{self.name}: {named} per cent over {counted(len(sequences), 'sequence')}"
        return block(first, lines, self.warnings)

    def _repr_html_(self) -> str:
        return cell(self.name, tables=[html_of(self.table())], warnings=self.warnings)

    def plot(self) -> Picture:
        """HOTA, DetA and AssA of all sequences over the overlap that a box must reach."""
        with rc_context(STYLE):
            return draw_curves(self.report.curves, f"{self.name}: all sequences")

    def plot_sequences(self) -> Picture:
        """HOTA, IDF1 and MOTA of each sequence."""
        with rc_context(STYLE):
            return draw_sequences(self.report.rows, f"{self.name}: by sequence")

    def table(self) -> Table:
        """All rows for a terminal, in per cent."""
        return scores_table(self.report, ", ".join(self.rules))

    def save_plots(self, folder: str | PathLike[str]) -> None:
        """Write both pictures to a folder: ``hota.png`` and ``sequences.png``.

        Raises
        ------
        JobError
        """
        plot_curves(self.report, Path(folder) / "hota.png", f"{self.name}: all sequences")
        plot_sequences(self.report, Path(folder) / "sequences.png", f"{self.name}: by sequence")

    def save_csv(self, path: str | PathLike[str]) -> None:
        """Write the rows of :meth:`to_dataframe` as CSV; raises :class:`JobError`."""
        write_text(path, csv_text(self.report.to_rows()))

    def to_dataframe(self) -> DataFrame:
        """A row for each sequence and class, with the fields of TrackingScores; scores are fractions."""
        from pandas import DataFrame

        return DataFrame(self.report.to_rows())


def evaluate(
    gt: str | PathLike[str],
    results: str | PathLike[str],
    *,
    benchmark: str | None = None,
    sequences: Sequence[str] | None = None,
    classes: Sequence[str] | None = None,
    progress: Callable[[str], None] | None = None,
) -> Evaluation:
    """Score tracks by HOTA, MOTA and IDF1 through TrackEval, and count identity transfers.

    The scores of RUN folders are written into them too, where :func:`neuromorph_track.compare` finds them.

    Parameters
    ----------
    gt : path
        ``gt.txt``, a sequence, or a folder of them; of KITTI what holds ``label_02``.
    results : path
        A RUN folder, a results file, or a folder of either.
    benchmark : str, optional
        Whose rules hold: ``plain``, ``mot15`` to ``mot17``, ``mot20``, ``dancetrack``, ``bee24``, ``kitti``;
        without it the names of the sequences tell.
    sequences, classes : sequence of str, optional
        Only these.
    progress : callable, optional
        Told what is being done.

    Raises
    ------
    InputError
        When a file is missing or broken, or there is no truth to compare with.
    """
    gt, results = Path(gt), Path(results)
    only = None if sequences is None else list(sequences)
    loaded = load_sequences(gt, results, protocol_named(benchmark) if benchmark else None, only)
    chosen = rules_classes(loaded, None if classes is None else list(classes))
    if progress is not None:
        progress(f"scoring {counted(len(loaded), 'sequence')}")
    report = evaluate_tracking(loaded, chosen, count_transfers=True)
    warnings = tuning_warnings(results, loaded) + leave_scores(gt, results, report, only)
    name = results.resolve().name
    return Evaluation(name, report, tuple(rules_of(loaded, benchmark)), tuple(warnings))
