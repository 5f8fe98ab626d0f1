"""One-to-one assignment of sparse candidate pairs under a gate."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

Indices = NDArray[np.int64]
Costs = NDArray[np.floating]

# Components are solved together up to about this many pairs: fewer calls, still a small matrix.
PAIRS_AT_ONCE = 128


def assign(row: Indices, column: Indices, cost: Costs, gate: float) -> tuple[Indices, Indices]:
    """Choose pairs so that the sum of ``gate - cost`` over them is the largest there is.

    That is the optimum of the dense problem in which a pair that is not listed, or costs
    ``gate`` or more, may not be used, and leaving a row and a column alone costs ``gate``.
    It splits exactly into the connected components of the listed pairs, which in tracking are
    tiny: most are one row and one column.

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
    allowed = cost < gate
    row, column, gain = row[allowed], column[allowed], gate - cost[allowed]
    if not len(row):
        return row, column
    alone = (np.bincount(row)[row] == 1) & (np.bincount(column)[column] == 1)
    chosen = [np.flatnonzero(alone)]
    contested = np.flatnonzero(~alone)
    for group in _groups(row[contested], column[contested]):
        pairs = contested[group]
        chosen.append(pairs[_solve(row[pairs], column[pairs], gain[pairs])])
    pairs = np.concatenate(chosen)
    pairs = pairs[np.argsort(row[pairs], kind="stable")]
    return row[pairs], column[pairs]


def _groups(row: Indices, column: Indices) -> list[Indices]:
    """Positions of the pairs, parted into groups of whole connected components."""
    if len(row) <= PAIRS_AT_ONCE:
        return [np.arange(len(row))] if len(row) else []
    columns_from = row.max() + 1
    nodes = columns_from + column.max() + 1
    links = coo_array((np.ones(len(row), bool), (row, columns_from + column)), (nodes, nodes))
    label = connected_components(links, directed=False)[1][row]
    order = np.argsort(label, kind="stable")
    component_start = np.flatnonzero(np.diff(label[order], prepend=-1))
    opens_group = np.diff(component_start // PAIRS_AT_ONCE, prepend=-1) > 0
    return np.split(order, component_start[opens_group][1:])


def _solve(row: Indices, column: Indices, gain: Costs) -> Indices:
    """Positions of the pairs of the best assignment of a group."""
    row_node, row_index = np.unique(row, return_inverse=True)
    column_node, column_index = np.unique(column, return_inverse=True)
    # A pair that is not listed gains nothing, so taking it is the same as leaving both alone.
    profit = np.zeros((len(row_node), len(column_node)))
    position = np.full(profit.shape, -1)
    profit[row_index, column_index] = gain
    position[row_index, column_index] = np.arange(len(row))
    taken = position[linear_sum_assignment(profit, maximize=True)]
    return taken[taken >= 0]
