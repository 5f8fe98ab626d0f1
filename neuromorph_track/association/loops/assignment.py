"""One-to-one assignment of sparse pairs: compiled, see :mod:`neuromorph_track.association.loops`."""

# mypy: ignore-errors
from __future__ import annotations

import numpy as np
from numba import njit


@njit(cache=True)
def best_assignment(start, column, cost, gate, open_rows, open_columns):
    """The column of each row so that the sum of ``gate - cost`` is the largest there is.

    Shortest augmenting paths (Jonker and Volgenant, Computing 1987) over the listed pairs alone; a row may
    also stay alone, which gains 0. Rows are taken in their order and ties go to the lower column.

    Parameters
    ----------
    start : (N + 1,) int64
        Where the pairs of each row begin.
    column : (P,) int64
    cost : (P,) float64
    gate : float
        Pairs of this cost or more are never chosen.
    open_rows, open_columns : (N,), (M,) bool
        Which may be paired at all.

    Returns
    -------
    (N,) int64, -1 where a row stays alone.
    """
    rows, columns = len(open_rows), len(open_columns)
    taken, owner = np.full(rows, -1), np.full(columns, -1)
    row_price, column_price = np.zeros(rows), np.zeros(columns)
    distance, came_from = np.full(columns, np.inf), np.full(columns, -1)
    settled, reached = np.zeros(columns, np.bool_), np.empty(columns, np.int64)
    for newcomer in range(rows):
        if not open_rows[newcomer]:
            continue
        count, so_far, row, free_column = 0, 0.0, newcomer, -1
        # The cheapest way so far to end the path by leaving a row alone.
        alone, loner = np.inf, -1
        while True:
            if so_far - row_price[row] < alone:
                alone, loner = so_far - row_price[row], row
            for pair in range(start[row], start[row + 1]):
                c = column[pair]
                if cost[pair] >= gate or settled[c] or not open_columns[c]:
                    continue
                if distance[c] == np.inf:
                    reached[count] = c
                    count += 1
                length = so_far + cost[pair] - gate - row_price[row] - column_price[c]
                if length < distance[c]:
                    distance[c], came_from[c] = length, row
            nearest = -1
            for k in range(count):
                c = reached[k]
                if settled[c]:
                    continue
                if nearest < 0 or (distance[c], c) < (distance[nearest], nearest):
                    nearest = c
            if nearest < 0 or distance[nearest] >= alone:
                so_far = alone
                break
            so_far = distance[nearest]
            if owner[nearest] < 0:
                free_column = nearest
                break
            settled[nearest] = True
            row = owner[nearest]
        for k in range(count):
            c = reached[k]
            if settled[c]:
                column_price[c] += distance[c] - so_far
                row_price[owner[c]] += so_far - distance[c]
        row_price[newcomer] += so_far
        # Along the path every row hands its column on to the row before it.
        c = free_column
        if c < 0:
            c, taken[loner] = taken[loner], -1
        while c >= 0:
            row = came_from[c]
            owner[c] = row
            c, taken[row] = taken[row], c
        for k in range(count):
            c = reached[k]
            distance[c], settled[c] = np.inf, False
    return taken


@njit(cache=True)
def take_best(start, column, cost, gate, rows, columns, taken, free):
    """Pair what is still alone among ``rows`` (N,) and ``columns`` (M,) bool, by :func:`best_assignment`.

    ``taken`` (N,) int64, -1 where a row is alone, and ``free`` (M,) bool are brought up to date.
    """
    chosen = best_assignment(start, column, cost, gate, rows & (taken < 0), columns & free)
    for r in range(len(chosen)):
        if chosen[r] >= 0:
            taken[r] = chosen[r]
            free[chosen[r]] = False
