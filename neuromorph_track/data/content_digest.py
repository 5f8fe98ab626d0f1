"""Whether two files hold the same boxes, under whatever name and in whatever format."""

from __future__ import annotations

import hashlib

import numpy as np

from neuromorph_track.data.motchallenge import MotBoxes

# Hundredths of a pixel: as fine as the files of benchmarks are written.
_UNITS = 100


def content_digest(boxes: MotBoxes) -> str:
    """SHA-256 of frames and boxes, to a hundredth of a pixel, in whatever order; empty where there are none.

    Identities, scores and classes do not count: to score or to number the same boxes anew does not make them
    another sequence.
    """
    if not len(boxes):
        return ""
    pixels = np.round(boxes.xyxy.astype(np.float64) * _UNITS).astype(np.int64)
    table = np.column_stack([boxes.frame, pixels])
    table = table[np.lexsort(table.T[::-1])]
    return hashlib.sha256(np.ascontiguousarray(table, "<i8").tobytes()).hexdigest()
