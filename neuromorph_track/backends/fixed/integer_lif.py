"""Integer leaky integrate-and-fire neurons over a chunk of steps; the equations are in docs/smtrack.md."""

from __future__ import annotations

import torch
from torch import Tensor

from neuromorph_track.backends.fixed.neurons import (
    DECAY_BITS,
    LARGEST_STATE,
    THRESHOLD_SHIFT,
    Moved,
    bias_of,
    decay,
)
from neuromorph_track.netx.graph import Layer

# A sum beyond it drives any potential into its clip, whatever the bias: 2**18 << 6 is twice the clip.
LARGEST_DRIVE = (1 << 18) + (1 << 16)


class IntegerLif:
    """Leaky neurons whose spike tells how many thresholds they hold, and takes as much from them.

    ``v = clip(decay(v) + (sum + bias << 6))``; with ``unit = vth << 6`` a spike of
    ``s = clamp((v + unit / 2) // unit, 0, levels)``, then ``v -= s * unit``. Decays round towards zero.

    Parameters
    ----------
    layer : Layer
    device : torch.device
    reset_interval, reset_offset : int or None, int
        ``v`` is zeroed before step ``t`` where ``t % interval == offset % interval``.
    """

    def __init__(
        self, layer: Layer, device: torch.device, reset_interval: int | None = None, reset_offset: int = 0
    ) -> None:
        assert layer.neuron is not None
        self.v = torch.zeros(layer.shape, dtype=torch.int32, device=device)
        self.bias = bias_of(layer, device) << THRESHOLD_SHIFT
        self.unit = layer.neuron.threshold << THRESHOLD_SHIFT
        self.levels = layer.neuron.levels
        self.keep = (1 << DECAY_BITS) - layer.neuron.voltage_decay
        self.reset_interval, self.reset_offset = reset_interval, reset_offset

    def reset(self) -> None:
        self.v.zero_()

    def __call__(self, sums: Tensor, first_step: int, membrane: Tensor | None = None) -> Moved:
        """Spikes ``(T, *shape)`` int32 of sums, or of what an input layer is fed, ``(T, *shape)`` int32.

        A neuron that spiked counts as changed, whatever its potential was before.

        Parameters
        ----------
        first_step : int
            Step number of the chunk's first step, for resets.
        membrane : (T, *shape) int32 or None
            Takes ``v`` after each step.
        """
        driven = (sums.clamp(-LARGEST_DRIVE, LARGEST_DRIVE) << THRESHOLD_SHIFT) + self.bias
        spikes = torch.empty_like(sums)
        changed = torch.empty_like(sums, dtype=torch.bool)
        for step, current in enumerate(driven):
            before = self.v
            resets = (
                self.reset_interval and (first_step + step - self.reset_offset) % self.reset_interval == 0
            )
            kept = torch.zeros_like(before) if resets else decay(before, self.keep)
            v = (kept + current).clamp_(1 - LARGEST_STATE, LARGEST_STATE - 1)
            sent = torch.div(v + self.unit // 2, self.unit, rounding_mode="floor").clamp_(0, self.levels)
            self.v = v - sent * self.unit
            spikes[step] = sent
            changed[step] = (sent != 0) | (self.v != before)
            if membrane is not None:
                membrane[step] = self.v
        return Moved(spikes, changed)
