"""A batch norm that is part of the synapse in front of it, rounded as that synapse is while it trains."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F

LARGEST_BIAS = 1 << 16
EPSILON = 1e-5
# What divides a running statistic: a gain that passes through zero must not blow it up.
LEAST_SCALE = 1e-6


class FoldedNorm(nn.Module):
    """Gain, shift and running statistics of a layer, folded into its weights and biases.

    In training the synapse already has the rounded product of its weights and the norm's gain, and the
    batch's own mean and variance normalise what comes out; after :meth:`freeze_norm`, and in evaluation, the
    running ones do, as a rounded bias, and what is computed is what the chip computes. (Folding in training:
    Jacob et al. 2018, arXiv 1712.05877, section 3.2.)

    Parameters
    ----------
    outputs : int
        Channels.
    norm : bool
        Without it there is a shift alone.
    spread : float
        Standard deviation of the currents of a fresh layer, in thresholds.
    momentum : float
        Of the running mean and variance.
    size : (int, int) or None
        Height and width of what comes out, where each neuron has a bias of its own beside its channel's.
    ceiling : float or None
        Largest bias, in thresholds: what silence may add up to without a spike.

    Attributes
    ----------
    frozen : () bool buffer
    least : float
        What is added to a batch's variance.
    """

    least = EPSILON

    def __init__(
        self,
        outputs: int,
        norm: bool = True,
        spread: float = 1.0,
        momentum: float = 0.05,
        size: tuple[int, int] | None = None,
        ceiling: float | None = None,
    ) -> None:
        super().__init__()
        self.momentum, self.norm, self.ceiling = momentum, norm, ceiling
        self.shift = nn.Parameter(torch.zeros(outputs))
        self.gain: nn.Parameter | None = nn.Parameter(torch.full((outputs,), spread)) if norm else None
        self.place = None if size is None else nn.Parameter(torch.zeros(outputs, *size))
        self.register_buffer("mean", torch.zeros(outputs))
        self.register_buffer("variance", torch.ones(outputs))
        self.register_buffer("frozen", torch.tensor(not norm))
        self.mean: Tensor
        self.variance: Tensor
        self.frozen: Tensor

    def freeze_norm(self) -> None:
        """From now on the running mean and variance stay as they are, and normalise in training too."""
        self.frozen.fill_(True)

    @property
    def learns_statistics(self) -> bool:
        """Whether the batch's own mean and variance normalise."""
        return self.training and not bool(self.frozen)

    def folded_scale(self) -> Tensor | None:
        """What a channel's weights are multiplied by, (C,); None without a norm."""
        return None if self.gain is None else self.gain * torch.rsqrt(self.variance + EPSILON)

    def folded_bias(self) -> Tensor:
        """Biases (C,), or (C, H, W), before they are rounded."""
        scale = self.folded_scale()
        bias = self.shift if scale is None else self.shift - self.mean * scale
        if self.place is not None:
            bias = bias.view(-1, 1, 1) + self.place
        return bias - self._excess(bias)

    def rounded_bias(self, threshold: int) -> Tensor:
        """The same as multiples of 1 / ``threshold``; the gradient passes."""
        bias = self.folded_bias()
        return bias + (whole_bias(bias.detach(), threshold) / threshold - bias.detach())

    def normalised(self, folded: Tensor, plain: Tensor | None = None) -> Tensor:
        """Currents of (B, C, H, W) sums by the batch's own statistics, which the running ones follow.

        Parameters
        ----------
        folded : (B, C, H, W) float
            Sums with the running gain in them.
        plain : (B, C, H, W) float, optional
            The same sums without it, where they are not to be had by a division: of weights that were clipped
            the spread looks smaller than it is, the gain would grow, and more be clipped.
        """
        # What came out has the running gain in it; the batch's own norm takes it away, but for its sign.
        assert self.gain is not None
        mean, variance = torch.zeros_like(self.mean), torch.ones_like(self.variance)
        normalised = F.batch_norm(
            folded, mean, variance, self.gain.abs(), self.shift, training=True, momentum=1.0, eps=self.least
        )
        if self.ceiling is not None:
            factor = self.gain.abs() * torch.rsqrt(variance + self.least)
            bias = (self.shift - mean * factor).view(-1, 1, 1)
            normalised -= self._excess(bias if self.place is None else bias + self.place)
        with torch.no_grad():
            scale = self.folded_scale()
            assert scale is not None
            scale = torch.where(scale.abs() < LEAST_SCALE, LEAST_SCALE, scale)
            if plain is None:
                mean, variance = mean / scale, variance / scale.square()
            else:
                variance, mean = torch.var_mean(plain, (0, 2, 3), correction=0)
            self.mean.lerp_(mean, self.momentum)
            self.variance.lerp_(variance, self.momentum)
        return normalised if self.place is None else normalised + self.place

    def _excess(self, bias: Tensor) -> Tensor:
        """What of a bias is above the ceiling; the gradient passes by, so that it can come down again."""
        if self.ceiling is None:
            return torch.zeros_like(bias)
        return (bias.detach() - self.ceiling).clamp(min=0)


def whole_bias(bias: Tensor, threshold: int) -> Tensor:
    """Biases in units of a weight."""
    return torch.round(bias * threshold).clamp(-LARGEST_BIAS, LARGEST_BIAS)


def freeze_norms(model: nn.Module) -> None:
    """Train on with what the chip will compute: all norms of a model stay as they are."""
    for module in model.modules():
        if isinstance(module, FoldedNorm):
            module.freeze_norm()
