"""Pairs that are each other's best, in rounds under a gate that closes."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Indices = NDArray[np.int64]


def mutual_nearest(
    row: Indices, column: Indices, cost: NDArray[np.floating], gate: float, step: float
) -> tuple[Indices, Indices]:
    """Match a row with a column where each is the cheapest partner of the other.

    In each round all such pairs that cost less than the gate are made and their rows and columns leave; then
    the gate is lowered by ``step``. The end is a round without a pair. Unlike in an optimal assignment no
    pair pays for another (Shim et al., Focusing on Tracks for Online Multi-Object Tracking, CVPR 2025,
    section 3.2).

    Parameters
    ----------
    row, column : (P,) int64
        Candidate pairs, each at most once; others are out of the question.
    cost : (P,) floating
        Cost of each. Of equal costs the lower index wins.
    gate, step : float

    Returns
    -------
    row, column : (K,) int64
        The chosen pairs; no index comes twice.
    """
    order = np.lexsort((column, row, cost))
    row, column, cost = row[order], column[order], cost[order]
    chosen_rows, chosen_columns = [row[:0]], [column[:0]]
    while True:
        # The gate never opens again, so what it holds back now is out for good.
        below = np.searchsorted(cost, gate)
        row, column, cost = row[:below], column[:below], cost[:below]
        best = _first(row) & _first(column)
        if not best.any():
            break
        chosen_rows.append(row[best])
        chosen_columns.append(column[best])
        left = ~(np.isin(row, row[best]) | np.isin(column, column[best]))
        row, column, cost = row[left], column[left], cost[left]
        gate -= step
    return np.concatenate(chosen_rows), np.concatenate(chosen_columns)


def _first(index: Indices) -> NDArray[np.bool_]:
    """Where each number comes for the first time."""
    place = np.arange(len(index))
    first = np.zeros(index.max(initial=-1) + 1, np.int64)
    # Of several writes to one place the last stays.
    first[index[::-1]] = place[::-1]
    return first[index] == place
