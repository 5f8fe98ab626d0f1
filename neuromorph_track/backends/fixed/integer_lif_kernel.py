"""The event engine's compiled loop over integer leaky integrate-and-fire neurons.

Arguments are those of :mod:`neuromorph_track.backends.fixed.kernels`, dynamics those of
:class:`neuromorph_track.backends.fixed.integer_lif.IntegerLif`.
"""

# mypy: ignore-errors
from __future__ import annotations

import numpy as np
from numba import njit, prange

from neuromorph_track.backends.fixed.kernels import add_to_tally, decay, gather, wrap24
from neuromorph_track.backends.fixed.neurons import LARGEST_STATE


@njit(parallel=True, cache=True)
def integer_lif(
    index, value, count, weight, geometry, wraps, given, sums_given, voltage, bias, keep, unit, levels,
    resets, out_index, out_value, out_count, tally, changed, peaks, stripes, membrane,
):  # fmt: skip
    """Neurons of a layer; ``bias`` and ``unit``, the threshold, in units of the potential."""
    steps, out_height = out_count.shape
    bucket = geometry[9] * geometry[10]
    shown = membrane.shape[0] > 0
    half = unit // 2
    # Divisions take longer than all the rest of a neuron; trained thresholds are powers of two.
    shift = 0
    while (1 << shift) < unit:
        shift += 1
    by_shift = (1 << shift) == unit
    for stripe in prange(stripes):
        sums = np.zeros(bucket, np.int32)
        reached = np.zeros(geometry[9], np.bool_)
        peak = np.int32(0)
        for row in range(stripe, out_height, stripes):
            base = row * bucket
            bias_row = min(row, bias.shape[1] - 1)
            for step in range(steps):
                if given:
                    sums[:] = sums_given[step, row]
                else:
                    gather(step, row, index, value, count, weight, geometry, sums, reached)
                sent_before = 0
                moved = 0
                for k in range(bucket):
                    total = sums[k]
                    sums[k] = 0
                    if wraps:
                        peak = max(peak, abs(total))
                        total = wrap24(total)
                    n = base + k
                    before = voltage[n]
                    v = np.int64(0) if resets[step] or keep == 0 else np.int64(decay(before, keep))
                    v += (np.int64(total) << 6) + bias[0, bias_row, k]
                    v = min(max(v, 1 - LARGEST_STATE), LARGEST_STATE - 1)
                    sent = np.int64(0)
                    if v + half >= unit:
                        sent = (v + half) >> shift if by_shift else (v + half) // unit
                        sent = min(sent, levels)
                        v -= sent * unit
                        out_index[step, base + sent_before] = n
                        out_value[step, base + sent_before] = sent
                        sent_before += 1
                    moved += sent != 0 or v != before
                    voltage[n] = v
                    if shown:
                        membrane[step, row, k] = v
                add_to_tally(out_index[step, base : base + sent_before], tally)
                out_count[step, row] = sent_before
                changed[stripe, step] += moved
        peaks[stripe] = max(peaks[stripe], peak)
