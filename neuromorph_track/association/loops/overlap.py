"""Which boxes share an area, and how much: compiled, see :mod:`neuromorph_track.association.loops`."""

# mypy: ignore-errors
from __future__ import annotations

import numpy as np
from numba import njit

# So many numbers are put in order by insertion, more by sorting: one box may lie on all others.
FEW = 32


@njit(cache=True)
def overlapping(rows, columns, order, begin, end, most):
    """Pairs of boxes that share an area, sorted by row and then by column.

    Parameters
    ----------
    rows, columns : (N, 4), (M, 4) float64
    order : (M,) int64
        Columns in the order in which they are tried.
    begin, end : (N,) int64
        Which part of ``order`` is tried for each row.
    most : int
        Nothing is returned when there are more pairs than this.

    Returns
    -------
    found : int
        How many pairs there are, or a number above ``most``.
    row, column : (P,) int64
    iou, vertical : (P,) float64
        Shared area over the area of both; shared height over the height of both.
    """
    left, top, right, bottom = columns[order, 0], columns[order, 1], columns[order, 2], columns[order, 3]
    solid = (left < right) & (top < bottom)
    count = np.zeros(len(rows), np.int64)
    found = 0
    for r in range(len(rows)):
        row_left, row_top, row_right, row_bottom = rows[r, 0], rows[r, 1], rows[r, 2], rows[r, 3]
        if row_left < row_right and row_top < row_bottom:
            touching = 0
            # All comparisons and no branch, so that the compiler does several boxes at once.
            for k in range(begin[r], end[r]):
                touching += (
                    (top[k] < row_bottom)
                    & (bottom[k] > row_top)
                    & (left[k] < row_right)
                    & (right[k] > row_left)
                    & solid[k]
                )
            count[r] = touching
        found += count[r]
        if found > most:
            break
    size = found if found <= most else 0
    # One more than there are: where a box that does not touch is written, and written over.
    row, column = np.empty(size, np.int64), np.empty(size + 1, np.int64)
    iou, vertical = np.empty(size), np.empty(size)
    at = 0
    for r in range(len(rows) if size else 0):
        row_left, row_top, row_right, row_bottom = rows[r, 0], rows[r, 1], rows[r, 2], rows[r, 3]
        first = at
        for k in range(begin[r], end[r] if count[r] else 0):
            column[at] = order[k]
            at += (
                (top[k] < row_bottom)
                & (bottom[k] > row_top)
                & (left[k] < row_right)
                & (right[k] > row_left)
                & solid[k]
            )
        row[first:at] = r
        if at - first > FEW:
            column[first:at].sort()
            continue
        for place in range(first, at):
            new = column[place]
            while place > first and column[place - 1] > new:
                column[place] = column[place - 1]
                place -= 1
            column[place] = new
    for p in range(size):
        left, top, right, bottom = rows[row[p]]
        other_left, other_top, other_right, other_bottom = columns[column[p]]
        height = min(bottom, other_bottom) - max(top, other_top)
        shared = (min(right, other_right) - max(left, other_left)) * height
        area, other_area = (
            (right - left) * (bottom - top),
            (other_right - other_left) * (other_bottom - other_top),
        )
        iou[p] = shared / (area + other_area - shared)
        vertical[p] = height / (max(bottom, other_bottom) - min(top, other_top))
    return found, row, column[:size], iou, vertical
