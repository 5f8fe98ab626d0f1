"""Weights and biases as SLAYER computes with them, in the integers of the chip, or a refusal."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import torch
from torch import Tensor
from torch.nn.utils.parametrize import is_parametrized
from torch.nn.utils.weight_norm import WeightNorm

from neuromorph_track.export.quantise import HIGHEST, LOWEST
from neuromorph_track.export.report import Floats, Rounding
from neuromorph_track.export.slayer.site import Site
from neuromorph_track.netx.graph import Integers

QUANTISED = "pre_hook_fx=neuron.quantize_8bit, SLAYER's default, and a fine-tuning with it"


class Numbers(NamedTuple):
    """Integers of the chip and the floats that were trained, in one shape.

    Attributes
    ----------
    scale, exponent : int
        An integer stands for itself times ``2**exponent / scale``.
    """

    integers: Integers
    floats: Floats
    scale: int
    exponent: int = 0

    def rounding(self) -> Rounding:
        return Rounding.of(self.floats, self.integers * 2.0**self.exponent, self.scale)

    def reshaped(self, *shape: int) -> Numbers:
        return self._replace(integers=self.integers.reshape(shape), floats=self.floats.reshape(shape))

    def beside(self, other: Numbers) -> Numbers:
        """Both matrices side by side."""
        integers = np.hstack([self.integers, other.integers])
        return self._replace(integers=integers, floats=np.hstack([self.floats, other.floats]))


def weights_of(site: Site, synapse: Any, scale: int, exponent: int, mask: Tensor | None = None) -> Numbers:
    """Weights of a SLAYER synapse, in its own shape without the axis of time.

    Parameters
    ----------
    synapse : slayer.synapse.Dense, Conv, ConvTranspose or Pool
    scale : int
        Integers per unit of weight, ``neuron.w_scale``.
    exponent : int
        SLAYER divides what the weights gather by ``2**exponent``.
    mask : tensor or None
        What a dense block multiplies its weights by in every forward pass.

    Raises
    ------
    InputError
        When SLAYER computes with weights that 8 bits do not hold.
    """
    with torch.no_grad():
        trained, is_normed = _trained(synapse)
        if mask is not None and is_normed:
            found = "a mask on weight-normed synapses, where SLAYER's forward overwrites it"
            raise site.refuse(found, "a mask without weight_norm")
        if mask is not None:
            trained = trained * mask
        hook = synapse.pre_hook_fx
        computed = trained if hook is None else hook(trained)
    floats = _floats(trained)[..., 0]
    integers = eight_bits(site, "weights", _floats(computed)[..., 0] * scale, scale, exponent)
    return Numbers(integers, floats, scale, exponent)


def eight_bits(site: Site, name: str, units: Floats, scale: int, exponent: int = 0) -> Integers:
    """``units / 2**exponent`` as integers of 8 bits.

    Raises
    ------
    InputError
        When they are none, with the value that is not.
    """
    scaled = units * 2.0**-exponent
    wrong = ~np.isfinite(scaled) | (scaled != np.round(scaled)) | (scaled < LOWEST) | (scaled > HIGHEST)
    if np.any(wrong):
        value = units[wrong].reshape(-1)[0]
        if exponent == 0:
            found = f"{name} that SLAYER does not round to 8 bits, such as {value / scale:.6g}"
            raise site.refuse(found, QUANTISED)
        found = (
            f"a WgtScaleBatchNorm that divides by {2.0**exponent:g}: "
            f"{name} such as {value:g}/{scale} then do not fit 8 bits"
        )
        raise site.refuse(found, "MeanOnlyBatchNorm, or a deviation nearer to 1 (NetX ignores weight_exp)")
    return scaled.astype(np.int32)


def _trained(synapse: Any) -> tuple[Tensor, bool]:
    """The weight before quantisation, and whether it is a product of length and direction."""
    for hook in synapse._forward_pre_hooks.values():
        if isinstance(hook, WeightNorm):
            # The weight that lies on the module is as old as the last forward pass.
            product: Tensor = hook.compute_weight(synapse)
            return product, True
    weight: Tensor = synapse.weight
    return weight, is_parametrized(synapse)


def _floats(values: Tensor) -> Floats:
    return values.detach().numpy().astype(np.float64)
