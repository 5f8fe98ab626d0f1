"""A convolution as the matrix that it is."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from neuromorph_track.netx.nir.convolution import Convolution
from neuromorph_track.netx.nir.refused import Refused

Counts = NDArray[np.int64]
# A gigabyte of indices and values.
MAX_ENTRIES = 1 << 26


def unroll(conv: Convolution, shape: tuple[int, ...]) -> sparse.csr_matrix:
    """The matrix that a convolution is, between flattened maps in (C, H, W) order."""
    out = conv.output_shape(shape)
    per_group, of_group = conv.weight.shape[1], len(conv.weight) // conv.groups
    if np.count_nonzero(conv.weight) * out[1] * out[2] > MAX_ENTRIES:
        raise Refused(f"a convolution of {shape} to {out} before a dense layer", "neurons between them")
    rows, columns, values = [np.zeros(0, np.int64)], [np.zeros(0, np.int64)], [np.zeros(0)]
    for y, x in np.ndindex(*conv.weight.shape[2:]):
        o, c = np.nonzero(conv.weight[:, :, y, x])
        above, below = _reached(conv, y, out[1], shape[1], 0)
        left, right = _reached(conv, x, out[2], shape[2], 1)
        channel = o // of_group * per_group + c
        source = (channel[:, None, None] * shape[1] + above[:, None]) * shape[2] + left
        target = (o[:, None, None] * out[1] + below[:, None]) * out[2] + right
        columns.append(source.ravel())
        rows.append(target.ravel())
        values.append(np.repeat(conv.weight[o, c, y, x], above.size * left.size))
    entries = (np.concatenate(values), (np.concatenate(rows), np.concatenate(columns)))
    return sparse.csr_matrix(entries, shape=(math.prod(out), math.prod(shape)))


def _reached(conv: Convolution, k: int, outputs: int, inputs: int, axis: int) -> tuple[Counts, Counts]:
    """Input positions that kernel position ``k`` meets, and the outputs they belong to."""
    at = np.arange(outputs) * conv.stride[axis] - conv.padding[axis] + k * conv.dilation[axis]
    inside = np.flatnonzero((at >= 0) & (at < inputs))
    return at[inside], inside
