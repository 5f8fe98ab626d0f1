"""The integers that a dense synapse really applies once NetX has fitted its weights to the chip."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from neuromorph_track.errors import InputError
from neuromorph_track.netx.graph import Integers, Layer


class DenseWeights(NamedTuple):
    """``(weight @ spikes + recurrent @ own_spikes)``, each product shifted right by ``shift``."""

    weight: Integers
    recurrent: Integers | None
    shift: int


def applied_dense_weights(layer: Layer) -> DenseWeights:
    """Weights of a dense layer as the chip applies them.

    NetX shifts a dense layer's weights up until they fill 8 bits, drops the bits below, and the
    synapse shifts the sum back. That loses nothing but in one corner, a matrix with negative and
    zero weights only: it is scaled as mixed-sign, then clipped as inhibitory, so that -256 turns
    into -255 and low bits can go (lava-dl 0.6.0 ``netx/utils.py``, lava-nc 0.10.0
    ``proc/dense/models.py``).
    """
    assert layer.weight is not None
    both = layer.weight if layer.weight_rec is None else np.hstack([layer.weight, layer.weight_rec])
    low, high = int(both.min()), int(both.max())
    if high != 0 or low == 0:
        return DenseWeights(layer.weight, layer.weight_rec, 0)
    shift = int(np.floor(np.log2(-128 / low))) + 1
    divisible = next(n for n in range(8, -1, -1) if not np.any(both % (1 << n)))
    dropped = shift + divisible - 1
    if dropped < 0:
        found = "odd numbers among weights that are all negative or zero"
        raise InputError("dense layer", "weight", found, "even numbers: NetX turns these into zeros")
    magnitude = np.minimum(-(both << shift), 255)
    applied = (-((magnitude >> dropped) << dropped)).astype(np.int32)
    inputs = layer.weight.shape[1]
    recurrent = None if layer.weight_rec is None else applied[:, inputs:]
    return DenseWeights(applied[:, :inputs], recurrent, shift)
