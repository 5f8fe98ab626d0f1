"""The camera's motion from boxes: compiled, see :mod:`neuromorph_track.association.loops`."""

# mypy: ignore-errors
from __future__ import annotations

import numpy as np
from numba import njit

TINY = 1e-9


@njit(cache=True)
def mutual_nearest(expected, found, order, reach):
    """Boxes that are each other's nearest.

    Their distance is that of the centres over the height of the expected box, plus the logarithms of
    the ratios of widths and of heights. An expected box without an area has no partner.

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
    # A box without an area has no size to count distances in.
    sizes = np.log(np.maximum(expected[:, 2:], TINY))
    found_sizes = np.log(np.maximum(found[:, 2:], TINY))
    across = found[order, 0]
    partner, back = np.full(len(expected), -1), np.full(len(found), -1)
    shortest = np.full(len(found), reach)
    for e in range(len(expected)):
        x, y, height = expected[e, 0], expected[e, 1], expected[e, 3]
        if expected[e, 2] <= TINY or height <= TINY:
            continue
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
