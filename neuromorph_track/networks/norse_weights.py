"""Weights of a norse network as the chip will hold them, while it trains."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn.utils import parametrize

from neuromorph_track.netx.nir.integers import LARGEST_WEIGHT

LARGEST_SUM = (1 << 17) - 1
# Rounded weights may add up to a little more than those that the room was measured for.
ROOM = 0.95


@dataclass(frozen=True)
class Grid:
    """Which multiples a layer's weights may be: of a power of two.

    Then sums of products are whole numbers of it below 2**24, which float32 adds without an error, in any
    order; and a threshold that is a power of two lies on the grid too.

    Attributes
    ----------
    input_unit : float
        Integer that stands for an input of 1: 1 for spikes.
    largest_input : float
        Largest magnitude of an input.
    """

    input_unit: float = 1.0
    largest_input: float = 1.0

    def step(self, weight: Tensor) -> Tensor:
        """Distance of two neighbouring weights, as small as 8 bits and 24-bit sums allow."""
        step = weight.abs().max() / LARGEST_WEIGHT
        if self.input_unit != 1:
            largest = weight.abs().flatten(1).sum(1).max() * self.largest_input * self.input_unit
            step = torch.maximum(step, largest / (LARGEST_SUM * ROOM))
        return torch.exp2(torch.ceil(torch.log2(step)))


class Standardised(nn.Module):
    """Each output channel's weights with mean 0 and norm ``gain`` (weight standardisation).

    It keeps the currents of deep spiking layers in range where batch norm, which a chip does not have,
    would do so otherwise (Qiao et al. 2019, arXiv 1903.10520; gains as in Brock et al. 2021,
    arXiv 2101.08692).
    """

    def __init__(self, channels: int, gain: float) -> None:
        super().__init__()
        self.gain = nn.Parameter(torch.full((channels, 1, 1, 1), gain))

    def forward(self, weight: Tensor) -> Tensor:
        variance, mean = torch.var_mean(weight, (1, 2, 3), keepdim=True, unbiased=False)
        result: Tensor = self.gain * (weight - mean) * torch.rsqrt(variance * weight[0].numel() + 1e-4)
        return result

    def right_inverse(self, weight: Tensor) -> Tensor:
        return weight


class RoundedWeight(nn.Module):
    """Weights rounded to a :class:`Grid`; gradients pass as if they were not."""

    def __init__(self, grid: Grid) -> None:
        super().__init__()
        self.grid = grid
        self.step = torch.ones(())

    def forward(self, weight: Tensor) -> Tensor:
        self.step = self.grid.step(weight.detach())
        return _rounded(weight, self.step)

    def right_inverse(self, weight: Tensor) -> Tensor:
        return weight


class RoundedBias(nn.Module):
    """A bias rounded to the grid of its layer's weights, which are asked for first."""

    def __init__(self, weights: RoundedWeight) -> None:
        super().__init__()
        # In a tuple, so that it is not this module's part too.
        self.weights = (weights,)

    def forward(self, bias: Tensor) -> Tensor:
        weights = self.weights[0]
        return _rounded(bias, weights.step / weights.grid.input_unit)

    def right_inverse(self, bias: Tensor) -> Tensor:
        return bias


def on_grid(conv: nn.Conv2d, grid: Grid, gain: float | None) -> tuple[RoundedWeight, Standardised | None]:
    """Give a convolution rounded weights and biases; standardised ones before, where a gain is given."""
    standardised = None
    if gain is not None:
        standardised = Standardised(conv.out_channels, gain)
        parametrize.register_parametrization(conv, "weight", standardised)
    rounded = RoundedWeight(grid)
    parametrize.register_parametrization(conv, "weight", rounded)
    parametrize.register_parametrization(conv, "bias", RoundedBias(rounded))
    return rounded, standardised


def _rounded(values: Tensor, step: Tensor) -> Tensor:
    # The difference is 0 and has the gradient: added to the rounded values, it does not change a bit of them.
    return torch.round(values.detach() / step) * step + (values - values.detach())
