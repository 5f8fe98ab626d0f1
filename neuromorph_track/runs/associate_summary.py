"""What a user may choose about association, and what was done."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from neuromorph_track.association.sequence_record import AssociatedSequence
from neuromorph_track.data.detection_files import Scores
from neuromorph_track.data.detection_sources import Form
from neuromorph_track.reports.associate_table import sequences_table
from neuromorph_track.reports.notebook.from_rich import html_of
from neuromorph_track.reports.notebook.html import cell
from neuromorph_track.reports.notebook.lines import block, counted
from neuromorph_track.reports.picture import Picture
from neuromorph_track.reports.stages_plot import plot_stages
from neuromorph_track.runs.track_detections import Gaps

if TYPE_CHECKING:
    from pandas import DataFrame  # type: ignore[import-untyped]


@dataclass(frozen=True)
class AssociateOptions:
    """What a user may choose.

    Attributes
    ----------
    tracker : str or None
        Name of a mode; without it the one of ``settings``, or the default.
    settings : path or None
        TOML file of settings, as ``tune`` writes it.
    form : str or None
        ``mot``, ``kitti-labels``, ``kitti-rows`` or ``ab3dmot``; without it the files themselves tell.
    type_name : str or None
        Type of the objects in KITTI's plain rows, where the name of the folder does not tell.
    scores : str
        What the scores in the files are: ``given`` (between 0 and 1), ``logistic`` (any number, of which the
        logistic function is taken) or ``sure`` (not looked at: all boxes get 1).
    warp : path or None
        Camera motion: a file, a folder of ``SEQUENCE.txt`` files, or the name of a file beside the detections
        or in the folder of each sequence. Without it a tracker estimates it itself, if its settings say so.
    gaps : str
        What a frame without a line is: ``empty`` (the detector found nothing), ``skipped`` (it did not look).
    overwrite, quiet : bool
    """

    tracker: str | None = None
    settings: str | os.PathLike[str] | None = None
    form: Form | None = None
    type_name: str | None = None
    scores: Scores = "given"
    warp: str | os.PathLike[str] | None = None
    gaps: Gaps = "empty"
    overwrite: bool = False
    quiet: bool = False


@dataclass(frozen=True, repr=False)
class AssociateSummary:
    """What was done.

    Attributes
    ----------
    folder : Path
    tracker : str
    settings : dict
    sequences : tuple of AssociatedSequence
    resumed : int
        Sequences that were there already.
    warnings : tuple of str
    """

    folder: Path
    tracker: str
    settings: dict[str, Any]
    sequences: tuple[AssociatedSequence, ...]
    resumed: int
    warnings: tuple[str, ...]

    def __repr__(self) -> str:
        tracks, boxes, seconds = (
            sum(getattr(done, name) for done in self.sequences) for name in ("tracks", "boxes", "seconds")
        )
        lines = [f"{self.tracker}: {boxes:,} boxes into {counted(tracks, 'track')} in {seconds:.1f} s"]
        return block(f"{counted(len(self.sequences), 'sequence')}: {self.folder}", lines, self.warnings)

    def _repr_html_(self) -> str:
        table = html_of(sequences_table(self.sequences, self.tracker))
        return cell(str(self.folder), tables=[table], warnings=self.warnings)

    def plot(self) -> Picture:
        """Milliseconds per frame of the tracker's stages, over all sequences."""
        return plot_stages(total_stages(self.sequences), sum(done.frames for done in self.sequences))

    def to_dataframe(self) -> DataFrame:
        """A row for each sequence.

        Columns: ``sequence``, ``frames``, ``boxes`` (that went into the tracker), ``tracks``, ``rows`` (boxes
        of tracks), ``seconds`` (in the tracker), ``frames_per_second``, and ``seconds_STAGE`` for each stage.
        """
        from pandas import DataFrame

        return DataFrame([_row(done) for done in self.sequences])

    def to_dict(self) -> dict[str, Any]:
        """For JSON."""
        return {**asdict(self), "folder": str(self.folder)}


def _row(done: AssociatedSequence) -> dict[str, Any]:
    counts = {name: getattr(done, name) for name in ("frames", "boxes", "tracks", "rows", "seconds")}
    speed = done.frames / done.seconds if done.seconds else float("nan")
    stages = {f"seconds_{name}": value for name, value in done.stages.items()}
    return {"sequence": done.name, **counts, "frames_per_second": speed, **stages}


def total_stages(sequences: Sequence[AssociatedSequence]) -> dict[str, float]:
    """Seconds of each stage over all sequences."""
    names = dict.fromkeys(name for done in sequences for name in done.stages)
    return {name: sum(done.stages.get(name, 0.0) for done in sequences) for name in names}
