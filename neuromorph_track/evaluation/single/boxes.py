"""How far a box lies from another: overlap, and distance of centres."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Boxes = NDArray[np.float64]
Values = NDArray[np.float64]


def overlaps(a: Boxes, b: Boxes) -> Values:
    """Intersection over union of each pair of boxes ``x, y, w, h`` (N, 4), (N,); 0 where both have no area.

    OTB's toolkit counts a box's last pixel in and adds it again, which comes to the same. What rounding adds
    to 1 is cut, as in GOT-10k's toolkit: no overlap is above 1.
    """
    corner = np.maximum(a[:, :2], b[:, :2])
    end = np.minimum(a[:, :2] + a[:, 2:], b[:, :2] + b[:, 2:])
    shared = np.prod(np.maximum(end - corner, 0), axis=1)
    union = a[:, 2:].prod(axis=1) + b[:, 2:].prod(axis=1) - shared
    return np.minimum(np.divide(shared, union, out=np.zeros(len(a)), where=union > 0), 1)


def centre_offsets(a: Boxes, b: Boxes) -> Boxes:
    """From the centre of each ``b`` to that of each ``a``, (N, 2)."""
    return (a[:, :2] - b[:, :2]) + (a[:, 2:] - b[:, 2:]) / 2


def inside(boxes: Boxes, size: tuple[int, int]) -> Boxes:
    """The part of each box (N, 4) in a picture of ``size``, as GOT-10k's toolkit cuts it.

    A corner left of or above the picture moves to its edge and the sides stay as long as they are.
    """
    corner = np.clip(boxes[:, :2], 0, size)
    side = np.minimum(np.maximum(boxes[:, 2:], 0), np.array(size) - corner)
    return np.concatenate([corner, side], axis=1)


def carried_on(boxes: Boxes) -> Boxes:
    """Boxes (F, 4) in which a frame without one (NaN, or no area) has that of the frame before.

    So do the toolkits of OTB and LaSOT.
    """
    there = np.isfinite(boxes).all(axis=1) & (boxes[:, 2:] > 0).all(axis=1)
    last = np.maximum.accumulate(np.where(there, np.arange(len(boxes)), 0))
    return boxes[last]
