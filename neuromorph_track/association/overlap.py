"""How much boxes overlap, and which pairs overlap at all."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from neuromorph_track.association.loops.overlap import overlapping
from neuromorph_track.errors import InputError

Boxes = NDArray[np.floating]
Indices = NDArray[np.int64]

# Where a box begins, from left to right and from top to bottom; two further on it ends.
LEFT, TOP = 0, 1

# Below this many pairs comparing all is quicker than sorting.
DENSE_PAIRS = 4096

# Above this many comparisons after sorting along one side the boxes are cut into slabs.
TRIES_AT_ONCE = 2**26
BOXES_IN_SLAB = 4096

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

    Examples
    --------
    >>> others = np.array([[5.0, 0.0, 15.0, 10.0], [0.0, 0.0, 10.0, 10.0]])
    >>> iou(np.array([0.0, 0.0, 10.0, 10.0]), others).round(3)
    array([0.333, 1.   ])
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
        every = np.zeros(len(rows), np.int64), np.full(len(rows), len(columns))
        return _compared(first, second, np.arange(len(columns)), *every, MOST_PAIRS)
    for edge in (LEFT, TOP):
        order, begin, end = _neighbours(first, second, edge)
        if (end - begin).sum() <= TRIES_AT_ONCE:
            return _compared(first, second, order, begin, end, MOST_PAIRS)
    return _in_slabs(first, second)


def overlapping_pairs(rows: Boxes, columns: Boxes) -> tuple[Indices, Indices]:
    """Indices of the pairs that :func:`measured_pairs` finds."""
    pairs = measured_pairs(rows, columns)
    return pairs.row, pairs.column


def _in_slabs(rows: Boxes, columns: Boxes) -> Pairs:
    """The same pairs where too many boxes lie beside and above each other to sort along one side only.

    Columns are cut into slabs from left to right, and each is searched from top to bottom. A column is in one
    slab, so no pair comes twice, and one wide or high box makes work in its own slab alone.
    """
    parts: list[Pairs] = []
    order = np.argsort(columns[:, LEFT], kind="stable")
    tries = found = 0
    for slab in np.array_split(order, -(-len(order) // BOXES_IN_SLAB)):
        near = np.flatnonzero((rows[:, 0] < columns[slab, 2].max()) & (rows[:, 2] > columns[slab[0], 0]))
        first, second = rows[near], columns[slab]
        down, begin, end = _neighbours(first, second, TOP)
        tries += int((end - begin).sum())
        if tries > MOST_TRIES:
            raise InputError(
                "boxes", "overlaps", f"more than {MOST_TRIES} pairs to compare", "fewer boxes in a frame"
            )
        part = _compared(first, second, down, begin, end, MOST_PAIRS - found)
        found += len(part.row)
        parts.append(Pairs(near[part.row], slab[part.column], part.iou, part.hmiou))
    joined = {name: np.concatenate([getattr(part, name) for part in parts]) for name in vars(parts[0])}
    by_row = np.argsort(joined["row"] * len(columns) + joined["column"])
    return Pairs(**{name: values[by_row] for name, values in joined.items()})


def _compared(rows: Boxes, columns: Boxes, order: Indices, begin: Indices, end: Indices, most: int) -> Pairs:
    """The pairs of each row with the part of ``order`` (M,) from ``begin`` to ``end``, (N,) each."""
    found, row, column, iou_, vertical = overlapping(rows, columns, order, begin, end, most)
    if found > most:
        raise InputError("boxes", "overlaps", f"more than {MOST_PAIRS} pairs", "boxes that lie less close")
    return Pairs(row, column, iou_, iou_ * vertical)


def _neighbours(rows: Boxes, columns: Boxes, edge: int) -> tuple[Indices, Indices, Indices]:
    """The columns by their ``edge``, left or top, and which part of them each row can reach from it on."""
    order = np.argsort(columns[:, edge], kind="stable")
    # The running maximum of the far edges grows with the rank too: all before `begin` end too soon.
    furthest = np.maximum.accumulate(columns[order, edge + 2])
    begin = np.searchsorted(furthest, rows[:, edge], side="right")
    end = np.maximum(np.searchsorted(columns[order, edge], rows[:, edge + 2]), begin)
    return order, begin, end


def _intersection(first: Boxes, second: Boxes) -> tuple[Boxes, Boxes]:
    width = np.minimum(first[..., 2], second[..., 2]) - np.maximum(first[..., 0], second[..., 0])
    height = np.minimum(first[..., 3], second[..., 3]) - np.maximum(first[..., 1], second[..., 1])
    return np.maximum(width, 0), np.maximum(height, 0)


def _area(boxes: Boxes) -> Boxes:
    return np.multiply(boxes[..., 2] - boxes[..., 0], boxes[..., 3] - boxes[..., 1])
