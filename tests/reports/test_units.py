from __future__ import annotations

import pytest

from neuromorph_track.profiling import Interval
from neuromorph_track.reports.units import format_interval, format_si


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (1.234e-5, "J", "12.3 µJ"),
        (0.0, "J", "0 J"),
        (999.4e-6, "J", "999 µJ"),
        (999.6e-6, "J", "1 mJ"),
        (2.5, "W", "2.5 W"),
        (0.04, "s", "40 ms"),
        (1_234_567, "", "1.23 M"),
        (17, "", "17"),
        (3e-18, "J", "0.003 fJ"),
        (5e15, "", "5000 T"),
    ],
)
def test_three_digits_and_a_prefix(value: float, unit: str, text: str) -> None:
    assert format_si(value, unit) == text


@pytest.mark.parametrize(
    ("interval", "text"),
    [
        (Interval(7.1e-6, 12.3e-6, 20.4e-6), "12.3 µJ [7.1, 20.4]"),
        (Interval(0.5e-6, 980e-6, 12e-3), "980 µJ [0.5, 12000]"),
        (Interval(0, 0, 0), "0 J [0, 0]"),
        (None, "–"),
    ],
)
def test_an_interval_keeps_one_prefix(interval: Interval | None, text: str) -> None:
    assert format_interval(interval) == text
