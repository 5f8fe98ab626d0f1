"""A convolution and its batch norm as one, rounded to the weights of a synapse while it trains."""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from neuromorph_track.networks.integer.neuron import STATE_BITS
from neuromorph_track.networks.integer.norm import FoldedNorm, whole_bias

# Even weights from -256 to 254, as SLAYER's synapses have them.
LARGEST_WEIGHT, LOWEST_WEIGHT = 254, -256
# Of a sum in units of a weight: a membrane potential has 24 bits, one of them the sign, six below a weight's.
SUM_BITS = 17
LEAST_ROOM = 32


class FusedConv(FoldedNorm):
    """``norm(convolution)`` computed by the weights and the bias that an integer layer will have.

    Parameters
    ----------
    inputs, outputs, kernel, stride, dilation, groups : int
        Padding keeps the size at stride 1.
    unit : float
        What an input of one spike stands for.
    norm, spread, momentum, size, ceiling
        See :class:`FoldedNorm`.
    room : int
        Thresholds that a membrane potential has to hold; what is beyond would be cut off on the chip.
    """

    def __init__(
        self,
        inputs: int,
        outputs: int,
        kernel: int,
        stride: int = 1,
        dilation: int = 1,
        unit: float = 1.0,
        norm: bool = True,
        spread: float = 1.0,
        momentum: float = 0.05,
        room: int = LEAST_ROOM,
        groups: int = 1,
        size: tuple[int, int] | None = None,
        ceiling: float | None = None,
    ) -> None:
        super().__init__(outputs, norm, spread, momentum, size, ceiling)
        self.largest_exponent = SUM_BITS - math.ceil(math.log2(max(room, LEAST_ROOM)))
        self.unit, self.groups = unit, groups
        self.stride, self.dilation, self.padding = stride, dilation, dilation * (kernel // 2)
        self.weight = nn.Parameter(torch.empty(outputs, inputs // groups, kernel, kernel))
        nn.init.normal_(self.weight, std=1 / math.sqrt(inputs // groups * kernel * kernel))

    def forward(self, x: Tensor) -> tuple[Tensor, int]:
        """Currents of inputs (B, C_in, H, W), in thresholds, and the threshold in units of a weight."""
        weight, threshold = self._rounded_weight()
        if self.learns_statistics:
            return self.normalised(self._convolve(x, weight, None)), threshold
        bias = self.rounded_bias(threshold)
        if bias.ndim == 1:
            return self._convolve(x, weight, bias), threshold
        return self._convolve(x, weight, None) + bias, threshold

    def integers(self) -> tuple[Tensor, Tensor, int]:
        """Weights (C_out, C_in / groups, k, k), biases (C_out,) or (C_out, H, W), int32; the threshold."""
        with torch.no_grad():
            weight, threshold = self._rounded_weight()
            whole = torch.round(weight * (self.unit * threshold)).to(torch.int32)
            bias = whole_bias(self.folded_bias(), threshold)
        return whole, bias.to(torch.int32), threshold

    def folded(self) -> tuple[Tensor, Tensor]:
        """Weights, for inputs in units, and biases before they are rounded."""
        return self._folded_weight().detach(), self.folded_bias().detach()

    def bias_units(self, threshold: int) -> int:
        """What a bias of 1 is in whole numbers."""
        return threshold

    def sum_scale(self, steps: int) -> float:
        """Current, in thresholds, that one unit of a potential stands for which adds up ``steps`` steps."""
        _, _, threshold = self.integers()
        return 1 / ((threshold << STATE_BITS) * steps)

    def _convolve(self, x: Tensor, weight: Tensor, bias: Tensor | None) -> Tensor:
        return F.conv2d(x, weight, bias, self.stride, self.padding, self.dilation, self.groups)

    def _folded_weight(self) -> Tensor:
        scale = self.folded_scale()
        return self.weight if scale is None else self.weight * scale.view(-1, 1, 1, 1)

    def _rounded_weight(self) -> tuple[Tensor, int]:
        folded = self._folded_weight()
        with torch.no_grad():
            largest = max(float(folded.abs().max()) * self.unit, 1e-9)
            exponent = math.floor(math.log2(LARGEST_WEIGHT / largest))
            threshold = 1 << min(max(exponent, 0), self.largest_exponent)
            scale = self.unit * threshold
            even = torch.round(folded * (scale / 2)) * 2
            rounded = even.clamp_(LOWEST_WEIGHT, LARGEST_WEIGHT) / scale
        return folded + (rounded - folded).detach(), threshold
