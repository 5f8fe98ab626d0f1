"""Sigma-delta layers over a single step from silence: rectifiers that say nothing below a threshold.

In the integers of Lava's fixed-point models, with lava-dl's own binary point: a weight has 6 fraction bits, a
spike 12, a state 18, a bias 6. From silence the first change is the activation itself, cut to 12 bits. Biases
are never positive, so that a layer on a chip, whose input comes a step later for each layer before it, is
silent until then.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from neuromorph_track.networks.integer.conv import LARGEST_WEIGHT, LOWEST_WEIGHT, FusedConv
from neuromorph_track.networks.integer.memory import WrittenForm

WEIGHT_UNITS = 64
SPIKE_UNITS = 1 << 12
STATE_UNITS = WEIGHT_UNITS * SPIKE_UNITS
# What is written, and a channel that passes a spike on, of which a whole weight is no rounding.
FORM = WrittenForm(threshold=STATE_UNITS, passed=WEIGHT_UNITS, bias_units=WEIGHT_UNITS)


class SigmaDelta(nn.Module):
    """``s = floor(2**12 u) / 2**12`` where ``u >= threshold``, else 0; spikes in units of 2**-12.

    Parameters
    ----------
    threshold : float
        In units of activation; multiples of 1/64 are told apart.
    """

    def __init__(self, threshold: float) -> None:
        super().__init__()
        self.units = int(threshold * WEIGHT_UNITS)

    def forward(self, currents: Tensor, threshold: int) -> Tensor:
        """Whole spikes of currents (1, ...) in units of activation; the gradient is a rectifier's."""
        positive = currents.relu()
        whole = torch.floor(positive.detach() * SPIKE_UNITS)
        sent = whole * (currents.detach() >= self.units / WEIGHT_UNITS)
        return positive * SPIKE_UNITS + (sent - positive.detach() * SPIKE_UNITS)


class SigmaDeltaConv(FusedConv):
    """A :class:`FusedConv` whose weights have one binary point in all layers."""

    def integers(self) -> tuple[Tensor, Tensor, int]:
        """Weights and biases in units of 1/64, int32, and what a current of 1 is in units of a state."""
        with torch.no_grad():
            weight, units = self._rounded_weight()
            whole = torch.round(weight * WEIGHT_UNITS).to(torch.int32)
            bias = torch.round(self.rounded_bias(units) * WEIGHT_UNITS).to(torch.int32)
        return whole, bias, units

    def rounded_bias(self, threshold: int) -> Tensor:
        return super().rounded_bias(WEIGHT_UNITS)

    def bias_units(self, threshold: int) -> int:
        return WEIGHT_UNITS

    def sum_scale(self, steps: int) -> float:
        """What one unit of a sigma neuron's state stands for."""
        return 1 / STATE_UNITS

    def _rounded_weight(self) -> tuple[Tensor, int]:
        folded = self._folded_weight()
        with torch.no_grad():
            even = torch.round(folded * (WEIGHT_UNITS / 2)) * 2
            rounded = even.clamp_(LOWEST_WEIGHT, LARGEST_WEIGHT) / WEIGHT_UNITS
        return folded + (rounded - folded).detach(), round(WEIGHT_UNITS / self.unit)
