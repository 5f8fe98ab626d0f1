"""The detections of a sequence from its files, ordered and cleaned; what was left out is counted."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

from neuromorph_track.data.detection_sources import DetectionFile, SequenceSource
from neuromorph_track.data.detections import Detections
from neuromorph_track.data.kitti import DONT_CARE, listed_length, read_label_lines
from neuromorph_track.data.kitti_rows import read_rows, read_space_rows
from neuromorph_track.data.motchallenge import MotBoxes, read_detection_lines, read_seqinfo
from neuromorph_track.errors import InputError

Scores = Literal["given", "logistic", "sure"]

MOST_BOXES = 20_000
"""Boxes of one frame that are taken in; a crowd of people on a picture has a hundred."""

_FIELDS = ("frame", "track_id", "xyxy", "score", "class_id", "visibility")


@dataclass(frozen=True)
class LeftOut:
    """Boxes that were not used, by why; ``reordered`` boxes were used, but stood after a later frame.

    Attributes
    ----------
    without_area : int
        Of no width or height.
    repeated : int
        Of a frame and class that have the very same box already; the one of the highest score stays.
    regions : int
        DontCare regions of KITTI.
    reordered : int
    """

    without_area: int = 0
    repeated: int = 0
    regions: int = 0
    reordered: int = 0

    @property
    def total(self) -> int:
        """Boxes that were not used."""
        return self.without_area + self.repeated + self.regions

    def to_text(self) -> str:
        """What to tell the user; empty where there is nothing to tell."""
        told = {
            "without an area left out": self.without_area,
            "repeated and left out": self.repeated,
            "DontCare regions left out": self.regions,
            "brought into the order of frames": self.reordered,
        }
        return ", ".join(f"{count:,} {what}" for what, count in told.items() if count)


@dataclass(frozen=True)
class SequenceDetections:
    """What a detector found in a sequence.

    Attributes
    ----------
    name : str
    boxes : MotBoxes
        In the order of frames.
    frames : int
        Length of the sequence: from ``seqinfo.ini`` or KITTI's list, else the last frame with a box.
    left_out : LeftOut
    fps : float or None
    size : (int, int) or None
        Width and height of the picture.
    """

    name: str
    boxes: MotBoxes
    frames: int
    left_out: LeftOut
    fps: float | None = None
    size: tuple[int, int] | None = None

    def by_frame(self) -> Iterator[tuple[int, Detections]]:
        """Every frame from 1, and its boxes, of which there may be none."""
        boxes = self.boxes
        edges = np.searchsorted(boxes.frame, np.arange(1, self.frames + 2))
        xyxy, score = boxes.xyxy.astype(np.float32), boxes.score.astype(np.float32)
        for frame in range(1, self.frames + 1):
            own = slice(edges[frame - 1], edges[frame])
            yield frame, Detections(xyxy[own], score[own], boxes.class_id[own])


def load_detections(source: SequenceSource, scores: Scores = "given") -> SequenceDetections:
    """Read the files of a sequence.

    Parameters
    ----------
    source : SequenceSource
    scores : str
        ``given``: between 0 and 1. ``logistic``: any number x, of which 1 / (1 + exp(-x)) is taken. ``sure``:
        not looked at, all boxes get 1.

    Raises
    ------
    InputError
        Naming file, line and field of what is no detection: a score not between 0 and 1, a frame beyond the
        end of the sequence, or one with more than :data:`MOST_BOXES` boxes.
    """
    info = read_seqinfo(source.seqinfo) if source.seqinfo else None
    length = info.frames if info else None
    if length is None and source.is_kitti:
        length = listed_length(source.files[0].path, source.name)
    parts = [_read(file, length, scores) for file in source.files]
    boxes = MotBoxes(*(np.concatenate([getattr(part, name) for part in parts]) for name in _FIELDS))
    boxes, left_out = _clean(boxes)
    # Two files of one sequence are each in order by themselves.
    reordered = sum(_out_of_order(part.frame) for part in parts)
    return SequenceDetections(
        source.name,
        boxes,
        length or int(boxes.frame.max(initial=0)),
        replace(left_out, reordered=reordered),
        info.fps if info else None,
        (info.width, info.height) if info else None,
    )


def _read(file: DetectionFile, length: int | None, scores: Scores) -> MotBoxes:
    if file.form == "mot":
        boxes, lines = read_detection_lines(file.path)
    elif file.form == "kitti-labels":
        boxes, lines = read_label_lines(file.path)
    elif file.form == "ab3dmot":
        boxes, lines = read_space_rows(file.path)
    else:
        boxes, lines = read_rows(file.path, file.type_name or "")
    if scores == "sure":
        boxes = replace(boxes, score=np.ones(len(boxes)))
    elif scores == "logistic":
        boxes = replace(boxes, score=expit(boxes.score))
    _require(file.path, boxes, lines, length)
    return boxes


def _require(path: Path, boxes: MotBoxes, lines: NDArray[np.int64], length: int | None) -> None:
    wrong = ~((boxes.score >= 0) & (boxes.score <= 1)) & (boxes.class_id != DONT_CARE)
    if wrong.any():
        at = int(np.argmax(wrong))
        found = f"{boxes.score[at]:g}"
        expected = "a number between 0 and 1 (or another kind of scores: --scores logistic, --scores sure)"
        raise InputError(path, f"line {lines[at]}, score", found, expected)
    if length is not None and (boxes.frame > length).any():
        at = int(np.argmax(boxes.frame > length))
        found = f"frame {boxes.frame[at]} of the sequence"
        raise InputError(path, f"line {lines[at]}, frame", found, f"at most {length}, its length")
    frame, first, count = np.unique(boxes.frame, return_index=True, return_counts=True)
    if (count > MOST_BOXES).any():
        at = int(np.argmax(count > MOST_BOXES))
        found = f"{count[at]:,} boxes in frame {frame[at]}"
        raise InputError(path, f"line {lines[first[at]]}, frame", found, f"at most {MOST_BOXES:,} in a frame")


def _clean(boxes: MotBoxes) -> tuple[MotBoxes, LeftOut]:
    """The boxes that can be tracked, in the order of frames, otherwise as they came."""
    region = boxes.class_id == DONT_CARE
    area = (boxes.xyxy[:, 2:] > boxes.xyxy[:, :2]).all(axis=1)
    kept = boxes[area & ~region]
    first = _first_of_each(kept)
    left_out = LeftOut(int((~area & ~region).sum()), len(kept) - len(first), int(region.sum()))
    kept = kept[first]
    return kept[np.argsort(kept.frame, kind="stable")], left_out


def _first_of_each(boxes: MotBoxes) -> NDArray[np.int64]:
    """Indices, in order, of the boxes that are left when of equal ones the one of the highest score stays."""
    keys = (boxes.frame, boxes.class_id, *boxes.xyxy.T)
    order = np.lexsort((-boxes.score, *keys))
    table = np.stack([key[order].astype(np.float64) for key in keys], axis=1)
    new = np.ones(len(boxes), bool)
    new[1:] = (table[1:] != table[:-1]).any(axis=1)
    return np.sort(order[new])


def _out_of_order(frame: NDArray[np.int64]) -> int:
    """Boxes that stand after one of a later frame."""
    return int((frame < np.maximum.accumulate(frame)).sum()) if len(frame) else 0
