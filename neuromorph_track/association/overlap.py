"""How much boxes overlap, and which pairs overlap at all."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Boxes = NDArray[np.floating]
Indices = NDArray[np.int64]

# Below this many pairs one dense comparison is quicker than sorting.
DENSE_PAIRS = 4096


def iou(first: Boxes, second: Boxes) -> Boxes:
    """Intersection over union of boxes, broadcast over all axes but the last.

    Parameters
    ----------
    first, second : (..., 4) floating
        Left, top, right, bottom. A box whose right is not beyond its left, or whose
        bottom is not below its top, has no area and overlaps nothing.

    Returns
    -------
    (...) of the dtype of the boxes, between 0 and 1.
    """
    width, height = _intersection(first, second)
    shared = width * height
    union = _area(first) + _area(second) - shared
    return np.divide(shared, union, out=np.zeros_like(shared), where=shared > 0)


def hmiou(first: Boxes, second: Boxes) -> Boxes:
    """IoU times the vertical IoU (shared height over the height of both together).

    The height of an upright object seen by a standing camera hardly changes from frame to frame
    and tells its distance; two objects that cross therefore differ more in height than in area.
    From Yang et al., Hybrid-SORT, AAAI 2024, eq. 3-4. Arguments as for :func:`iou`.
    """
    top, bottom = first[..., 1], first[..., 3]
    other_top, other_bottom = second[..., 1], second[..., 3]
    shared = np.minimum(bottom, other_bottom) - np.maximum(top, other_top)
    together = np.maximum(bottom, other_bottom) - np.minimum(top, other_top)
    vertical = np.divide(shared, together, out=np.zeros_like(shared), where=shared > 0)
    return iou(first, second) * vertical


def iou_matrix(rows: Boxes, columns: Boxes) -> Boxes:
    """:func:`iou` of every box of ``rows`` (N, 4) with every box of ``columns`` (M, 4), shape (N, M)."""
    return iou(rows[:, None], columns[None])


def hmiou_matrix(rows: Boxes, columns: Boxes) -> Boxes:
    """:func:`hmiou` of every box of ``rows`` (N, 4) with every box of ``columns`` (M, 4), shape (N, M)."""
    return hmiou(rows[:, None], columns[None])


def overlapping_pairs(rows: Boxes, columns: Boxes) -> tuple[Indices, Indices]:
    """Every pair of boxes that share an area, in time and memory near the number of such pairs.

    Parameters
    ----------
    rows, columns : (N, 4), (M, 4) floating

    Returns
    -------
    row, column : (P,) int64
        Indices of the boxes of each pair, sorted by row.
    """
    if len(rows) * len(columns) <= DENSE_PAIRS:
        width, height = _intersection(rows[:, None], columns[None])
        row, column = np.nonzero((width > 0) & (height > 0))
        return row, column
    order = np.argsort(columns[:, 0], kind="stable")
    left, top, right, bottom = np.ascontiguousarray(columns[order].T)
    # The running maximum of the right edges grows with the rank too: all before `begin` end too soon.
    begin = np.searchsorted(np.maximum.accumulate(right), rows[:, 0], side="right")
    end = np.searchsorted(left, rows[:, 2])
    count = np.maximum(end - begin, 0)
    rank = np.arange(count.sum()) + np.repeat(begin - np.cumsum(count) + count, count)
    touch = top[rank] < np.repeat(rows[:, 3], count)
    touch &= bottom[rank] > np.repeat(rows[:, 1], count)
    touch &= right[rank] > np.repeat(rows[:, 0], count)
    row, column = np.repeat(np.arange(len(rows)), count)[touch], order[rank[touch]]
    # What is left are all overlapping pairs, and boxes turned inside out.
    width, height = _intersection(rows[row], columns[column])
    overlap = (width > 0) & (height > 0)
    return row[overlap], column[overlap]


def _intersection(first: Boxes, second: Boxes) -> tuple[Boxes, Boxes]:
    width = np.minimum(first[..., 2], second[..., 2]) - np.maximum(first[..., 0], second[..., 0])
    height = np.minimum(first[..., 3], second[..., 3]) - np.maximum(first[..., 1], second[..., 1])
    return np.maximum(width, 0), np.maximum(height, 0)


def _area(boxes: Boxes) -> Boxes:
    return np.multiply(boxes[..., 2] - boxes[..., 0], boxes[..., 3] - boxes[..., 1])
