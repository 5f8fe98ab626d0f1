"""What one spike of each source meets on each core of a layer: exact, edges, stride and groups included."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from neuromorph_track.hardware.mapping.pieces import Piece, pieces
from neuromorph_track.hardware.mapping.placement import Cores
from neuromorph_track.netx.branching import Shape
from neuromorph_track.netx.graph import Layer

Counts = NDArray[np.int64]
Region = tuple[slice, ...]


class Reach(NamedTuple):
    """Synapses between a part of the sources and one core.

    Attributes
    ----------
    core : int
    region : tuple of slice
        The sources that can reach it, in the shape of the layer's input.
    nonzero, all : int64, the shape of the region
        Weights that one spike of each source meets on this core, without and with those that are zero.
    """

    core: int
    region: Region
    nonzero: Counts
    all: Counts


def reach(layer: Layer, input_shape: Shape, core: Cores) -> Iterator[Reach]:
    """Reach of every core of a convolution or dense layer; a recurrent layer's own spikes are left aside.

    Parameters
    ----------
    input_shape : tuple of int
        What arrives, as the synapses take it: ``(C, H, W)`` or ``(N,)``.
    core : (neurons,) int32
        The layer's cores, counted from 0, each with a neuron at least.
    """
    assert layer.weight is not None
    nonzero = np.asarray(layer.weight != 0, np.int64)
    everything = np.ones_like(nonzero)
    if layer.weight_imag is not None:
        nonzero, everything = nonzero + (layer.weight_imag != 0), everything * 2
    if layer.kind == "conv":
        return _conv(layer, nonzero, input_shape, core)
    return _dense(nonzero, everything, core)


def own_reach(layer: Layer, core: Cores) -> Iterator[Reach]:
    """The same for the spikes that a recurrent layer sends itself."""
    assert layer.weight_rec is not None
    nonzero = np.asarray(layer.weight_rec != 0, np.int64)
    return _dense(nonzero, np.ones_like(nonzero), core)


def _dense(nonzero: Counts, everything: Counts, core: Cores) -> Iterator[Reach]:
    whole = (slice(None),)
    for index in range(int(core.max()) + 1):
        here = core == index
        yield Reach(index, whole, nonzero[here].sum(0), everything[here].sum(0))


def _conv(layer: Layer, nonzero: Counts, input_shape: Shape, core: Cores) -> Iterator[Reach]:
    assert layer.weight is not None
    everything = np.ones_like(nonzero) if layer.weight_imag is None else np.full_like(nonzero, 2)
    # Most cores of a map hold the same piece at another place, whose spikes meet the same weights.
    seen: dict[tuple[int, tuple[int, ...], bytes], tuple[Counts, Counts]] = {}
    for index, piece in enumerate(pieces(core, layer.shape)):
        key = (piece.corner[0], piece.mask.shape, piece.mask.tobytes())
        if key not in seen:
            seen[key] = (_spread(layer, nonzero, piece), _spread(layer, everything, piece))
        region, inside = window(layer, piece, input_shape)
        yield Reach(index, region, *(counts[inside] for counts in seen[key]))


def window(layer: Layer, piece: Piece, input_shape: Shape) -> tuple[Region, Region]:
    """Sources that a piece of a convolution hears, and which part of its whole window these are.

    The window reaches over the edges of the map where there is padding.
    """
    assert layer.weight is not None
    region, inside = [slice(None)], [slice(None)]
    for axis in range(2):
        kernel, size = layer.weight.shape[2 + axis], input_shape[1 + axis]
        first = piece.corner[1 + axis] * layer.stride[axis] - layer.padding[axis]
        span = (piece.mask.shape[1 + axis] - 1) * layer.stride[axis] + layer.dilation[axis] * (kernel - 1) + 1
        start, stop = max(first, 0), max(min(first + span, size), 0)
        start = min(start, stop)
        region.append(slice(start, stop))
        inside.append(slice(start - first, stop - first))
    return tuple(region), tuple(inside)


def _spread(layer: Layer, weights: Counts, piece: Piece) -> Counts:
    """Weights between every source in the window of a piece and the piece, ``(C_in, rows, columns)``."""
    first, (channels, height, width) = piece.corner[0], piece.mask.shape
    group_of = np.arange(first, first + channels) * layer.groups // layer.shape[0]
    # Weights of channels that have the same cells can be added before they are spread.
    forms, form_of = np.unique(piece.mask.reshape(channels, -1), axis=0, return_inverse=True)
    total: Counts | None = None
    for index, cells in enumerate(forms):
        mine = np.flatnonzero(form_of.reshape(-1) == index)
        kernel = np.zeros((layer.groups, *weights.shape[1:]), np.int64)
        np.add.at(kernel, group_of[mine], weights[first + mine])
        kernel = kernel.reshape(1, -1, *weights.shape[2:])
        part = transposed(layer, cells.reshape(1, height, width), kernel)
        total = part if total is None else total + part
    assert total is not None
    return total


def transposed(layer: Layer, cells: NDArray[Any], kernel: Counts, groups: int = 1) -> Counts:
    """Transposed convolution of ``cells`` (channels, h, w) in the geometry of ``layer``, without padding."""
    # A tool that reads profiles need not wait for PyTorch.
    import torch

    # float64 adds whole numbers exactly up to 2**53, so that nothing needs to be rounded.
    counts = torch.nn.functional.conv_transpose2d(
        torch.from_numpy(cells[None].astype(np.float64)),
        torch.from_numpy(kernel.astype(np.float64)),
        stride=layer.stride,
        dilation=layer.dilation,
        groups=groups,
    )
    return np.asarray(counts[0].to(torch.int64).numpy())
