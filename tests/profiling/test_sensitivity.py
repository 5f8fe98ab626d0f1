"""Shares of variance against closed forms."""

from __future__ import annotations

import numpy as np
import pytest

from neuromorph_track.backends.activity import Activity
from neuromorph_track.profiling import price
from tests.profiling.conftest import layer
from tests.profiling.made_profiles import made


def activity() -> Activity:
    return Activity((layer(synops=1000, neuron_updates=50),), 1)


def test_a_product_of_two_has_the_shares_of_its_logarithms() -> None:
    report = price(activity(), made({"energy.synop": (1, 3, 9), "spread.chip": 2}))
    # log-uniform over 9 times, and log-normal with P95/P5 of 2.
    price_variance = np.log(9) ** 2 / 12
    factor_variance = (np.log(2) / (2 * 1.6448536)) ** 2
    shares = {driver.price: driver.share for driver in report.sensitivity}
    together = price_variance + factor_variance
    assert shares == pytest.approx(
        {"energy.synop": price_variance / together, "spread.chip": factor_variance / together}, rel=0.03
    )
    first = report.sensitivity[0]
    assert first.price == "energy.synop"
    assert (first.low, first.high) == pytest.approx((1e-9 * 3**0.1, 1e-9 * 9 / 3**0.1))


def test_the_total_is_asked_where_there_is_one() -> None:
    prices = {"energy.synop": (1, 3, 9), "power.static": (1, 10, 100), "spread.chip": 1}
    report = price(activity(), made(prices), frame_period=1e-6)
    static, synop = report.sensitivity
    assert (static.price, synop.price) == ("power.static", "energy.synop")
    assert static.share > 3 * synop.share
    assert (static.low, static.high) == pytest.approx((3e-9 + 1e-8 * 10**-0.9, 3e-9 + 1e-8 * 10**0.9))
    assert (synop.low, synop.high) == pytest.approx((1e-8 + 1e-9 * 3**0.1, 1e-8 + 9e-9 / 3**0.1))


def test_prices_that_are_sure_drive_nothing() -> None:
    assert price(activity(), made({"energy.synop": 3, "spread.chip": 1})).sensitivity == ()
    nothing = Activity((layer(),), 1)
    assert price(nothing, made({"energy.synop": (1, 3, 9)})).sensitivity == ()
