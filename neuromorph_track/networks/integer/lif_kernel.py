"""The integer LIF neuron over all timesteps in one pass over memory, for training on a CPU.

The same operations in the same order as :mod:`neuromorph_track.networks.integer.neuron` has them in PyTorch,
each rounded to float32: the results are the same to the last bit.
"""

# mypy: ignore-errors
from __future__ import annotations

import numpy as np
from numba import njit

# Neurons whose potentials stay in the nearest cache over all timesteps.
BLOCK = 2048


@njit(cache=True)
def spikes_of(currents, levels, decay, grid, spikes, inside):
    """Spikes (T, M) of currents (T, M) from silence, and where the gradient passes."""
    half, none = np.float32(0.5), np.float32(0)
    steps, number = currents.shape
    rest = np.empty(BLOCK, np.float32)
    for start in range(0, number, BLOCK):
        size = min(BLOCK, number - start)
        rest[:] = none
        for step in range(steps):
            own = currents[step, start : start + size]
            sent, passes = spikes[step, start : start + size], inside[step, start : start + size]
            for k in range(size):
                potential = np.trunc(rest[k] * decay * grid) / grid + own[k]
                spike = np.floor(potential + half)
                # Not min and max, which would make a number of what is none.
                spike = none if spike < none else spike
                spike = levels if spike > levels else spike
                sent[k] = spike
                passes[k] = potential >= none and potential <= levels
                rest[k] = potential - spike


@njit(cache=True)
def gradient_of(gradient, inside, decay, taken, found):
    """Gradient (T, M) of the currents, of that of the spikes; ``taken`` of ``decay`` is reset away."""
    steps, number = gradient.shape
    for start in range(0, number, BLOCK):
        size = min(BLOCK, number - start)
        for step in range(steps - 1, -1, -1):
            own, passes = gradient[step, start : start + size], inside[step, start : start + size]
            told = found[step, start : start + size]
            later = found[min(step + 1, steps - 1), start : start + size]
            if step == steps - 1:
                for k in range(size):
                    told[k] = own[k] * passes[k]
            else:
                for k in range(size):
                    told[k] = own[k] * passes[k] + later[k] * (decay - taken * passes[k])
