"""Exact integer convolutions and products, computed with floating-point kernels where that is safe.

A float32 sum of whole numbers is exact, in any order, while every partial sum stays below 2**24.
Spikes are therefore split into a low byte and the rest when they are too large for one product;
what even that cannot hold goes through float64, exact to 2**53.
"""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from neuromorph_track.netx.graph import Integers, Layer
from neuromorph_track.netx.weights import applied_dense_weights

FLOAT32_EXACT = 1 << 24
STATE_BITS = 24


class ConvSynapse:
    """A convolution whose sums wrap to 24 bits, as Lava's ``PyConvModelFixed`` does."""

    def __init__(self, layer: Layer, device: torch.device) -> None:
        assert layer.weight is not None
        self.product = _Product(layer.weight, device, self._convolve)
        self.layer = layer
        # Largest sum since it was last taken, before it was wrapped.
        self.peak = 0

    def __call__(self, spikes: Tensor) -> Tensor:
        """Sums ``(T, *shape)`` int32 of spikes ``(T, C, H, W)`` int32."""
        sums = self.product(spikes)
        self.peak = max(self.peak, int(sums.abs().max()))
        half = 1 << (STATE_BITS - 1)
        return (sums + half).bitwise_and((1 << STATE_BITS) - 1).sub_(half)

    def take_peak(self) -> int:
        """Largest sum since this was last asked, before it was wrapped."""
        peak, self.peak = self.peak, 0
        return peak

    def rewritten(self, layer: Layer) -> ConvSynapse:
        """The same with the weights of ``layer``."""
        other = ConvSynapse(layer, self.product.weight.device)
        other.peak = self.peak
        return other

    def _convolve(self, spikes: Tensor, weight: Tensor) -> Tensor:
        layer = self.layer
        return torch.nn.functional.conv2d(
            spikes,
            weight,
            stride=layer.stride,
            padding=layer.padding,
            dilation=layer.dilation,
            groups=layer.groups,
        )


class DenseSynapse:
    """A dense product, its sum shifted as NetX's weight exponent says; delays in steps."""

    def __init__(self, layer: Layer, device: torch.device) -> None:
        applied = applied_dense_weights(layer)
        self.shift = applied.shift
        delays = _delay_matrix(layer)
        longest = 0 if delays is None else int(delays.max())
        by_delay = range(longest + 1) if delays is not None else [0]
        self.products = {
            steps: _Product(weight, device, torch.nn.functional.linear)
            for steps in by_delay
            if np.any(weight := _of_delay(applied.weight, delays, steps))
        }
        self.history = torch.zeros(longest, applied.weight.shape[1], dtype=torch.int32, device=device)
        self.neurons = applied.weight.shape[0]

    def reset(self) -> None:
        self.history.zero_()

    def __call__(self, spikes: Tensor) -> Tensor:
        """Sums ``(T, N_out)`` int32 of spikes ``(T, N_in)`` int32."""
        steps, longest = len(spikes), len(self.history)
        past = torch.cat([self.history, spikes])
        sums = torch.zeros(steps, self.neurons, dtype=torch.int32, device=spikes.device)
        for delay, product in self.products.items():
            sums += product(past[longest - delay : longest - delay + steps])
        if longest:
            self.history = past[-longest:].clone()
        return sums >> self.shift


class RecurrentSynapse:
    """The product of a layer's own spikes of the step before."""

    def __init__(self, layer: Layer, device: torch.device) -> None:
        applied = applied_dense_weights(layer)
        assert applied.recurrent is not None
        self.shift = applied.shift
        self.product = _Product(applied.recurrent, device, torch.nn.functional.linear)

    def __call__(self, spikes: Tensor) -> Tensor:
        return self.product(spikes[None])[0] >> self.shift


class _Product:
    """A linear map of int32 by int32, exact, through the narrowest floats that are."""

    def __init__(self, weight: Integers, device: torch.device, apply) -> None:  # type: ignore[no-untyped-def]
        self.reach = int(np.abs(weight.astype(np.int64)).reshape(len(weight), -1).sum(1).max())
        self.weight = torch.from_numpy(weight.astype(np.float32)).to(device)
        self.apply = apply

    def __call__(self, spikes: Tensor) -> Tensor:
        largest = int(spikes.abs().max()) if spikes.numel() else 0
        if largest * self.reach < FLOAT32_EXACT:
            return self.apply(spikes.to(torch.float32), self.weight).to(torch.int32)
        if self.reach << 8 < FLOAT32_EXACT and (largest >> 8) + 1 < FLOAT32_EXACT // self.reach:
            low = self.apply((spikes & 255).to(torch.float32), self.weight)
            high = self.apply((spikes >> 8).to(torch.float32), self.weight)
            return low.to(torch.int32) + (high.to(torch.int32) << 8)
        exact = self.apply(spikes.to(torch.float64), self.weight.to(torch.float64))
        return exact.to(torch.int64).to(torch.int32)


def _delay_matrix(layer: Layer) -> NDArray[np.int32] | None:
    if layer.delay is None:
        return None
    assert layer.weight is not None
    out, inputs = layer.weight.shape
    if layer.delay.size == 1:
        return np.full((out, inputs), int(layer.delay.reshape(-1)[0]), np.int32)
    if layer.delay.ndim == 2:
        return layer.delay
    # One delay per output wins where both fit, as in lava-dl.
    return np.broadcast_to(layer.delay[:, None] if len(layer.delay) == out else layer.delay, (out, inputs))


def _of_delay(weight: Integers, delays: NDArray[np.int32] | None, steps: int) -> Integers:
    return weight if delays is None else np.where(delays == steps, weight, 0).astype(np.int32)
