"""Mutual choice on sparse pairs against the loop over a dense matrix."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from neuromorph_track.association.mutual import mutual_nearest
from tests.association.slow.tracktrack import mutual_nearest as dense_mutual_nearest


@st.composite
def problems(draw: st.DrawFn) -> np.ndarray:
    """Costs between 0 and 1, many equal; 1 is out of the question."""
    shape = draw(st.tuples(st.integers(0, 14), st.integers(0, 14)))
    generator = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    costs = generator.integers(0, 20, shape) / 20
    return np.where(generator.random(shape) < draw(st.floats(0, 1)), costs, 1.0)


@given(problems(), st.sampled_from([0.4, 0.7, 1.0]), st.sampled_from([0.0, 0.05, 0.3]))
def test_equals_the_loop_over_a_dense_matrix(costs: np.ndarray, gate: float, step: float) -> None:
    row, column = np.nonzero(costs < 1)
    order = np.random.default_rng(0).permutation(len(row))
    row, column = row[order], column[order]
    made = mutual_nearest(row, column, costs[row, column], gate, step)
    pairs = sorted(zip(*(side.tolist() for side in made), strict=True))
    assert pairs == sorted(dense_mutual_nearest(costs, gate, step))


@pytest.mark.parametrize(("step", "second"), [(0.0, True), (0.2, True), (0.31, False)])
def test_the_gate_closes_from_round_to_round(step: float, second: bool) -> None:
    # The column both want goes to row 0; row 1 has another at 0.5, for which the gate must still be open.
    row, column, cost = np.array([0, 1, 1]), np.array([0, 0, 1]), np.array([0.1, 0.2, 0.5])
    made = mutual_nearest(row, column, cost, 0.8, step)
    assert made[0].tolist() == ([0, 1] if second else [0])


def test_no_pair_pays_for_another() -> None:
    # The best sum would be 0.2 + 0.3; the two that want each other most get each other.
    row, column, cost = np.array([0, 0, 1]), np.array([0, 1, 0]), np.array([0.1, 0.3, 0.2])
    made = mutual_nearest(row, column, cost, 0.8, 0.05)
    assert [side.tolist() for side in made] == [[0], [0]]
