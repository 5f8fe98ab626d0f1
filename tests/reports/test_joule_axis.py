from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from neuromorph_track.reports.joule_axis import joule_ticks


@pytest.mark.parametrize(
    ("low", "high", "most", "ticks"),
    [
        (0.9e-3, 1.1, 7, [1e-3, 1e-2, 1e-1, 1]),
        (1.4, 4.6, 5, [1.5, 2, 3]),
        (1.1, 1.9, 5, [1.2, 1.5]),
        (0.5e-3, 6e-3, 5, [0.5e-3, 1e-3, 2e-3, 5e-3]),
        (0.9e-9, 1.1e3, 7, [1e-8, 1e-6, 1e-4, 1e-2, 1, 100]),
    ],
)
def test_round_numbers(low: float, high: float, most: int, ticks: list[float]) -> None:
    assert joule_ticks(low, high, most) == pytest.approx(ticks)


@given(st.floats(-14, 3), st.floats(0.4, 16), st.integers(4, 8))
def test_never_none_and_never_too_many(start: float, decades: float, most: int) -> None:
    low, high = 10**start, 10 ** (start + decades)
    ticks = joule_ticks(low, high, most)
    assert 1 <= len(ticks) <= most
    assert all(low <= tick <= high for tick in ticks)
