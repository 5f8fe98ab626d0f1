"""``eval-single`` as a function: what trackers of one object found, against the truth."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any

from matplotlib import rc_context

from neuromorph_track.data.single import find_sequences
from neuromorph_track.evaluation.single import SingleReport, load_found
from neuromorph_track.evaluation.single import evaluate_single as score
from neuromorph_track.files import csv_text, write_text
from neuromorph_track.reports.notebook.from_rich import html_of
from neuromorph_track.reports.notebook.html import cell
from neuromorph_track.reports.notebook.lines import block, counted
from neuromorph_track.reports.picture import Picture
from neuromorph_track.reports.single import (
    draw_attributes,
    draw_precision,
    draw_success,
    plot_attributes,
    plot_precision,
    plot_success,
)
from neuromorph_track.reports.single_tables import attributes_table, sequences_table, single_table
from neuromorph_track.reports.style import STYLE

if TYPE_CHECKING:
    from pandas import DataFrame  # type: ignore[import-untyped]
    from rich.table import Table


@dataclass(frozen=True, repr=False)
class SingleEvaluation:
    """How well some trackers followed one object each; a notebook shows it as tables, in per cent.

    Attributes
    ----------
    name : str
        Of the benchmark's folder.
    reports : tuple of SingleReport
        One for each tracker, on the same sequences.
    """

    name: str
    reports: tuple[SingleReport, ...]

    def __repr__(self) -> str:
        sequences = counted(len(self.reports[0].rows), "sequence")
        lines = [
            f"{report.tracker}: AUC {100 * report.combined.AUC:.1f}, "
            f"precision {100 * report.combined.precision:.1f}, AO {100 * report.combined.AO:.1f} per cent"
            for report in self.reports
        ]
        return block(f"{self.name}: {sequences}", lines)

    def _repr_html_(self) -> str:
        return cell(self.name, tables=[html_of(table) for table in self.tables()])

    def tables(self, each: bool = False) -> list[Table]:
        """Of all trackers, then by attribute, for a terminal; in per cent.

        Parameters
        ----------
        each : bool
            Whether the AUC of each sequence stands between the two.
        """
        tables = [single_table(self.reports)]
        if each:
            tables.append(sequences_table(self.reports))
        if self.reports[0].attributes:
            tables.append(attributes_table(self.reports))
        return tables

    def plot(self) -> Picture:
        """Success of each tracker over the overlap that a box must exceed."""
        with rc_context(STYLE):
            return draw_success(self.reports, f"{self.name}: success")

    def plot_precision(self, normalised: bool = False) -> Picture:
        """How often each tracker's centre is near enough."""
        with rc_context(STYLE):
            return draw_precision(self.reports, f"{self.name}: precision", normalised)

    def plot_attributes(self) -> Picture:
        """AUC over the sequences that have an attribute."""
        with rc_context(STYLE):
            return draw_attributes(self.reports, f"{self.name}: by attribute")

    def save_plots(self, folder: str | PathLike[str]) -> None:
        """Write the pictures to a folder: ``success.png``, ``precision.png`` and its like.

        Raises
        ------
        JobError
        """
        place, title = Path(folder), self.name
        plot_success(self.reports, place / "success.png", f"{title}: success")
        plot_precision(self.reports, place / "precision.png", f"{title}: precision")
        normalised = f"{title}: normalised precision"
        plot_precision(self.reports, place / "norm_precision.png", normalised, normalised=True)
        if self.reports[0].attributes:
            plot_attributes(self.reports, place / "attributes.png", f"{title}: by attribute")

    def rows(self) -> list[dict[str, Any]]:
        """Rows of :meth:`to_dataframe`, all with the same fields; None where a row has no such value."""
        rows = [row for report in self.reports for row in report.to_rows()]
        names = dict.fromkeys(name for row in rows for name in row)
        return [{name: row.get(name) for name in names} for row in rows]

    def save_csv(self, path: str | PathLike[str]) -> None:
        """Write the rows of :meth:`to_dataframe` as CSV; raises :class:`JobError`."""
        write_text(path, csv_text(self.rows()))

    def to_dataframe(self) -> DataFrame:
        """A row for each tracker and sequence, and one over all: the fields of SingleScores, as fractions."""
        from pandas import DataFrame

        return DataFrame(self.rows())


def evaluate_single(
    gt: str | PathLike[str],
    results: Mapping[str, str | PathLike[str]],
    *,
    kind: str | None = None,
    sequences: Sequence[str] | None = None,
    progress: Callable[[str], None] | None = None,
) -> SingleEvaluation:
    """Success, precision, AO and success rates, with 95 % intervals over sequences.

    Parameters
    ----------
    gt : path
        A sequence or a folder of them: OTB, LaSOT, GOT-10k, TrackingNet, UAV123, VOT, VisEvent, COESOT,
        EventVOT.
    results : mapping of a tracker's name to path
        Its results folder.
    kind : str, optional
        Layout of the sequences, e.g. ``lasot``; without it the files tell.
    sequences : sequence of str, optional
        Only these.
    progress : callable, optional
        Told what is being done.

    Raises
    ------
    InputError
    """
    found = find_sequences(Path(gt), kind, None if sequences is None else list(sequences))
    reports = []
    for tracker, folder in results.items():
        if progress is not None:
            progress(f"scoring {tracker}")
        reports.append(score(found, load_found(found, Path(folder)), tracker))
    return SingleEvaluation(Path(gt).resolve().name, tuple(reports))
