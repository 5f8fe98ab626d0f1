"""Whether two files hold the same boxes, under whatever name and in whatever format."""

from __future__ import annotations

import hashlib

import numpy as np
from numpy.typing import NDArray

from neuromorph_track.data.motchallenge import MotBoxes

# Hundredths of a pixel: as fine as the files of benchmarks are written.
_UNITS = 100
# One box may stand at the same place in frames of different sequences; two do not.
_FEWEST = 2


def content_digest(boxes: MotBoxes) -> str:
    """SHA-256 of frames and boxes, to a hundredth of a pixel, in whatever order; empty where there are none.

    Identities, scores and classes do not count: to score or to number the same boxes anew does not make them
    another sequence.
    """
    return _sha256(_ordered(boxes)) if len(boxes) else ""


def frame_digests(boxes: MotBoxes) -> frozenset[str]:
    """A digest of each frame's boxes, whatever its number; frames of a single box have none.

    Two files that have some in common hold pieces of the same video.
    """
    table = _ordered(boxes)
    edges = np.flatnonzero(np.diff(table[:, 0])) + 1
    return frozenset(_sha256(frame[:, 1:]) for frame in np.split(table, edges) if len(frame) >= _FEWEST)


def _ordered(boxes: MotBoxes) -> NDArray[np.int64]:
    """Frame and edges of each box, (N, 5), by frame and edges."""
    pixels = np.round(boxes.xyxy.astype(np.float64) * _UNITS).astype(np.int64)
    table = np.column_stack([boxes.frame, pixels])
    return table[np.lexsort(table.T[::-1])]


def _sha256(table: NDArray[np.int64]) -> str:
    return hashlib.sha256(np.ascontiguousarray(table, "<i8").tobytes()).hexdigest()
