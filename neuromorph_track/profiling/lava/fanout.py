"""Weights that one spike meets in Lava's synapses, in NumPy: PyTorch hangs in processes that Lava forks."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

Counts = NDArray[np.int64]


class Reach(NamedTuple):
    """Weights that a spike of each input neuron meets, each (inputs,) int64 in the input port's order.

    Attributes
    ----------
    nonzero : array
    all : array
        Those that are zero included; of a sparse matrix those that it stores.
    """

    nonzero: Counts
    all: Counts


def matrix_reach(weights: Any) -> Reach:
    """Of a dense or sparse matrix ``(outputs, inputs)``."""
    if not sparse.issparse(weights):
        outputs, inputs = weights.shape
        return Reach(np.count_nonzero(weights, axis=0).astype(np.int64), np.full(inputs, outputs, np.int64))
    stored = weights.tocoo()
    columns = stored.shape[1]
    return Reach(
        np.bincount(stored.col[stored.data != 0], minlength=columns).astype(np.int64),
        np.bincount(stored.col, minlength=columns).astype(np.int64),
    )


def conv_reach(
    weight: NDArray[Any],
    input_shape: tuple[int, ...],
    output_shape: tuple[int, ...],
    stride: Any,
    padding: Any,
    dilation: Any,
    groups: int,
) -> Reach:
    """Of a convolution in Lava's order of axes: each kernel position adds to the inputs that it reads.

    Parameters
    ----------
    weight : (C_out, kW, kH, C_in / groups)
        As Lava keeps it: flipped, since it convolves.
    input_shape, output_shape : (int, int, int)
        Width, height, channels.
    stride, padding, dilation : pairs of int
        In width and height.
    groups : int
    """
    kernel = weight[:, ::-1, ::-1]
    by_group = kernel.reshape(groups, -1, *kernel.shape[1:])
    # (kW, kH, C_in): output channels that a channel of the input reaches through a kernel position.
    nonzero = np.concatenate(np.count_nonzero(by_group, axis=1), axis=-1)
    counts = np.zeros((2, *input_shape), np.int64)
    for column, row in np.ndindex(*kernel.shape[1:3]):
        across, along = (
            _inside(offset, axis, input_shape, output_shape, stride, padding, dilation)
            for axis, offset in enumerate((column, row))
        )
        counts[0][np.ix_(across, along)] += nonzero[column, row]
        counts[1][np.ix_(across, along)] += by_group.shape[1]
    return Reach(*counts.reshape(2, -1))


def _inside(
    offset: int,
    axis: int,
    input_shape: tuple[int, ...],
    output_shape: tuple[int, ...],
    stride: Any,
    padding: Any,
    dilation: Any,
) -> NDArray[np.int64]:
    """Input positions, inside the map, that a kernel position reads along one axis."""
    at = np.arange(output_shape[axis]) * int(stride[axis]) - int(padding[axis]) + offset * int(dilation[axis])
    return at[(at >= 0) & (at < input_shape[axis])]
