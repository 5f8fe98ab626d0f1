"""Weights as NetX hands them to Lava's dense synapses."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray


class FittedWeights(NamedTuple):
    """Weights shifted up until they fill the chip's 8 bits, and how the synapse undoes it."""

    weights: NDArray[np.int64]
    bits: int
    exponent: int


def fit_weights(weights: NDArray[np.int32]) -> FittedWeights:
    """What lava-dl 0.6.0 does (``netx/utils.py``, ``optimize_weight_bits``).

    Negative and zero weights count as mixed there, and a matrix of zeros, which it cannot divide
    by, is left as it is.
    """
    low, high = int(weights.min()), int(weights.max())
    if low == high == 0:
        return FittedWeights(weights.astype(np.int64), 8, 0)
    signed = low < 0 <= high
    if signed:
        room = min(127 / high if high else np.inf, -128 / low)
    else:
        room = 255 / high if low >= 0 else -256 / low
    shift = int(np.floor(np.log2(room))) + signed
    divisible = next(n for n in range(8, -1, -1) if not np.any(weights % (1 << n)))
    bits = 8 - shift - (divisible - signed)
    return FittedWeights(weights.astype(np.int64) << shift, bits, -shift)
