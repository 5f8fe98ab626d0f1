"""TrackingNet: ``anno/NAME.txt`` and ``frames/NAME``, below ``TRAIN_0`` to ``TRAIN_11`` and ``TEST``."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from neuromorph_track.data.single.box_files import read_truth_boxes
from neuromorph_track.data.single.pictures import SequencePictures, count_pictures
from neuromorph_track.data.single.sequence import SingleSequence, with_known_boxes

FPS = 30.0


def fits(folder: Path) -> bool:
    """Whether a folder holds sequences of this layout."""
    return (folder / "frames").is_dir() and any((folder / "anno").glob("*.txt"))


def load(folder: Path) -> tuple[SingleSequence, ...]:
    """The sequences of one folder; of the withheld test sequences only the first box is known.

    Raises
    ------
    InputError
    """
    return tuple(_load(folder, path) for path in sorted((folder / "anno").glob("*.txt")))


def _load(folder: Path, truth: Path) -> SingleSequence:
    pictures = folder / "frames" / truth.stem
    boxes = read_truth_boxes(truth)
    if len(boxes) == 1:
        boxes = np.concatenate([boxes, np.full((count_pictures(pictures) - 1, 4), np.nan)])
    frames = SequencePictures(pictures, len(boxes), fps=FPS)
    return with_known_boxes(truth.stem, "trackingnet", frames, boxes)
