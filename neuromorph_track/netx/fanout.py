"""How many weights one spike reaches: exact fan-out with edges, stride, padding, dilation and groups."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from neuromorph_track.netx.graph import Layer

Counts = NDArray[np.int64]


class FanOut(NamedTuple):
    """Weights that a spike of each input neuron meets, shape of the layer's input.

    Attributes
    ----------
    nonzero : int64 array
        Weights that are not zero: synops of one spike.
    all : int64 array
        Zero weights included.
    """

    nonzero: Counts
    all: Counts


def fan_out(layer: Layer, input_shape: tuple[int, ...]) -> FanOut:
    """Fan-out of a conv or dense layer for an input of ``input_shape``.

    The transposed convolution of ones with the kernel's support counts, for every input
    position, the output positions that lie inside the map.

    Examples
    --------
    A spike at the edge of a map meets fewer weights:

    >>> kernel = np.ones((1, 1, 3, 3), np.int32)
    >>> fan_out(Layer("conv", (1, 2, 4), weight=kernel, padding=(1, 1)), (1, 2, 4)).nonzero[0]
    array([[4, 6, 6, 4],
           [4, 6, 6, 4]])
    """
    assert layer.weight is not None
    nonzero = layer.weight != 0
    if layer.weight_imag is not None:
        # A complex synapse is two synapses: one spike meets both.
        nonzero = nonzero.astype(np.int64) + (layer.weight_imag != 0)
    everything = np.full(layer.weight.shape, 1 if layer.weight_imag is None else 2)
    if layer.kind == "conv":
        return FanOut(_conv(layer, nonzero, input_shape), _conv(layer, everything, input_shape))
    return FanOut(*(np.asarray(w, np.int64).sum(0).reshape(input_shape) for w in (nonzero, everything)))


def recurrent_fan_out(layer: Layer) -> FanOut:
    """Fan-out of a recurrent layer's own spikes, shape ``(N,)``."""
    assert layer.weight_rec is not None
    own = np.asarray(layer.weight_rec != 0, np.int64).sum(0)
    return FanOut(own, np.full(own.shape, layer.weight_rec.shape[0], np.int64))


def connections(layer: Layer, input_shape: tuple[int, ...]) -> int:
    """Multiply-accumulates of the dense twin in one timestep: connections that lie inside the map."""
    if not layer.has_synapses:
        return 0
    total = int(fan_out(layer, input_shape).all.sum())
    if layer.weight_rec is not None:
        total += layer.weight_rec.size
    return total


def nominal_macs(layer: Layer) -> int:
    """Multiply-accumulates in one timestep as papers count them: every output times the whole kernel.

    ``C_out H_out W_out (C_in / groups) kH kW`` of a convolution, ``N_out N_in`` of a dense layer and
    ``N N`` more where it is recurrent; 0 without synapses. Kernels are not cut at the edges of a map.

    Examples
    --------
    >>> kernel = np.ones((1, 1, 3, 3), np.int32)
    >>> layer = Layer("conv", (1, 2, 4), weight=kernel, padding=(1, 1))
    >>> nominal_macs(layer), connections(layer, (1, 2, 4))
    (72, 40)
    """
    if not layer.has_synapses:
        return 0
    assert layer.weight is not None
    total = layer.weight.size if layer.weight_imag is None else 2 * layer.weight.size
    if layer.kind == "conv":
        total *= int(np.prod(layer.shape[1:]))
    if layer.weight_rec is not None:
        total += layer.weight_rec.size
    return total


def neurons_in(layer: Layer, input_shape: tuple[int, ...]) -> int:
    """Neurons that send to a layer's synapses, its own where it is recurrent; 0 without synapses."""
    if not layer.has_synapses:
        return 0
    return int(np.prod(input_shape)) + (0 if layer.weight_rec is None else layer.neurons)


def _conv(layer: Layer, support: NDArray[np.int64], input_shape: tuple[int, ...]) -> Counts:
    # A tracker in Lava reads run contracts with this room, where there is no PyTorch.
    import torch

    # float64 adds whole numbers exactly up to 2**53.
    kernel = torch.from_numpy(np.ascontiguousarray(support, np.float64))
    ones = torch.ones(1, *layer.shape, dtype=torch.float64)
    _, height, width = input_shape
    padding, stride, dilation = layer.padding, layer.stride, layer.dilation
    rest = [
        size - ((out - 1) * stride[i] - 2 * padding[i] + dilation[i] * (kernel.shape[2 + i] - 1) + 1)
        for i, (size, out) in enumerate(zip((height, width), layer.shape[1:], strict=True))
    ]
    counts = torch.nn.functional.conv_transpose2d(
        ones,
        kernel,
        stride=stride,
        padding=padding,
        output_padding=tuple(rest),
        groups=layer.groups,
        dilation=dilation,
    )
    return counts[0].round().to(torch.int64).numpy()
