"""Compiled loops that join the events of several layers; for the arrays see :mod:`.spikes`."""

# mypy: ignore-errors
from __future__ import annotations

import numpy as np
from numba import njit, prange

NO_NEURON = np.iinfo(np.int32).max


@njit(parallel=True, cache=True)
def add(
    index, value, count, other_index, other_value, other_count, out_index, out_value, out_count
):  # fmt: skip
    """Events of two layers of one shape, those of a neuron added; in each bucket they rise."""
    steps, rows = count.shape
    bucket = index.shape[1] // rows
    for step in prange(steps):
        for row in range(rows):
            base = row * bucket
            k, o, found = 0, 0, 0
            while k < count[step, row] or o < other_count[step, row]:
                left = index[step, base + k] if k < count[step, row] else NO_NEURON
                right = other_index[step, base + o] if o < other_count[step, row] else NO_NEURON
                total = np.int32(0)
                if left <= right:
                    total += value[step, base + k]
                    k += 1
                if right <= left:
                    total += other_value[step, base + o]
                    o += 1
                if total != 0:
                    out_index[step, base + found] = min(left, right)
                    out_value[step, base + found] = total
                    found += 1
            out_count[step, row] = found


@njit(parallel=True, cache=True)
def append_channels(
    index, value, count, out_index, out_value, out_count, first, channels, out_channels
):  # fmt: skip
    """Append events of a map of ``channels`` to those of a map where they are the ones from ``first`` on."""
    steps, rows = count.shape
    bucket, out_bucket = index.shape[1] // rows, out_index.shape[1] // rows
    for step in prange(steps):
        for row in range(rows):
            found = out_count[step, row]
            for k in range(count[step, row]):
                neuron = index[step, row * bucket + k]
                place = neuron // channels
                channel = neuron - place * channels
                at = row * out_bucket + found
                out_index[step, at] = place * out_channels + first + channel
                out_value[step, at] = value[step, row * bucket + k]
                found += 1
            out_count[step, row] = found
