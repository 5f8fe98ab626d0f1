"""The integer LIF neuron, with the rounding of the chip and a surrogate gradient."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn

# Fraction bits of a state beyond those of a weight, as CUBA neurons have them.
STATE_BITS = 6
DECAY_BITS = 12


class _Levels(torch.autograd.Function):
    """``clamp(floor(u + 1/2), 0, D)``; the gradient passes where 0 <= u <= D."""

    @staticmethod
    def forward(ctx: Any, potential: Tensor, levels: int) -> Tensor:
        ctx.save_for_backward((potential >= 0) & (potential <= levels))
        return torch.floor(potential + 0.5).clamp_(0, levels)

    @staticmethod
    def backward(ctx: Any, gradient: Tensor) -> tuple[Tensor, None]:
        (inside,) = ctx.saved_tensors
        return gradient * inside, None


def levels_of(potential: Tensor, levels: int) -> Tensor:
    """Spikes, 0 ... ``levels``, of potentials in thresholds."""
    spikes: Tensor = _Levels.apply(potential, levels)  # type: ignore[no-untyped-call]
    return spikes


class IntegerLif(nn.Module):
    """Integer leaky integrate-and-fire neurons with soft reset.

    ``u[t] = decay (u[t-1] - s[t-1]) + x[t]``, ``s[t] = round(clamp(u[t], 0, levels))``: SMTrack's I-LIF
    (arXiv 2508.14607, official code), rounded half up, the reset without a gradient.

    Parameters
    ----------
    levels : int
        Largest spike, 1 to 255.
    decay : float
        Part of the potential that is left a step later, a multiple of 1/4096; 0 for a neuron without memory.
    """

    def __init__(self, levels: int = 4, decay: float = 0.25) -> None:
        super().__init__()
        self.levels, self.keep = levels, round(decay * (1 << DECAY_BITS))

    def forward(self, currents: Tensor, threshold: int) -> Tensor:
        """Spikes of a sequence that begins in silence.

        Parameters
        ----------
        currents : (T, ...) float32
            In thresholds, multiples of 1 / ``threshold``.
        threshold : int
            In units of a weight: potentials are kept in multiples of 1 / (64 ``threshold``).

        Returns
        -------
        (T, ...) float32
            Whole numbers.
        """
        if not self.keep or len(currents) == 1:
            return levels_of(currents, self.levels)
        # The grid of the potential, 64 thresholds or more, is beyond half-precision numbers.
        currents = currents.float()
        rest, spikes = torch.zeros_like(currents[0]), []
        for current in currents:
            potential = self._kept(rest, threshold) + current
            sent = levels_of(potential, self.levels)
            rest = potential - sent.detach()
            spikes.append(sent)
        return torch.stack(spikes)

    def _kept(self, rest: Tensor, threshold: int) -> Tensor:
        kept = rest * (self.keep / (1 << DECAY_BITS))
        grid = threshold << STATE_BITS
        rounded = torch.trunc(kept.detach() * grid) / grid
        return kept + (rounded - kept.detach())


class Rectifier(nn.Module):
    """ReLU in the place of a neuron."""

    def forward(self, currents: Tensor, threshold: int) -> Tensor:
        """What is positive of currents (T, ...)."""
        return currents.relu()
