"""Compiled loops: what a tracker does pair by pair, and NumPy would do in many small calls or in much memory.

All arrays are float64, int64 or bool, and contiguous, so that each loop is compiled once; the result
is kept on disk beside this file (or in the user's cache).
"""

# mypy: ignore-errors
from __future__ import annotations

import numpy as np
from numba import njit

TINY = 1e-9


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
        # Few: insertion puts the columns of a row in order.
        for place in range(first, at):
            row[place] = r
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


@njit(cache=True)
def mutual_nearest(expected, found, order, reach):
    """Boxes that are each other's nearest.

    Their distance is that of the centres over the height of the expected box, plus the logarithms of
    the ratios of widths and of heights.

    Parameters
    ----------
    expected, found : (N, 4), (M, 4) float64
        Centre x, centre y, width, height.
    order : (M,) int64
        ``found`` by centre x.
    reach : float
        Pairs at this distance or further are not made.

    Returns
    -------
    (N,) int64, the partner of each expected box, -1 where none.
    """
    # A box without an area is at no distance that counts.
    sizes = np.log(np.maximum(expected[:, 2:], TINY))
    found_sizes = np.log(np.maximum(found[:, 2:], TINY))
    across = found[order, 0]
    partner, back = np.full(len(expected), -1), np.full(len(found), -1)
    shortest = np.full(len(found), reach)
    for e in range(len(expected)):
        x, y, height = expected[e, 0], expected[e, 1], max(expected[e, 3], TINY)
        nearest = reach
        for k in range(np.searchsorted(across, x - reach * height), len(order)):
            if across[k] > x + reach * height:
                break
            f = order[k]
            dy = abs(found[f, 1] - y)
            if dy > reach * height:
                continue
            dx = found[f, 0] - x
            distance = np.sqrt(dx * dx + dy * dy) / height
            distance += abs(found_sizes[f, 0] - sizes[e, 0]) + abs(found_sizes[f, 1] - sizes[e, 1])
            if distance < nearest or (distance == nearest and partner[e] > f):
                nearest, partner[e] = distance, f
            if distance < shortest[f]:
                shortest[f], back[f] = distance, e
    for e in range(len(expected)):
        if partner[e] >= 0 and back[partner[e]] != e:
            partner[e] = -1
    return partner


@njit(cache=True)
def fit_similarity(before, after, jitter, rounds):
    """Shift and scale that take the centres of boxes to those of others, with outliers.

    Iteratively reweighted least squares from the median shift. Errors are counted in heights of the box:
    one of ``jitter`` has a quarter of the weight of none, and further out weights fall with the fourth power.

    Parameters
    ----------
    before, after : (K, 4) float64
        Centre x, centre y, width, height.
    jitter : float
    rounds : int

    Returns
    -------
    scale, shift_x, shift_y : float
    fitting : int
        How many boxes end within twice the jitter.
    points : float
        Sum of the weights.
    square_before, square_after : float
        Weighted sum of squared errors without and with the fit.
    """
    count = len(before)
    scale = 1.0
    shift_x, shift_y = np.median(after[:, 0] - before[:, 0]), np.median(after[:, 1] - before[:, 1])
    weight = np.empty(count)
    for _ in range(rounds):
        total = bx = by = ax = ay = points = 0.0
        for k in range(count):
            dx = scale * before[k, 0] + shift_x - after[k, 0]
            dy = scale * before[k, 1] + shift_y - after[k, 1]
            trust = 1 / (1 + (dx * dx + dy * dy) / (jitter * before[k, 3]) ** 2) ** 2
            points += trust
            weight[k] = trust / before[k, 3] ** 2
            total += weight[k]
            bx, by = bx + weight[k] * before[k, 0], by + weight[k] * before[k, 1]
            ax, ay = ax + weight[k] * after[k, 0], ay + weight[k] * after[k, 1]
        bx, by, ax, ay = bx / total, by / total, ax / total, ay / total
        both = own = 0.0
        for k in range(count):
            dx, dy = before[k, 0] - bx, before[k, 1] - by
            both += weight[k] * (dx * (after[k, 0] - ax) + dy * (after[k, 1] - ay))
            own += weight[k] * (dx * dx + dy * dy)
        scale = both / own if own > 0 else 1.0
        shift_x, shift_y = ax - scale * bx, ay - scale * by
    fitting = 0
    square_before = square_after = 0.0
    for k in range(count):
        dx, dy = before[k, 0] - after[k, 0], before[k, 1] - after[k, 1]
        square_before += weight[k] * (dx * dx + dy * dy)
        dx = scale * before[k, 0] + shift_x - after[k, 0]
        dy = scale * before[k, 1] + shift_y - after[k, 1]
        square_after += weight[k] * (dx * dx + dy * dy)
        fitting += dx * dx + dy * dy < (2 * jitter * before[k, 3]) ** 2
    return scale, shift_x, shift_y, fitting, points, square_before, square_after


@njit(cache=True)
def advance(moments, qp, qv, frames):
    """:func:`neuromorph_track.association.kalman.advance`; ``qp`` and ``qv`` are (N, 4) or (1, 4)."""
    # Sums of 1 and of k and k^2 for k < frames: what the velocity noise of each step has grown to.
    first = frames * (frames - 1) / 2
    second = (frames - 1) * frames * (2 * frames - 1) / 6
    for n in range(moments.shape[1]):
        at = n if len(qp) > 1 else 0
        for i in range(4):
            pv, vv = moments[3, n, i], moments[4, n, i]
            moments[0, n, i] += frames * moments[1, n, i]
            moments[2, n, i] += 2 * frames * pv + frames**2 * vv + frames * qp[at, i] + second * qv[at, i]
            moments[3, n, i] += frames * vv + first * qv[at, i]
            moments[4, n, i] += frames * qv[at, i]


@njit(cache=True)
def absorb(moments, tracks, measured, r):
    """:func:`neuromorph_track.association.kalman.absorb`; ``r`` is (K, 4) or (1, 4)."""
    for k in range(len(tracks)):
        n, at = tracks[k], k if len(r) > 1 else 0
        for i in range(4):
            pp, pv = moments[2, n, i], moments[3, n, i]
            gain, velocity_gain = pp / (pp + r[at, i]), pv / (pp + r[at, i])
            innovation = measured[k, i] - moments[0, n, i]
            moments[0, n, i] += gain * innovation
            moments[1, n, i] += velocity_gain * innovation
            moments[2, n, i] = (1 - gain) * pp
            moments[3, n, i] = (1 - gain) * pv
            moments[4, n, i] -= velocity_gain * pv


@njit(cache=True)
def to_corners(centres):
    """Left, top, right, bottom, (N, 4) float32, of centre x, centre y, width and height, (N, 4)."""
    corners = np.empty((len(centres), 4), np.float32)
    for n in range(len(centres)):
        for i in range(2):
            half = max(centres[n, 2 + i], 0.0) / 2
            corners[n, i], corners[n, 2 + i] = centres[n, i] - half, centres[n, i] + half
    return corners


@njit(cache=True)
def to_centres(corners):
    """The reverse of :func:`to_corners`, (N, 4) float64; sizes are below 0 where a box is inside out."""
    centres = np.empty((len(corners), 4))
    for n in range(len(corners)):
        for i in range(2):
            low, high = corners[n, i], corners[n, 2 + i]
            centres[n, i], centres[n, 2 + i] = (low + high) / 2, high - low
    return centres
