"""One-to-one assignment of sparse candidate pairs under a gate."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from neuromorph_track.association.loops.assignment import best_assignment

Indices = NDArray[np.int64]
Costs = NDArray[np.floating]


def assign(row: Indices, column: Indices, cost: Costs, gate: float) -> tuple[Indices, Indices]:
    """Choose pairs so that the sum of ``gate - cost`` over them is the largest there is.

    That is the optimum of the dense problem in which a pair that is not listed, or costs
    ``gate`` or more, may not be used, and leaving a row and a column alone costs ``gate``.
    A path that improves the assignment never leaves the pairs that hang together, and in tracking
    few do: most are one row and one column.

    Parameters
    ----------
    row, column : (P,) int64
        Candidate pairs, each at most once.
    cost : (P,) floating
        Cost of each.
    gate : float
        Pairs of this cost or more are never chosen.

    Returns
    -------
    row, column : (K,) int64
        The chosen pairs, sorted by row; no index comes twice.
    """
    if not len(row):
        return row, column
    order = np.lexsort((column, row))
    row, column, wide = row[order], column[order], cost[order].astype(np.float64)
    rows, columns = np.ones(row[-1] + 1, bool), np.ones(column.max() + 1, bool)
    taken = best_assignment(row_starts(row, len(rows)), column, wide, float(gate), rows, columns)
    chosen = np.flatnonzero(taken >= 0)
    return chosen, taken[chosen]


def row_starts(row: Indices, rows: int) -> Indices:
    """Where the pairs of each row begin among pairs sorted by ``row``, (rows + 1,)."""
    return np.searchsorted(row, np.arange(rows + 1))
