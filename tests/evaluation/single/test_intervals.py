"""Intervals cover what they should, and are the same each time."""

from __future__ import annotations

import numpy as np
import pytest

from neuromorph_track.evaluation.single import difference_interval, mean_interval


def test_one_sequence_says_nothing() -> None:
    assert mean_interval([0.5]) is None


def test_equal_values_are_sure() -> None:
    assert mean_interval([0.5] * 4) == (0.5, 0.5)


def test_repeatable_and_around_the_mean() -> None:
    values = np.random.default_rng(0).random(30)
    low, high = mean_interval(values) or (1, 0)
    assert mean_interval(values) == (low, high)
    # Of means of 30 values, the normal distribution's 95 %.
    width = 2 * 1.96 * values.std() / np.sqrt(30)
    assert (low + high) / 2 == pytest.approx(values.mean(), abs=0.01)
    assert high - low == pytest.approx(width, rel=0.05)


def test_a_sequence_without_weight_does_not_count() -> None:
    interval = mean_interval([0.4, 0.6, 0.5, 0.9], [1e9, 1e9, 1e9, 1e-9])
    assert interval is not None
    assert interval[1] <= 0.6


def test_a_difference_is_surer_than_the_means() -> None:
    hard = np.random.default_rng(1).random(40)
    better = hard + 0.05
    assert difference_interval(better, hard) == pytest.approx((0.05, 0.05))
    low, high = mean_interval(hard) or (0, 0)
    assert high - low > 0.1


def test_the_interval_covers_the_truth_as_often_as_it_says() -> None:
    rng = np.random.default_rng(2)
    inside = 0
    for _ in range(100):
        low, high = mean_interval(rng.normal(0.6, 0.2, 40)) or (0, 0)
        inside += low <= 0.6 <= high
    # 95 of 100, give or take three standard deviations.
    assert 87 <= inside <= 100
