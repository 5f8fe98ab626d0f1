"""Scales and roundings, by hand."""

from __future__ import annotations

import numpy as np
import pytest

from neuromorph_track.netx.graph import LARGEST_THRESHOLD
from neuromorph_track.netx.nir.convention import CONVENTIONS
from neuromorph_track.netx.nir.integers import FloatLayer, quantise
from neuromorph_track.netx.nir.refused import Refused


def layer(
    weights: list[float], bias: float = 0.0, threshold: float | None = 1.0, **more: object
) -> FloatLayer:
    return FloatLayer((np.array([weights]),), np.array([bias]), threshold, **more)  # type: ignore[arg-type]


def test_the_largest_weight_is_127_and_the_threshold_whole() -> None:
    made = quantise(layer([0.37, -0.9123, 0.0517], bias=0.3))
    # 127 / 0.9123 = 139.2, and a threshold of 1 is 139.
    assert made.rounding.scale == 139
    assert made.threshold == 139
    np.testing.assert_array_equal(made.weights[0], [[51, -127, 7]])
    np.testing.assert_array_equal(made.bias, [42])
    errors = np.array([51 - 51.43, 127 - 126.8097, 7 - 7.1863])
    assert made.rounding.largest_error == pytest.approx(0.43)
    assert made.rounding.rms_error == pytest.approx(np.sqrt(np.mean(errors**2)), abs=1e-4)
    assert made.rounding.bias_error == pytest.approx(0.3)
    assert (made.rounding.clipped, made.rounding.exact) == (0, False)


@pytest.mark.parametrize("step", [1 / 64, 0.3, 1.7e-3])
def test_weights_on_a_grid_keep_their_integers(step: float) -> None:
    integers = np.array([[100, -3, 0, 17, 64]])
    weights = (integers * step).astype(np.float32).astype(np.float64)
    made = quantise(FloatLayer((weights,), np.array([12 * step]), 90 * step))
    assert made.rounding.exact
    np.testing.assert_array_equal(made.weights[0], integers)
    np.testing.assert_array_equal(made.bias, [12])
    assert made.threshold == 90


def test_even_integers_reach_further() -> None:
    integers = np.array([[-256, 254, 2, 100]])
    made = quantise(FloatLayer((integers / 512,), np.zeros(1), 300.5 / 512))
    # Their half does for the weights; a quarter of the threshold's unit is lost with it.
    np.testing.assert_array_equal(made.weights[0], integers / 2)
    assert made.threshold == 150


def test_a_hint_is_tried_and_not_believed() -> None:
    integers = np.array([[4, -8, 12]])
    layer_ = FloatLayer((integers / 64,), np.zeros(1), 20 / 64, leaky=False)
    np.testing.assert_array_equal(quantise(layer_).weights[0], integers / 4)
    np.testing.assert_array_equal(quantise(layer_, hint=64.0).weights[0], integers)
    # Between integers, above 8 bits, and where everything is near 0 and so near a whole number.
    for lie in (77.7, 1e9, 5e-4, 1e-9):
        np.testing.assert_array_equal(quantise(layer_, hint=lie).weights[0], integers / 4)


@pytest.mark.parametrize("hint", [None, 5e-4, 1e-9])
@pytest.mark.parametrize("leaky", [True, False])
def test_no_weight_of_a_grid_becomes_0(hint: float | None, leaky: bool) -> None:
    # A thousandth of a step is near a whole number and no 0; at 1 the small weight would be lost.
    made = quantise(layer([1.0, 1e-3, 0.5], threshold=2.0, leaky=leaky), hint)
    assert not made.rounding.exact
    np.testing.assert_array_equal(made.weights[0], [[127, 0, 64]])
    assert made.rounding.vanished == 1


@pytest.mark.parametrize("hint", [None, 1e9, 1e-9])
def test_a_bias_without_weights(hint: float | None) -> None:
    made = quantise(layer([0.0, 0.0], bias=0.5, threshold=2.0), hint)
    np.testing.assert_array_equal(made.bias, [127])
    assert made.threshold == 508
    # Ours is believed here as anywhere.
    np.testing.assert_array_equal(quantise(layer([0.0], bias=0.5, threshold=2.0), 6.0).bias, [3])


def test_a_leak_gets_the_finest_multiples() -> None:
    ones = np.array([[0.0, 1.0, 1.0]])
    assert quantise(FloatLayer((ones,), np.zeros(1), 8.0)).weights[0].max() == 127
    assert quantise(FloatLayer((ones,), np.zeros(1), 8.0, leaky=False)).weights[0].max() == 1
    # A whole threshold is worth a little of it (127 * 1.5 is none), not most of it.
    made = quantise(FloatLayer((ones,), np.zeros(1), 1.5))
    assert (made.weights[0].max(), made.threshold) == (126, 189)
    made = quantise(FloatLayer((ones,), np.zeros(1), 8 + 1 / 61))
    assert (made.weights[0].max(), made.threshold) == (122, 978)
    made = quantise(FloatLayer((ones,), np.array([np.pi / 3]), 8.0))
    assert made.weights[0].max() == 127
    # Thresholds and biases leave their range first: "never fires" is no threshold.
    made = quantise(FloatLayer((ones,), np.zeros(1), float(1 << 13)))
    assert (made.weights[0].max(), made.threshold) == (15, 15 << 13)
    made = quantise(FloatLayer((ones,), np.array([4096.0]), 8.0))
    assert (made.weights[0].max(), made.bias) == (16, 1 << 16)


def test_a_threshold_between_whole_potentials_needs_no_finer_scale() -> None:
    made = quantise(FloatLayer((np.array([[0.999, 0.0]]),), np.zeros(1), 5.3, leaky=False))
    assert (made.weights[0].max(), made.threshold) == (1, 5)


def test_weights_that_all_vanish_are_refused() -> None:
    with pytest.raises(Refused, match="all would become 0"):
        quantise(layer([1e-7, 2e-7], threshold=1.0))
    recurrent = FloatLayer((np.array([[1e-6]]), np.array([[0.37]])), np.zeros(1), 1.0)
    with pytest.raises(Refused, match="beside a threshold of 1"):
        quantise(recurrent)


def test_weights_of_many_thresholds_are_clipped() -> None:
    made = quantise(layer([0.2137, -13.01, 1.0313], threshold=1.0))
    # Three thresholds are 127: one of them is 42.
    assert made.rounding.scale == 42
    assert made.rounding.clipped == 1
    np.testing.assert_array_equal(made.weights[0], [[9, -127, 43]])


def test_a_head_is_not_clipped() -> None:
    made = quantise(layer([0.2345, -13.0, 1.0], threshold=None))
    assert made.rounding.clipped == 0
    assert made.weights[0].min() == -127
    assert made.threshold == LARGEST_THRESHOLD


def test_other_numbers_may_limit_the_scale() -> None:
    # A threshold of 17 bits, a bias of 16, sums of 24 in all.
    high = quantise(layer([0.011, 0.0073], threshold=50.0))
    assert high.threshold == LARGEST_THRESHOLD - 1
    biased = quantise(layer([0.011, 0.0073], bias=33.3, threshold=1.0))
    assert biased.bias is not None
    assert 65000 < biased.bias[0] <= 1 << 16
    wide = quantise(layer([0.9871] * 400, threshold=1.0, input_unit=64.0, largest_input=2.0))
    assert wide.weights[0].sum() * 64 * 2 < 1 << 17


@pytest.mark.parametrize(("leaky", "threshold"), [(True, 8), (False, 7)])
def test_above_7_9_is_above_7_for_whole_potentials(leaky: bool, threshold: int) -> None:
    integers = np.array([[127.0, 3.0, 1.0]])
    made = quantise(FloatLayer((integers / 8,), np.zeros(1), 7.9 / 8, leaky=leaky))
    assert made.threshold == threshold


def test_silent_weights() -> None:
    made = quantise(layer([0.0, 0.0], bias=0.5))
    assert not made.weights[0].any()


@pytest.mark.parametrize(
    ("name", "tau", "keep"),
    [
        # beta = 1 - dt / tau with dt = 1e-4.
        ("nir", 1e-3, 0.9),
        ("snntorch", 2e-4, 0.5),
        # norse: tau_mem_inv = 100 is written as 1e-5, and keeps 1 - 1e-3 * 100.
        ("norse", 1e-5, 0.9),
        # sinabs: alpha = exp(-1 / tau_mem).
        ("sinabs", 10.0, np.exp(-0.1)),
    ],
)
def test_conventions(name: str, tau: float, keep: float) -> None:
    convention = CONVENTIONS[name]
    assert convention.keep(np.array(tau)) == pytest.approx(keep)
    assert convention.tau(float(convention.keep(np.array(tau)))) == pytest.approx(tau)
    assert convention.tau(1.0) == np.inf
