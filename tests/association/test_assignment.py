"""The sparse assignment against a dense solution of the same gated problem."""

from __future__ import annotations

from itertools import permutations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import linear_sum_assignment

from neuromorph_track.association.assignment import assign

GATE = 0.8


def dense_optimum(cost: np.ndarray, gate: float) -> float:
    """Sum of ``gate - cost`` at the optimum, by the extended square problem (every index may stay alone)."""
    rows, columns = cost.shape
    extended = np.full((rows + columns, rows + columns), gate / 2)
    extended[rows:, columns:] = 0
    extended[:rows, :columns] = np.where(cost < gate, cost, 1e6)
    row, column = linear_sum_assignment(extended)
    return gate * (rows + columns) / 2 - extended[row, column].sum()


def exhaustive_optimum(cost: np.ndarray, gate: float) -> float:
    gain = np.maximum(gate - cost, 0)
    padded = np.zeros((max(cost.shape), max(cost.shape)))
    padded[: cost.shape[0], : cost.shape[1]] = gain
    rows = np.arange(len(padded))
    return max(padded[rows, list(order)].sum() for order in permutations(rows))


@st.composite
def problems(draw: st.DrawFn, largest: int) -> np.ndarray:
    """Cost matrices with infinite entries where a pair is not a candidate; many equal costs."""
    shape = draw(st.tuples(st.integers(1, largest), st.integers(1, largest)))
    generator = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    cost = generator.integers(0, 11, shape) / 10
    return np.where(generator.random(shape) < draw(st.floats(0, 1)), cost, np.inf)


def solve(cost: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    row, column = np.nonzero(np.isfinite(cost))
    return assign(row, column, cost[row, column], GATE)


@given(problems(largest=5))
def test_equals_trying_everything(cost: np.ndarray) -> None:
    row, column = solve(cost)
    assert (GATE - cost[row, column]).sum() == pytest.approx(exhaustive_optimum(cost, GATE))


@given(problems(largest=30))
def test_equals_the_dense_solution(cost: np.ndarray) -> None:
    row, column = solve(cost)
    assert (GATE - cost[row, column]).sum() == pytest.approx(dense_optimum(cost, GATE))
    assert (cost[row, column] < GATE).all()
    assert len(set(row)) == len(set(column)) == len(row)
    assert (np.diff(row) > 0).all()


@given(problems(largest=12), st.integers(0, 2**32 - 1))
def test_the_order_of_the_pairs_does_not_matter(cost: np.ndarray, seed: int) -> None:
    row, column = np.nonzero(np.isfinite(cost))
    shuffled = np.random.default_rng(seed).permutation(len(row))
    again = assign(row[shuffled], column[shuffled], cost[row, column][shuffled], GATE)
    np.testing.assert_array_equal(again, solve(cost))


def test_of_equals_the_lowest_index_is_taken() -> None:
    assert list(zip(*solve(np.full((1, 3), 0.2)), strict=True)) == [(0, 0)]
    assert list(zip(*solve(np.full((3, 1), 0.2)), strict=True)) == [(0, 0)]


def test_one_crowd_of_many() -> None:
    generator = np.random.default_rng(2)
    cost = generator.random((300, 280))
    row, column = solve(cost)
    assert (GATE - cost[row, column]).sum() == pytest.approx(dense_optimum(cost, GATE))


def test_many_components_of_many_shapes() -> None:
    generator = np.random.default_rng(1)
    for density in (0.002, 0.005, 0.01):
        cost = np.where(generator.random((400, 380)) < density, generator.random((400, 380)), np.inf)
        row, column = solve(cost)
        assert (GATE - cost[row, column]).sum() == pytest.approx(dense_optimum(cost, GATE))
        assert len(set(column)) == len(column)


def test_prefers_two_fair_pairs_to_one_good_one() -> None:
    cost = np.array([[0.1, 0.3], [0.2, np.inf]])
    assert list(zip(*solve(cost), strict=True)) == [(0, 1), (1, 0)]


def test_prefers_one_good_pair_to_two_poor_ones() -> None:
    cost = np.array([[0.0, 0.7], [0.7, np.inf]])
    assert list(zip(*solve(cost), strict=True)) == [(0, 0)]


def test_nothing_to_choose_from() -> None:
    none = np.zeros(0, np.int64)
    for cost in (np.zeros(0), np.zeros(0, np.float32)):
        assert [len(part) for part in assign(none, none, cost, GATE)] == [0, 0]
    assert len(solve(np.array([[GATE]]))[0]) == 0
