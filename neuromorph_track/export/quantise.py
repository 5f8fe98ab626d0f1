"""SLAYER's fixed-point format: 6 fractional bits, even integers."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor

from neuromorph_track.netx.graph import Integers

FRACTION_BITS = 6
LOWEST, HIGHEST = -256, 254


def even_integers(values: Tensor) -> Integers:
    """Floats to the even integers that SLAYER's ``quantize`` computes with, int32, not clipped.

    One unit is 1/64; rounding is to the nearest even multiple, ties to even.
    """
    step = 2 / (1 << FRACTION_BITS)
    rounded = torch.round(values.detach().cpu().to(torch.float32) / step)
    return (rounded * 2).to(torch.int32).numpy()


def clipped(values: Integers) -> Integers:
    """Clip to the 8 bits of a synapse."""
    return np.clip(values, LOWEST, HIGHEST).astype(np.int32)


def normalised_weight(weight_g: Tensor, weight_v: Tensor) -> Tensor:
    """Weight of a weight-normed layer: ``g * v / |v|``, the norm over all but the first axis."""
    weight: Tensor = torch._weight_norm(weight_v, weight_g, 0)
    return weight
