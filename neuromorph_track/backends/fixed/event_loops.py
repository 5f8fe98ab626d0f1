"""Compiled loops over the events of a layer: counting, and the way to and from dense values.

For the arrays see :mod:`.spikes`.
"""

# mypy: ignore-errors
from __future__ import annotations

from numba import njit, prange


@njit(parallel=True, cache=True)
def count_synops(index, count, fan_out, counts):
    """Add to ``counts`` (T, 3): spikes, synops over non-zero weights, synops over all weights.

    ``fan_out`` (H * W * C, 2) are the weights that a spike of each neuron meets, non-zero ones and all.
    """
    steps, rows = count.shape
    bucket = index.shape[1] // rows
    for step in prange(steps):
        spikes, nonzero, everything = 0, 0, 0
        for row in range(rows):
            for k in range(count[step, row]):
                neuron = index[step, row * bucket + k]
                spikes += 1
                nonzero += fan_out[neuron, 0]
                everything += fan_out[neuron, 1]
        counts[step, 0] += spikes
        counts[step, 1] += nonzero
        counts[step, 2] += everything


@njit(cache=True)
def collect(values, out_index, out_value, out_count):
    """Non-zero ``values`` (T, H, W * C) as events."""
    steps, rows, bucket = values.shape
    for step in range(steps):
        for row in range(rows):
            found = 0
            for k in range(bucket):
                if values[step, row, k] != 0:
                    out_index[step, row * bucket + found] = row * bucket + k
                    out_value[step, row * bucket + found] = values[step, row, k]
                    found += 1
            out_count[step, row] = found


@njit(cache=True)
def spread(index, value, count, out):
    """Events into ``out`` (T, H * W * C), which is zero."""
    steps, rows = count.shape
    bucket = index.shape[1] // rows
    for step in range(steps):
        for row in range(rows):
            for k in range(count[step, row]):
                at = row * bucket + k
                out[step, index[step, at]] = value[step, at]
