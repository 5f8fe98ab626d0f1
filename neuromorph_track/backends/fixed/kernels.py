"""Compiled loops of the event engine: the work follows the spikes.

A row of a layer's output depends on rows of its input and on its own state, so rows are shared out to
threads and each row runs through all steps of a chunk. For every step the spikes that reach the row add
their weights to it; only neurons that something reached are looked at again, because a sigma-delta neuron
without input does not change.

Arrays of events are described in :mod:`neuromorph_track.backends.fixed.spikes`. ``geometry`` is
``(height, width, channels, stride_y, stride_x, padding_y, padding_x, dilation_y, dilation_x, out_width,
out_channels, groups)``; ``weight`` is ``(C_in, kH, kW, C_out / groups)`` int16. 32-bit sums that overflow
wrap, which the wrap to 24 bits makes right again; ``peaks`` (stripes,) takes the largest sum before it.
To ``tally`` (H * W * C,) the spikes of each neuron are added, to ``changed`` (stripes, T) the neurons that
a step left another state: those whose sum, current, potential or level is another one than before the step
(and before its reset), and CUBA neurons that spiked. ``bias`` is ``(1, 1, W * C)``, one for each channel;
``(1, H, W * C)``, one for each neuron; or, of an input layer that is fed through it, ``(T, H, W * C)``.
"""

# mypy: ignore-errors
from __future__ import annotations

import numba
import numpy as np
from numba import njit, prange

from neuromorph_track.backends.fixed.neurons import DECAY_BITS, LARGEST_STATE, STATE_EXP

STATE_MASK = 2 * LARGEST_STATE - 1


@njit(inline="always")
def wrap24(x):
    return ((x + LARGEST_STATE) & STATE_MASK) - LARGEST_STATE


@njit(inline="always")
def gather(step, row, index, value, count, weight, geometry, sums, reached):
    """Add the weights that the spikes of ``step`` apply to output row ``row``; mark columns they reach."""
    height, width, channels, sy, sx, py, px, dy, dx, out_width, out_channels, groups = geometry
    per_in, per_out = channels // groups, out_channels // groups
    bucket = width * channels
    any_reached = False
    for i in range(weight.shape[1]):
        source = row * sy - py + i * dy
        if source < 0 or source >= height:
            continue
        base = source * bucket
        for k in range(count[step, source]):
            neuron = index[step, base + k] - base
            sent = value[step, base + k]
            column = neuron // channels
            channel = neuron - column * channels
            first = (channel // per_in) * per_out
            for j in range(weight.shape[2]):
                shifted = column + px - j * dx
                if shifted < 0:
                    continue
                target = shifted // sx
                if target * sx != shifted or target >= out_width:
                    continue
                reached[target] = True
                any_reached = True
                at = target * out_channels + first
                part = sums[at : at + per_out]
                kernel = weight[channel, i, j]
                for o in range(per_out):
                    part[o] += np.int32(sent * kernel[o])
    return any_reached


@njit(inline="always")
def _nonzero(sums, mask):
    """How many of ``sums`` are not zero in the bits of ``mask``; a loop of its own, which is vectorised."""
    found = np.int32(0)
    for k in range(len(sums)):
        found += np.int32((sums[k] & mask) != 0)
    return found


@njit(inline="always")
def add_to_tally(sent, tally):
    """Count the neurons of the events ``sent``, once they are all there: the loop that finds them is hot."""
    for k in range(len(sent)):
        tally[sent[k]] += 1


@njit(inline="always")
def _awake(sigma, level):
    """How many neurons hold anything but zero."""
    found = np.int32(0)
    for k in range(len(sigma)):
        found += np.int32((sigma[k] | level[k]) != 0)
    return found


@njit(parallel=True, cache=True)
def sigma_delta(
    index, value, count, weight, geometry, wraps, given, sums_given, state, bias, threshold, all_first,
    out_index, out_value, out_count, tally, changed, peaks, stripes,
):  # fmt: skip
    """Sigma-delta neurons of a layer; ``given``: the sums are there already, ``(T, H, W * C)``."""
    sigma, level = state
    mask = np.int32(STATE_MASK if wraps else -1)
    steps, out_height = out_count.shape
    out_width, out_channels = geometry[9], geometry[10]
    bucket = out_width * out_channels
    for stripe in prange(stripes):
        sums = np.zeros(bucket, np.int32)
        reached = np.zeros(out_width, np.bool_)
        peak = np.int32(0)
        for row in range(stripe, out_height, stripes):
            base = row * bucket
            bias_row = min(row, bias.shape[1] - 1)
            for step in range(steps):
                everything = given or (all_first and step == 0)
                if given:
                    sums[:] = sums_given[step, row]
                    found = True
                else:
                    found = gather(step, row, index, value, count, weight, geometry, sums, reached)
                sent_before = 0
                moved = 0
                if found or everything:
                    for column in range(out_width):
                        if not (everything or reached[column]):
                            continue
                        reached[column] = False
                        first = column * out_channels
                        moved += _nonzero(sums[first : first + out_channels], mask)
                        for o in range(out_channels):
                            k = first + o
                            total = sums[k]
                            sums[k] = 0
                            if wraps:
                                peak = max(peak, abs(total))
                                total = wrap24(total)
                            sigma[base + k] += total
                            active = max(np.int32(sigma[base + k] + bias[0, bias_row, k]), np.int32(0))
                            change = np.int32(active - level[base + k])
                            if abs(change) >= threshold:
                                level[base + k] = active
                                sent = change >> STATE_EXP
                                if sent != 0:
                                    out_index[step, base + sent_before] = base + k
                                    out_value[step, base + sent_before] = sent
                                    sent_before += 1
                    if all_first and step == 0:
                        # The bias moves a level without input, once: afterwards a level follows its sum.
                        moved = _awake(sigma[base : base + bucket], level[base : base + bucket])
                add_to_tally(out_index[step, base : base + sent_before], tally)
                out_count[step, row] = sent_before
                changed[stripe, step] += moved
        peaks[stripe] = max(peaks[stripe], peak)


@njit(parallel=True, cache=True)
def sigma(
    index, value, count, weight, geometry, wraps, given, sums_given, sigma_state,
    output, changed, peaks, stripes,
):  # fmt: skip
    """A sigma head: ``output`` (T, H, W * C) is what it holds after each step."""
    steps, out_height, bucket = output.shape
    for stripe in prange(stripes):
        sums = np.zeros(bucket, np.int32)
        reached = np.zeros(geometry[9], np.bool_)
        peak = np.int32(0)
        for row in range(stripe, out_height, stripes):
            base = row * bucket
            for step in range(steps):
                if given:
                    sums[:] = sums_given[step, row]
                else:
                    gather(step, row, index, value, count, weight, geometry, sums, reached)
                moved = 0
                for k in range(bucket):
                    total = sums[k]
                    sums[k] = 0
                    if wraps:
                        peak = max(peak, abs(total))
                        total = wrap24(total)
                    moved += total != 0
                    sigma_state[base + k] += total
                    output[step, row, k] = sigma_state[base + k]
                changed[stripe, step] += moved
        peaks[stripe] = max(peaks[stripe], peak)


@njit(inline="always")
def decay(state, keep):
    product = np.int64(state) * keep
    kept = abs(product) >> DECAY_BITS
    return np.int32(kept) if product >= 0 else np.int32(-kept)


@njit(parallel=True, cache=True)
def cuba(
    index, value, count, weight, geometry, wraps, given, sums_given, state, bias, keep, threshold, resets,
    out_index, out_value, out_count, tally, changed, peaks, stripes, membrane,
):  # fmt: skip
    """CUBA neurons of a layer; ``resets`` (T,) says before which steps the state is zeroed.

    ``membrane`` (T, H, W * C) takes the potential after each step; with T = 0 it is not wanted.
    """
    current, voltage = state
    keep_u, keep_v = keep
    steps, out_height = out_count.shape
    bucket = geometry[9] * geometry[10]
    shown = membrane.shape[0] > 0
    for stripe in prange(stripes):
        sums = np.zeros(bucket, np.int32)
        reached = np.zeros(geometry[9], np.bool_)
        peak = np.int32(0)
        for row in range(stripe, out_height, stripes):
            base = row * bucket
            bias_row = min(row, bias.shape[1] - 1)
            for step in range(steps):
                bias_step = min(step, bias.shape[0] - 1)
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
                    u_before, v_before = current[n], voltage[n]
                    if resets[step]:
                        current[n] = 0
                        voltage[n] = 0
                    u = np.int32(decay(current[n], keep_u) + (total << 6))
                    wrapped = u
                    if u > LARGEST_STATE:
                        wrapped = u - 2 * LARGEST_STATE
                    if wrapped <= -LARGEST_STATE:
                        wrapped = u + 2 * LARGEST_STATE
                    current[n] = wrapped
                    v = np.int32(decay(voltage[n], keep_v) + wrapped + bias[bias_step, bias_row, k])
                    v = min(max(v, 1 - LARGEST_STATE), LARGEST_STATE - 1)
                    fires = v > threshold
                    moved += fires or v != v_before or wrapped != u_before
                    if fires:
                        voltage[n] = 0
                        out_index[step, base + sent_before] = n
                        out_value[step, base + sent_before] = 1
                        sent_before += 1
                    else:
                        voltage[n] = v
                    if shown:
                        membrane[step, row, k] = voltage[n]
                add_to_tally(out_index[step, base : base + sent_before], tally)
                out_count[step, row] = sent_before
                changed[stripe, step] += moved
        peaks[stripe] = max(peaks[stripe], peak)


@njit(parallel=True, cache=True)
def delta(values, shift, level, threshold, out_index, out_value, out_count, tally, changed, stripes):
    """Delta neurons fed with ``values`` (T, H, W * C)."""
    steps, rows, bucket = values.shape
    for stripe in prange(stripes):
        for row in range(stripe, rows, stripes):
            base = row * bucket
            for step in range(steps):
                sent_before = 0
                for k in range(bucket):
                    active = np.int32(values[step, row, k] << shift)
                    change = np.int32(active - level[base + k])
                    if abs(change) >= threshold:
                        level[base + k] = active
                        sent = change >> STATE_EXP
                        if sent != 0:
                            out_index[step, base + sent_before] = base + k
                            out_value[step, base + sent_before] = sent
                            sent_before += 1
                add_to_tally(out_index[step, base : base + sent_before], tally)
                out_count[step, row] = sent_before
                # Levels are shifted values: none moves by less than what is sent.
                changed[stripe, step] += sent_before


def threads() -> int:
    """Threads that the kernels use; ``NUMBA_NUM_THREADS`` sets them."""
    return int(numba.get_num_threads())
