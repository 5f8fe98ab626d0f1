"""Pictures as the first spikes of a network, and how much its layers speak."""

from __future__ import annotations

from torch import Tensor

LARGEST_PIXEL = 255
# What a pixel of the encoder, 0 to 255, stands for: about what later spikes do.
PIXEL_UNIT = 1 / 64


def coded(pixels: Tensor) -> Tensor:
    """Grey levels 0 to 255 of pixels as the encoder gives them, over 256."""
    return (pixels * (LARGEST_PIXEL + 1)).round_().clamp_(0, LARGEST_PIXEL)


def speaking(spikes: Tensor) -> Tensor:
    """Share of neurons and steps with a spike, whose gradient makes the smallest spikes smaller."""
    return spikes.clamp(max=1).mean()
