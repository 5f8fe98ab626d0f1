"""Synapses whose weights are another branch's answer: a memory that is asked, a kernel that is looked for."""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor
from torch.nn import functional as F

from neuromorph_track.networks.integer.conv import LARGEST_WEIGHT, LOWEST_WEIGHT
from neuromorph_track.networks.integer.norm import FoldedNorm, whole_bias

THRESHOLD = 256
# Of a channel that is passed on: a whole threshold is no weight, but spikes up to 63 round to themselves.
PASSED = LARGEST_WEIGHT


class WrittenForm(NamedTuple):
    """Whole numbers of a layer that is written: its threshold, a passing weight, and a bias of 1."""

    threshold: int
    passed: int
    bias_units: int


# In thresholds squared, of currents whose usual spread is one or more.
LEAST_VARIANCE = 0.01
INTEGER_FORM = WrittenForm(THRESHOLD, PASSED, THRESHOLD)


class WrittenSynapse(FoldedNorm):
    """What the two have in common: a gain per channel, with the norm's folded into it, and rounding.

    The running statistics begin with those of the first batch, since a memory has a size of its own. Where
    no template of a batch says anything its sums do not vary: divided by next to nothing, their gradients
    would drown all others on the way to the template branch.

    Parameters
    ----------
    outputs : int
        Channels that are written.
    lowest : int
        Least weight.
    spread, ceiling
        See :class:`FoldedNorm`.
    """

    least = LEAST_VARIANCE

    def __init__(self, outputs: int, lowest: int, spread: float = 1.0, ceiling: float | None = None) -> None:
        super().__init__(outputs, spread=spread, ceiling=ceiling)
        self.lowest = lowest
        self.form = INTEGER_FORM
        self.register_buffer("begun", torch.tensor(False))
        self.begun: Tensor

    def forward(self, x: Tensor, memory: Tensor) -> Tensor:
        """Currents (B, C_out, H, W), in thresholds, of inputs (B, C_in, H, W) and each one's memory."""
        if not self.learns_statistics:
            bias = self.rounded_bias(self.form.bias_units)
            return self._applied(x, self.rounded(memory)) + bias.view(-1, 1, 1)
        # Sums over a memory that is not scaled are beyond half-precision numbers.
        with torch.no_grad(), torch.autocast(x.device.type, enabled=False):
            plain = self._applied(x.float(), memory.float())
        if not bool(self.begun):
            self._begin(plain)
        return self.normalised(self._applied(x, self.rounded(memory)), plain)

    def gains(self) -> Tensor:
        """What a host multiplies a memory by to have weights, (C_out,)."""
        scale = self.folded_scale()
        assert scale is not None
        return scale.detach() * self.form.threshold

    def whole_bias(self) -> Tensor:
        """Biases (C_out,) int32."""
        return whole_bias(self.folded_bias().detach(), self.form.bias_units).to(torch.int32)

    def rounded(self, memory: Tensor) -> Tensor:
        """Weights of memories (B, ...), in thresholds; the gradient passes where they are not clipped."""
        scale = self.folded_scale()
        assert scale is not None
        low, high, half = self.lowest / 2, LARGEST_WEIGHT / 2, self.form.threshold / 2
        clipped = (self._scaled(memory.to(scale.dtype), scale) * half).clamp(low, high)
        with torch.no_grad():
            # In double precision the product is exact, and halves fall as they do on the host.
            exact = self._scaled(memory.double(), scale.double()) * half
            even = torch.floor(exact + 0.5).clamp(low, high).to(clipped.dtype)
        return (clipped + (even - clipped.detach())) / half

    def _begin(self, sums: Tensor) -> None:
        with torch.no_grad():
            self.mean.copy_(sums.mean((0, 2, 3)))
            self.variance.copy_(sums.var((0, 2, 3), unbiased=False))
            self.begun.fill_(True)

    def _scaled(self, memory: Tensor, scale: Tensor) -> Tensor:
        raise NotImplementedError

    def _applied(self, x: Tensor, weight: Tensor) -> Tensor:
        raise NotImplementedError


class MemorySynapse(WrittenSynapse):
    """Queries times memory: a grouped 1x1 convolution, one group per head.

    Parameters
    ----------
    heads, keys, values : int
        The memory is (B, heads, keys, values), whole numbers from 0.
    """

    def __init__(
        self, heads: int, keys: int, values: int, spread: float = 1.0, ceiling: float | None = None
    ) -> None:
        super().__init__(heads * values, 0, spread, ceiling)
        self.heads, self.keys, self.values = heads, keys, values

    def _scaled(self, memory: Tensor, scale: Tensor) -> Tensor:
        return memory * scale.view(self.heads, 1, self.values)

    def _applied(self, x: Tensor, weight: Tensor) -> Tensor:
        asked = x.unflatten(1, (self.heads, self.keys)).flatten(3)
        found = weight.transpose(2, 3) @ asked
        return found.flatten(1, 2).unflatten(2, x.shape[2:])


class KernelSynapse(WrittenSynapse):
    """Depthwise cross-correlation with kernels (B, C, k, k), whole numbers.

    Parameters
    ----------
    channels, kernel : int
        ``kernel`` is odd; padding keeps the size.
    """

    def __init__(self, channels: int, kernel: int, spread: float = 1.0, ceiling: float | None = None) -> None:
        super().__init__(channels, LOWEST_WEIGHT, spread, ceiling)
        self.kernel = kernel

    def _scaled(self, memory: Tensor, scale: Tensor) -> Tensor:
        return memory * scale.view(-1, 1, 1)

    def _applied(self, x: Tensor, weight: Tensor) -> Tensor:
        each, channels = x.shape[:2]
        together = weight.flatten(0, 1).unsqueeze(1)
        found = F.conv2d(
            x.flatten(0, 1).unsqueeze(0), together, padding=self.kernel // 2, groups=each * channels
        )
        return found.view(each, channels, *found.shape[2:])
