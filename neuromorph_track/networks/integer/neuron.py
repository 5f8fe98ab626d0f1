"""The integer LIF neuron, with the rounding of the chip and a surrogate gradient."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
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


class _Lif(torch.autograd.Function):
    """All steps at once: a graph of each step's dozen operations would cost more than they do."""

    @staticmethod
    def forward(
        ctx: Any, currents: Tensor, levels: int, decay: float, grid: int, through_reset: bool
    ) -> Tensor:
        currents = currents.contiguous()
        spikes = torch.empty_like(currents)
        inside = torch.empty_like(currents, dtype=torch.bool)
        if currents.device.type == "cpu":
            from neuromorph_track.networks.integer.lif_kernel import spikes_of

            largest, keep, units = np.float32(levels), np.float32(decay), np.float32(grid)
            spikes_of(_rows(currents), largest, keep, units, _rows(spikes), _rows(inside))
        else:
            _step_by_step(currents, levels, decay, grid, spikes, inside)
        ctx.decay, ctx.taken = decay, decay * through_reset
        ctx.save_for_backward(inside)
        return spikes

    @staticmethod
    def backward(ctx: Any, gradient: Tensor) -> tuple[Tensor, None, None, None, None]:
        (inside,) = ctx.saved_tensors
        if gradient.device.type == "cpu":
            from neuromorph_track.networks.integer.lif_kernel import gradient_of

            found = torch.empty_like(gradient, memory_format=torch.contiguous_format)
            factors = np.float32(ctx.decay), np.float32(ctx.taken)
            gradient_of(_rows(gradient.contiguous()), _rows(inside), *factors, _rows(found))
            return found, None, None, None, None
        found = gradient * inside
        for step in range(len(found) - 2, -1, -1):
            found[step] += found[step + 1] * (ctx.decay - ctx.taken * inside[step])
        return found, None, None, None, None


def _step_by_step(
    currents: Tensor, levels: int, decay: float, grid: int, spikes: Tensor, inside: Tensor
) -> None:
    """Fill spikes and where the gradient passes, on any device."""
    rest = torch.zeros_like(currents[0])
    for current, sent, passes in zip(currents, spikes, inside, strict=True):
        potential = rest.mul_(decay).mul_(grid).trunc_().div_(grid).add_(current)
        torch.add(potential, 0.5, out=sent).floor_().clamp_(0, levels)
        torch.logical_and(potential >= 0, potential <= levels, out=passes)
        rest = potential.sub_(sent)


def _rows(steps: Tensor) -> NDArray[Any]:
    return steps.detach().flatten(1).numpy()


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
    through_reset : bool
        Give the reset its gradient: what a spike has carried away is not felt a step later. Without it a
        gradient that points one way for long is multiplied by 1 / (1 - decay) in each layer, while such a
        current is not: over many steps and layers it grows beyond all bounds.
    """

    def __init__(self, levels: int = 4, decay: float = 0.25, through_reset: bool = False) -> None:
        super().__init__()
        self.levels, self.keep = levels, round(decay * (1 << DECAY_BITS))
        self.through_reset = through_reset

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
        decay, grid = self.keep / (1 << DECAY_BITS), threshold << STATE_BITS
        spikes: Tensor = _Lif.apply(  # type: ignore[no-untyped-call]
            currents.float(), self.levels, decay, grid, self.through_reset
        )
        return spikes


class Rectifier(nn.Module):
    """ReLU in the place of a neuron."""

    def forward(self, currents: Tensor, threshold: int) -> Tensor:
        """What is positive of currents (T, ...)."""
        return currents.relu()
