"""What a user may choose about association, and what was done."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from neuromorph_track.association.sequence_record import AssociatedSequence
from neuromorph_track.data.detection_files import Scores
from neuromorph_track.data.detection_sources import Form
from neuromorph_track.runs.track_detections import Gaps


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


@dataclass(frozen=True)
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

    def to_dict(self) -> dict[str, Any]:
        """For JSON."""
        return {**asdict(self), "folder": str(self.folder)}


def total_stages(sequences: Sequence[AssociatedSequence]) -> dict[str, float]:
    """Seconds of each stage over all sequences."""
    names = dict.fromkeys(name for done in sequences for name in done.stages)
    return {name: sum(done.stages.get(name, 0.0) for done in sequences) for name in names}
