"""How much boxes overlap, and which pairs overlap at all."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from neuromorph_track.association.loops import overlapping
from neuromorph_track.errors import InputError

Boxes = NDArray[np.floating]
Indices = NDArray[np.int64]

# Below this many pairs comparing all is quicker than sorting.
DENSE_PAIRS = 4096

# Half a gigabyte of pairs, and some ten seconds of comparing: more is not a frame that anybody tracks.
MOST_PAIRS = 2**24
MOST_TRIES = 2**33


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


@dataclass(frozen=True)
class Pairs:
    """Every pair of boxes that share an area.

    Attributes
    ----------
    row, column : (P,) int64
        Indices of the boxes of each pair, sorted by row, then by column.
    iou, hmiou : (P,) float64
        As :func:`iou` and :func:`hmiou` measure them.
    """

    row: Indices
    column: Indices
    iou: NDArray[np.float64]
    hmiou: NDArray[np.float64]


def measured_pairs(rows: Boxes, columns: Boxes) -> Pairs:
    """Every pair of boxes that share an area, in memory near the number of such pairs.

    Parameters
    ----------
    rows, columns : (N, 4), (M, 4) floating

    Raises
    ------
    InputError
        When more than :data:`MOST_PAIRS` overlap, or :data:`MOST_TRIES` would have to be compared.
    """
    if not len(rows) or not len(columns):
        none = np.zeros(0, np.int64)
        return Pairs(none, none, np.zeros(0), np.zeros(0))
    first, second = np.ascontiguousarray(rows, np.float64), np.ascontiguousarray(columns, np.float64)
    if len(rows) * len(columns) <= DENSE_PAIRS:
        order = np.arange(len(columns))
        begin, end = np.zeros(len(rows), np.int64), np.full(len(rows), len(columns))
    else:
        order, begin, end = _neighbours(first, second)
    found, row, column, iou_, vertical = overlapping(first, second, order, begin, end, MOST_PAIRS)
    if found > MOST_PAIRS:
        raise InputError("boxes", "overlaps", f"more than {MOST_PAIRS} pairs", "boxes that lie less close")
    return Pairs(row, column, iou_, iou_ * vertical)


def overlapping_pairs(rows: Boxes, columns: Boxes) -> tuple[Indices, Indices]:
    """Indices of the pairs that :func:`measured_pairs` finds."""
    pairs = measured_pairs(rows, columns)
    return pairs.row, pairs.column


def _neighbours(rows: Boxes, columns: Boxes) -> tuple[Indices, Indices, Indices]:
    """The columns from left to right, and which part of them each row can reach from side to side."""
    order = np.argsort(columns[:, 0], kind="stable")
    # The running maximum of the right edges grows with the rank too: all before `begin` end too soon.
    furthest = np.maximum.accumulate(columns[order, 2])
    begin = np.searchsorted(furthest, rows[:, 0], side="right")
    end = np.maximum(np.searchsorted(columns[order, 0], rows[:, 2]), begin)
    tries = int((end - begin).sum())
    if tries > MOST_TRIES:
        raise InputError(
            "boxes", "overlaps", f"{tries} pairs to compare", f"at most {MOST_TRIES}: fewer boxes in a frame"
        )
    return order, begin, end


def _intersection(first: Boxes, second: Boxes) -> tuple[Boxes, Boxes]:
    width = np.minimum(first[..., 2], second[..., 2]) - np.maximum(first[..., 0], second[..., 0])
    height = np.minimum(first[..., 3], second[..., 3]) - np.maximum(first[..., 1], second[..., 1])
    return np.maximum(width, 0), np.maximum(height, 0)


def _area(boxes: Boxes) -> Boxes:
    return np.multiply(boxes[..., 2] - boxes[..., 0], boxes[..., 3] - boxes[..., 1])
