"""What the worlds are made of."""

from __future__ import annotations

import numpy as np
import pytest

from neuromorph_track.hardware import quantile
from neuromorph_track.profiling.draws import Prices, one_moves, random_ranks
from tests.profiling.made_profiles import made


@pytest.mark.parametrize("draws", [64, 100, 4096])
def test_every_stratum_is_hit_once(draws: int) -> None:
    ranks = random_ranks("chip", 0, draws)("energy.synop")
    np.testing.assert_allclose(np.sort(ranks), (np.arange(draws) + 0.5) / draws)


def test_ranks_follow_from_seed_profile_and_path_alone() -> None:
    first = random_ranks("chip", 0, 512)("energy.synop")
    np.testing.assert_array_equal(random_ranks("chip", 0, 512)("energy.synop"), first)
    for seed, profile, path in ((1, "chip", "energy.synop"), (0, "other", "energy.synop"), (0, "chip", "x")):
        other = random_ranks(profile, seed, 512)(path)
        assert abs(np.corrcoef(first, other)[0, 1]) < 0.15


def test_prices_are_read_at_their_ranks() -> None:
    prices = Prices(made({"energy.synop": (1, 2, 8), "spread.chip": 1}), random_ranks("mine", 5, 256))
    ranks = random_ranks("mine", 5, 256)("energy.synop")
    expected = quantile(1, 2, 8, ranks) * 1e-12
    np.testing.assert_allclose(prices.at("energy.synop"), expected)
    np.testing.assert_allclose(prices.energy("synop"), expected)
    assert prices.at("energy.spike_out") is None
    assert prices.or_zero("time.synop").tolist() == [0]


@pytest.mark.parametrize("width", [1.9, 1, 7])
def test_the_shared_factor_has_the_published_spread(width: float) -> None:
    factor = Prices(made({"energy.synop": 1, "spread.chip": width}), random_ranks("mine", 0, 4096)).factor
    low, middle, high = np.quantile(factor, [0.05, 0.5, 0.95], method="hazen")
    assert (high / low, middle) == pytest.approx((width, 1), rel=1e-4)


def test_a_spread_that_is_itself_uncertain_lies_between() -> None:
    profile = made({"energy.synop": 1, "spread.chip": (1, 2, 4)})
    factor = Prices(profile, random_ranks("mine", 0, 4096)).factor
    low, high = np.quantile(factor, [0.05, 0.95])
    assert 1.9 < high / low < 3


def test_one_price_moves_alone() -> None:
    profile = made({"energy.synop": (1, 2, 8), "energy.spike_out": (1, 3, 9)})
    prices = Prices(profile, one_moves("energy.synop", np.array([0.0, 0.5, 1.0])))
    np.testing.assert_allclose(prices.energy("synop"), [1e-12, 2e-12, 8e-12])
    np.testing.assert_allclose(prices.energy("spike_out"), [3e-12])
