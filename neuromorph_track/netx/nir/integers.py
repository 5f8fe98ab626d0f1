"""Floats become the integers of a layer: one scale for its weights, biases and threshold."""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass

import numpy as np

from neuromorph_track.netx.graph import LARGEST_THRESHOLD, Integers
from neuromorph_track.netx.nir.convention import Floats
from neuromorph_track.netx.nir.refused import Refused
from neuromorph_track.netx.nir.report import Rounding
from neuromorph_track.netx.validate import MAX_BIAS, WEIGHT_RANGE

# 8 bits of both signs; even integers reach further, which weights that come as integers may use.
LARGEST_WEIGHT = 127
# What float32 makes of a weight, as a share of the largest: what is smaller is no weight but an error.
NOISE = 4e-6
# A threshold may lie between two states of the membrane, which are 1/64 apart.
BETWEEN_STATES = 0.01
# One spike of this many thresholds decides alone. What is cut off above it leaves the others more steps:
# of the braille network of the NIR paper, whose weights reach 13 thresholds, a layer that gets the same
# input sends 63 % of its spikes at the same time so, and 38 % with nothing cut.
SATURATION = 3.0


@dataclass(frozen=True)
class FloatLayer:
    """Weights, bias and threshold in one unit.

    Attributes
    ----------
    weights : tuple of arrays
        From the layer before and, of a recurrent layer, from itself.
    bias : array
        What is added to the potential in each step.
    threshold : float or None
    input_unit : float
        Integer value of an input of 1: 1 for spikes.
    largest_input : float
        Largest magnitude of one input value, in units of the graph; 1 for spikes.
    leaky : bool
        Whether the potential decays, and takes values between multiples of the weights.
    """

    weights: tuple[Floats, ...]
    bias: Floats
    threshold: float | None
    input_unit: float = 1.0
    largest_input: float = 1.0
    leaky: bool = True

    @property
    def largest(self) -> float:
        """Largest magnitude of a weight."""
        return max(float(np.abs(w).max()) for w in self.weights)

    @property
    def reach(self) -> float:
        """Largest sum that one step can bring, over the neurons."""
        rows = [np.abs(w).reshape(len(w), -1).sum(1) for w in self.weights]
        return float(sum(rows).max()) * self.largest_input


@dataclass(frozen=True)
class IntegerLayer:
    """The integers, and how far they are from what was wanted (``wanted_threshold`` in their units)."""

    weights: tuple[Integers, ...]
    bias: Integers | None
    threshold: int
    wanted_threshold: float | None
    rounding: Rounding


def quantise(layer: FloatLayer, hint: float | None = None) -> IntegerLayer:
    """Choose a scale and round.

    Weights that lie on a grid already, as those of a quantised training or of :func:`write_nir` do, stay
    multiples of it: with a leak the finest that fits, because the chip cuts a decayed potential down to a
    64th of an integer. Others are scaled so that the largest is 127, and then a little down so that the
    threshold is a whole number.

    Parameters
    ----------
    hint : float or None
        A scale to try before looking for a grid.

    Raises
    ------
    Refused
        When all weights would become 0.
    """
    scale = _grid(layer, hint)
    exact = scale is not None
    if scale is None:
        scale = _free_scale(layer)
    weights, errors, clipped, vanished = [], [], 0, 0
    low, high = WEIGHT_RANGE if exact else (-LARGEST_WEIGHT, LARGEST_WEIGHT)
    for weight in layer.weights:
        rounded = np.clip(np.round(weight * scale), low, high)
        # Half a step beyond the last integer is rounding still.
        clipped += int(np.count_nonzero((weight * scale > high + 0.5) | (weight * scale < low - 0.5)))
        gone = int(np.count_nonzero((rounded == 0) & (np.abs(weight) > NOISE * np.abs(weight).max())))
        if gone and not np.any(rounded):
            raise _all_gone(layer, weight)
        vanished += gone
        weights.append(rounded.astype(np.int32))
        errors.append((rounded - weight * scale).ravel())
    error = np.concatenate(errors)
    unit = scale * layer.input_unit
    bias = np.clip(np.round(layer.bias * unit), -MAX_BIAS, MAX_BIAS)
    wanted = None if layer.threshold is None else layer.threshold * unit
    return IntegerLayer(
        tuple(weights),
        bias.astype(np.int32) if np.any(bias) else None,
        LARGEST_THRESHOLD if wanted is None else _threshold(wanted, layer.leaky),
        wanted,
        Rounding(
            scale,
            exact,
            float(np.abs(error).max()),
            float(np.sqrt(np.mean(error**2))),
            clipped,
            float(np.abs(bias - layer.bias * unit).max()),
            vanished,
        ),
    )


def _threshold(wanted: float, leaky: bool) -> int:
    # Without a leak the potential is a sum of integers, and above 7.9 means above 7.
    rounded = round(wanted) if leaky else math.floor(wanted + BETWEEN_STATES)
    return int(np.clip(rounded, 0, LARGEST_THRESHOLD - 1))


def _all_gone(layer: FloatLayer, weight: Floats) -> Refused:
    largest = float(np.abs(weight).max())
    beside = {"a threshold": layer.threshold or 0.0, "a bias": float(np.abs(layer.bias).max())}
    beside["another weight"] = layer.largest
    name = max(beside, key=lambda key: beside[key])
    found = f"weights of at most {largest:.3g} beside {name} of {beside[name]:.3g}: all would become 0"
    return Refused(found, "numbers that 8-bit weights and 17-bit thresholds can hold beside each other")


def _largest_scale(layer: FloatLayer, weight: float, integer: int = LARGEST_WEIGHT) -> float:
    """The scale that makes ``weight`` an ``integer``, or less where something else leaves its range."""
    limits = [integer / weight] if weight else []
    unit = layer.input_unit
    if layer.threshold:
        limits.append((LARGEST_THRESHOLD - 0.5) / (layer.threshold * unit))
    if np.any(layer.bias):
        limits.append(MAX_BIAS / (float(np.abs(layer.bias).max()) * unit))
    if unit != 1 and layer.reach:
        # Spikes rarely come all at once; values always do.
        limits.append((LARGEST_THRESHOLD - 1) / (layer.reach * unit))
    return min(limits, default=math.inf)


def _free_scale(layer: FloatLayer) -> float:
    largest = layer.largest or float(np.abs(layer.bias).max())
    if not largest:
        return 1.0
    if not layer.threshold:
        return _largest_scale(layer, largest)
    threshold = layer.threshold * layer.input_unit
    kept = min(largest, SATURATION * layer.threshold) if layer.input_unit == 1 else largest
    scale = _largest_scale(layer, kept)
    # Weights far above the threshold are clipped: any of them decides alone anyway.
    return max(math.floor(scale * threshold * (1 + 1e-9)), 1) / threshold


def _grid(layer: FloatLayer, hint: float | None) -> float | None:
    """A scale that makes all weights whole, preferably the threshold and biases too; or ``None``."""
    largest = layer.largest
    limit = _largest_scale(layer, largest, -WEIGHT_RANGE[0]) * (1 + 1e-9)
    if (
        hint is not None
        and hint <= limit
        and _weights_whole(layer, hint, largest)
        and _rest_whole(layer, hint)
    ):
        return hint
    if largest == 0:
        return None
    coarsest = next((k for k in range(1, 257) if _weights_whole(layer, k / largest, largest)), None)
    if coarsest is None:
        return None
    fitting = [k / largest for k in range(coarsest, 257, coarsest) if k / largest <= limit]
    # Even integers beyond 8 bits only where nothing smaller is whole.
    small = [scale for scale in fitting if scale * largest <= LARGEST_WEIGHT + 0.5]
    whole = [scale for scale in small or fitting if _rest_whole(layer, scale)]
    if not small:
        return min(whole or fitting, default=None)
    if layer.leaky:
        # Half of the finest is worth a threshold without an error; less is not.
        return max([scale for scale in whole if 2 * scale >= max(small)] or small)
    return min(whole) if whole else max(small)


def _weights_whole(layer: FloatLayer, scale: float, largest: float) -> bool:
    tolerance = NOISE * largest * scale
    # A few weights refute nearly every candidate.
    few = (w.ravel()[:64] for w in layer.weights)
    return all(_whole(w * scale, tolerance) for w in itertools.chain(few, layer.weights))


def _rest_whole(layer: FloatLayer, scale: float) -> bool:
    # A threshold between two whole potentials is as good as the lower one.
    threshold = (layer.threshold or 0.0) if layer.leaky or not layer.largest else 0.0
    rest = np.append(layer.bias, threshold) * scale * layer.input_unit
    # Without weights, a scale that makes everything 0 would do for any numbers.
    lost = not layer.largest and np.any(rest) and not np.any(np.round(rest))
    return not lost and _whole(rest, BETWEEN_STATES)


def _whole(values: Floats, tolerance: float) -> bool:
    return bool(np.all(np.abs(values - np.round(values)) <= tolerance))
