from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from neuromorph_track.hardware import Quantity, quantile, weakest


def test_si_follows_the_unit() -> None:
    quantity = Quantity(value=23.6, low=9.8, high=26.5, unit="pJ", evidence="calibrated", source=("a",))
    assert quantity.si == pytest.approx((9.8e-12, 23.6e-12, 26.5e-12))


@pytest.mark.parametrize(
    ("rank", "expected"),
    [
        (0.0, 1.0),
        (0.25, 2.0),  # half-way from 1 to 4 on a logarithmic scale
        (0.5, 4.0),
        (0.75, 40.0),
        (1.0, 400.0),
    ],
)
def test_quantile_is_log_uniform_on_both_sides_of_the_median(rank: float, expected: float) -> None:
    assert quantile(1.0, 4.0, 400.0, rank) == pytest.approx(expected)


def test_a_piece_that_begins_at_zero_is_uniform() -> None:
    assert quantile(0.0, 4.0, 4.0, [0.0, 0.25, 0.5]) == pytest.approx([0.0, 2.0, 4.0])
    assert quantile(0.0, 0.0, 0.0, 0.7) == 0.0


@given(
    st.lists(st.floats(0, 1e9), min_size=3, max_size=3), st.lists(st.floats(0, 1), min_size=2, max_size=20)
)
def test_quantile_rises_with_rank_inside_its_interval(edges: list[float], ranks: list[float]) -> None:
    low, value, high = sorted(edges)
    values = quantile(low, value, high, sorted(ranks))
    slack = 1e-9 * high
    assert np.all(np.diff(values) >= -slack)
    assert np.all((low - slack <= values) & (values <= high + slack))


def test_weakest_grade() -> None:
    assert weakest(["measured", "vendor", "simulated"]) == "vendor"
    assert weakest(["metered"]) == "metered"
    assert weakest([]) == "unstated"
