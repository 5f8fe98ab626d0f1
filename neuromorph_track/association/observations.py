"""The boxes that were last seen of each track, with the frames in which they were."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Boxes = NDArray[np.float64]
Frames = NDArray[np.int64]


def first_seen(xyxy: NDArray[np.floating], frame: int, kept: int) -> tuple[Boxes, Frames]:
    """The memory of tracks seen for the first time.

    Parameters
    ----------
    xyxy : (N, 4) floating
        Left, top, right, bottom.
    frame : int
        Number of the frame.
    kept : int
        How many boxes a track keeps.

    Returns
    -------
    boxes : (N, kept, 4) float64
        Newest first; while fewer have been seen, the rest are copies of the first.
    frames : (N, kept) int64
        Their frames.
    """
    boxes = np.repeat(xyxy.astype(np.float64)[:, None], kept, axis=1)
    return boxes, np.full((len(xyxy), kept), frame)


def remember(
    boxes: Boxes, frames: Frames, tracks: NDArray[np.int64], xyxy: NDArray[np.floating], frame: int
) -> None:
    """Put the boxes (K, 4) that ``tracks`` (K,) showed in this frame in front; the oldest are forgotten."""
    boxes[tracks, 1:] = boxes[tracks, :-1]
    boxes[tracks, 0] = xyxy
    frames[tracks, 1:] = frames[tracks, :-1]
    frames[tracks, 0] = frame


def oldest_since(boxes: Boxes, frames: Frames, frame: int) -> Boxes:
    """The oldest kept box (N, 4) of frame number ``frame`` or later; the newest where all are older."""
    within = (frames >= frame).sum(axis=1)
    return boxes[np.arange(len(boxes)), np.maximum(within - 1, 0)]


def seen_in(boxes: Boxes, frames: Frames, frame: int) -> tuple[Boxes, NDArray[np.bool_]]:
    """The box (N, 4) of exactly this frame, and whether there is one (N,); the newest where there is none."""
    found = frames == frame
    slot = found.argmax(axis=1)
    rows = np.arange(len(boxes))
    return boxes[rows, slot], found[rows, slot]
