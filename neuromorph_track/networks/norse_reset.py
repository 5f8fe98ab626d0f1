"""norse's reset with the chip's rounding of decayed potentials."""

from __future__ import annotations

import torch
from torch import Tensor

from neuromorph_track.networks.norse_weights import RoundedWeight

# A potential has 6 bits below a sum of weights.
STATES = 64


class RoundedReset:
    """A ``reset_method`` for :class:`norse.torch.LIFBoxCell`.

    The chip keeps ``trunc((1 - leak) v)`` of a potential in whole states; a cell takes ``leak v`` off
    in its next step. So what is left here after a spike was decided is the potential of which exactly
    that remains. The gradient passes as through ``reset_value``.

    Parameters
    ----------
    leak : float
        Share lost per step; float32 divides by what is left without an error where that is 1/2.
    weights : RoundedWeight
        Whose grid the potential lies on; asked for before the cell steps.

    Attributes
    ----------
    rounds : bool
        Without it, the reset is norse's ``reset_value``.
    """

    def __init__(self, leak: float, weights: RoundedWeight) -> None:
        self.leak, self.weights, self.rounds = leak, weights, True

    @property
    def state(self) -> Tensor:
        """One state in the cell's units."""
        return self.weights.step * (self.leak / (STATES * self.weights.grid.input_unit))

    def __call__(self, z: Tensor, v: Tensor, reset: Tensor, threshold: Tensor) -> Tensor:
        if self.rounds:
            keep = 1 - self.leak
            with torch.no_grad():
                left = torch.trunc(v / self.state * keep).mul_(self.state / keep)
            v = left + (v - v.detach())
        return (1 - z) * v + z * reset
