"""A convolution and its batch norm as one, rounded to the weights of a synapse while it trains."""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn
from torch.nn import functional as F

# Even weights from -256 to 254, as SLAYER's synapses have them.
LARGEST_WEIGHT, LOWEST_WEIGHT = 254, -256
LARGEST_BIAS = 1 << 16
# Of a sum in units of a weight: a membrane potential has 24 bits, one of them the sign, six below a weight's.
SUM_BITS = 17
LEAST_ROOM = 32
EPSILON = 1e-5


class FusedConv(nn.Module):
    """``norm(convolution)`` computed by the weights and the bias that an integer layer will have.

    In training the convolution already has the rounded product of its weights and the norm's gain, and the
    batch's own mean and variance normalise what comes out; after :meth:`freeze_norm`, and in evaluation, the
    running ones do, as a rounded bias, and what is computed is what the chip computes. (Folding in training:
    Jacob et al. 2018, arXiv 1712.05877, section 3.2.)

    Parameters
    ----------
    inputs, outputs, kernel, stride, dilation : int
        Padding keeps the size at stride 1.
    unit : float
        What an input of one spike stands for.
    norm : bool
        Without it there is a bias alone.
    spread : float
        Standard deviation of the currents of a fresh layer, in thresholds.
    momentum : float
        Of the running mean and variance.
    room : int
        Thresholds that a membrane potential has to hold; what is beyond would be cut off on the chip.

    Attributes
    ----------
    frozen : () bool buffer
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
    ) -> None:
        super().__init__()
        self.largest_exponent = SUM_BITS - math.ceil(math.log2(max(room, LEAST_ROOM)))
        self.unit, self.momentum, self.norm = unit, momentum, norm
        self.stride, self.dilation, self.padding = stride, dilation, dilation * (kernel // 2)
        self.weight = nn.Parameter(torch.empty(outputs, inputs, kernel, kernel))
        nn.init.normal_(self.weight, std=1 / math.sqrt(inputs * kernel * kernel))
        self.shift = nn.Parameter(torch.zeros(outputs))
        self.gain: nn.Parameter | None = nn.Parameter(torch.full((outputs,), spread)) if norm else None
        self.register_buffer("mean", torch.zeros(outputs))
        self.register_buffer("variance", torch.ones(outputs))
        self.register_buffer("frozen", torch.tensor(not norm))
        self.mean: Tensor
        self.variance: Tensor
        self.frozen: Tensor

    def freeze_norm(self) -> None:
        """From now on the running mean and variance stay as they are, and normalise in training too."""
        self.frozen.fill_(True)

    def forward(self, x: Tensor) -> tuple[Tensor, int]:
        """Currents of inputs (B, C_in, H, W), in thresholds, and the threshold in units of a weight."""
        weight, threshold = self._rounded_weight()
        if self.training and not bool(self.frozen):
            return self._normalised(self._convolve(x, weight, None)), threshold
        bias = self._folded_bias()
        rounded = _whole_bias(bias.detach(), threshold) / threshold
        return self._convolve(x, weight, bias + (rounded - bias.detach())), threshold

    def integers(self) -> tuple[Tensor, Tensor, int]:
        """Weights (C_out, C_in, k, k) and biases (C_out,) int32 of the layer, and its threshold."""
        with torch.no_grad():
            weight, threshold = self._rounded_weight()
            whole = torch.round(weight * (self.unit * threshold)).to(torch.int32)
            bias = _whole_bias(self._folded_bias(), threshold)
        return whole, bias.to(torch.int32), threshold

    def folded(self) -> tuple[Tensor, Tensor]:
        """Weights (C_out, C_in, k, k), for inputs in units, and biases (C_out,) before they are rounded."""
        return self._folded_weight().detach(), self._folded_bias().detach()

    def _convolve(self, x: Tensor, weight: Tensor, bias: Tensor | None) -> Tensor:
        return F.conv2d(x, weight, bias, self.stride, self.padding, self.dilation)

    def _folded_weight(self) -> Tensor:
        if self.gain is None:
            return self.weight
        scale = self.gain * torch.rsqrt(self.variance + EPSILON)
        return self.weight * scale.view(-1, 1, 1, 1)

    def _folded_bias(self) -> Tensor:
        if self.gain is None:
            return self.shift
        return self.shift - self.mean * self.gain * torch.rsqrt(self.variance + EPSILON)

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

    def _normalised(self, folded: Tensor) -> Tensor:
        # What came out has the running gain in it; the batch's own norm takes it away, but for its sign.
        assert self.gain is not None
        mean, variance = torch.zeros_like(self.mean), torch.ones_like(self.variance)
        normalised = F.batch_norm(
            folded, mean, variance, self.gain.abs(), self.shift, training=True, momentum=1.0, eps=EPSILON
        )
        with torch.no_grad():
            scale = self.gain * torch.rsqrt(self.variance + EPSILON)
            scale = torch.where(scale.abs() < 1e-6, 1e-6, scale)
            self.mean.lerp_(mean / scale, self.momentum)
            self.variance.lerp_(variance / scale.square(), self.momentum)
        return normalised


def _whole_bias(bias: Tensor, threshold: int) -> Tensor:
    return torch.round(bias * threshold).clamp(-LARGEST_BIAS, LARGEST_BIAS)
