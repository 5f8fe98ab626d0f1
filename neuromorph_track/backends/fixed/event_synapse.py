"""Synapses of a layer that is run by events: its weights by input channel, and its fan-out."""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray

from neuromorph_track.backends.fixed.spikes import Spikes, map_shape, rows_of
from neuromorph_track.backends.fixed.synapses import ConvSynapse
from neuromorph_track.netx import Layer, fan_out
from neuromorph_track.netx.weights import applied_dense_weights

Integers = NDArray[np.int32]

# Share of a layer's input neurons that sent, from which the convolution of everything is faster.
DENSE_ABOVE = 0.2


class MapSynapse:
    """A convolution, or a dense product as the convolution whose kernel is the whole map."""

    def __init__(
        self, layer: Layer, source: tuple[int, int, int], convolution: ConvSynapse | None = None
    ) -> None:
        assert layer.weight is not None
        self.source = source
        channels, height, width = source
        self.convolution: ConvSynapse | None = None
        if layer.kind == "conv":
            self.wraps, kernel = True, layer.weight
            self.convolution = convolution or ConvSynapse(layer, torch.device("cpu"))
        else:
            # Flattened maps are in (C, H, W) order.
            self.wraps, kernel = False, applied_dense_weights(layer).weight.reshape(-1, *source)
        out = map_shape(layer.shape)
        self.geometry = (
            height, width, channels, *layer.stride, *layer.padding, *layer.dilation,
            out[2], out[0], layer.groups,
        )  # fmt: skip
        self.weight = _by_input_channel(kernel, layer.groups)
        shape = source if layer.kind == "conv" else (channels * height * width,)
        parts = [part.reshape(source).transpose(1, 2, 0).reshape(-1) for part in fan_out(layer, shape)]
        # Both counts of a neuron side by side, which is half the memory to wait for.
        self.fan_out = np.ascontiguousarray(np.stack(parts, 1), np.int32)

    def rewritten(self, layer: Layer) -> MapSynapse:
        """The same with the weights of ``layer``, a convolution."""
        assert self.convolution is not None
        return MapSynapse(layer, self.source, self.convolution.rewritten(layer))

    def is_crowded(self, arrived: Spikes) -> bool:
        """Whether so many neurons sent that a convolution of the whole map is faster."""
        if self.convolution is None:
            return False
        sent = int(arrived.events.filled.sum())
        return sent > DENSE_ABOVE * arrived.steps * len(self.fan_out)

    def sums(self, arrived: Spikes) -> Integers:
        """Sums of the whole map, wrapped, ``(T, H, W * C)``."""
        assert self.convolution is not None
        return rows_of(self.convolution(arrived.dense).numpy())

    def inputs(self, arrived: Spikes) -> tuple[object, ...]:
        """Arguments that tell a kernel what arrived: events and weights, or sums."""
        if self.is_crowded(arrived):
            return given_sums(self.sums(arrived), self.geometry)
        return (*arrived.events, self.weight, self.geometry, self.wraps, False, _NO_SUMS)


def given_sums(sums: Integers, geometry: tuple[int, ...]) -> tuple[object, ...]:
    """Arguments that tell a kernel the sums ``(T, H, W * C)`` themselves."""
    return (*_NO_EVENTS, _NO_WEIGHT, geometry, False, True, sums)


def plain_geometry(shape: tuple[int, int, int]) -> tuple[int, ...]:
    """Geometry of neurons without synapses."""
    channels, height, width = shape
    return (height, width, channels, 1, 1, 0, 0, 1, 1, width, channels, 1)


def _by_input_channel(kernel: Integers, groups: int) -> NDArray[np.int16]:
    """``(C_out, C_in / groups, kH, kW)`` to ``(C_in, kH, kW, C_out / groups)``."""
    outputs, per_in, *size = kernel.shape
    grouped = kernel.reshape(groups, outputs // groups, per_in, *size).transpose(0, 2, 3, 4, 1)
    return np.ascontiguousarray(grouped.reshape(groups * per_in, *size, -1)).astype(np.int16)


_NO_EVENTS = (np.zeros((1, 1), np.int32), np.zeros((1, 1), np.int32), np.zeros((1, 1), np.int32))
_NO_WEIGHT = np.zeros((1, 1, 1, 1), np.int16)
_NO_SUMS = np.zeros((1, 1, 1), np.int32)
