"""SLAYER's CUBA neurons behind a convolution with fused batch norm."""

from __future__ import annotations

from torch import Tensor, nn

from neuromorph_track.networks.integer.neuron import DECAY_BITS, STATE_BITS
from neuromorph_track.networks.slayer import load_slayer

# SLAYER's surrogate is a height times exp(-|v - 1| / width); it multiplies the one by 0.1 and the other by
# 100. These make a width of half a threshold and a height of 1.
TAU_GRADIENT, SCALE_GRADIENT = 0.005, 10.0


class SlayerCuba(nn.Module):
    """Binary neurons: ``slayer.neuron.cuba`` with a current that does not outlive the step and a hard reset.

    Parameters
    ----------
    decay : float
        Part of the potential that is left a step later.

    Raises
    ------
    JobError
        When lava-dl is not installed.
    """

    def __init__(self, decay: float) -> None:
        super().__init__()
        self.keep = round(decay * (1 << DECAY_BITS))
        self.neuron = load_slayer().neuron.cuba.Neuron(
            threshold=1.0,
            current_decay=1.0,
            voltage_decay=1 - self.keep / (1 << DECAY_BITS),
            tau_grad=TAU_GRADIENT,
            scale_grad=SCALE_GRADIENT,
        )

    def forward(self, currents: Tensor, threshold: int) -> Tensor:
        """Spikes (T, ...), of currents (T, ...) in thresholds that are multiples of 1 / ``threshold``."""
        # SLAYER's scale is what a threshold of 1 is in weights, which here goes with the largest weight.
        self.neuron.w_scale, self.neuron.s_scale = threshold, threshold << STATE_BITS
        # SLAYER fires at its threshold, Lava above it. SLAYER's own 0.01 of a unit is lost in float32 where
        # the scale is large.
        self.neuron.threshold_eps = 0.5 / self.neuron.s_scale
        self.neuron.shape = None
        sent: Tensor = self.neuron(currents.float().movedim(0, -1))
        return sent.movedim(-1, 0)
