"""The Kalman filter of many boxes: compiled, see :mod:`neuromorph_track.association.loops`."""

# mypy: ignore-errors
from __future__ import annotations

import numpy as np
from numba import njit


@njit(cache=True)
def advance(moments, qp, qv, frames):
    """:func:`neuromorph_track.association.kalman.advance`; ``qp`` and ``qv`` are (N, 4) or (1, 4)."""
    # Sums of 1 and of k and k^2 for k < frames: what the velocity noise of each step has grown to.
    first = frames * (frames - 1) / 2
    second = (frames - 1) * frames * (2 * frames - 1) / 6
    for n in range(moments.shape[1]):
        at = n if len(qp) > 1 else 0
        for i in range(4):
            pv, vv = moments[3, n, i], moments[4, n, i]
            moments[0, n, i] += frames * moments[1, n, i]
            moments[2, n, i] += 2 * frames * pv + frames**2 * vv + frames * qp[at, i] + second * qv[at, i]
            moments[3, n, i] += frames * vv + first * qv[at, i]
            moments[4, n, i] += frames * qv[at, i]


@njit(cache=True)
def absorb(moments, tracks, measured, r):
    """:func:`neuromorph_track.association.kalman.absorb`; ``r`` is (K, 4) or (1, 4)."""
    for k in range(len(tracks)):
        n, at = tracks[k], k if len(r) > 1 else 0
        for i in range(4):
            pp, pv = moments[2, n, i], moments[3, n, i]
            gain, velocity_gain = pp / (pp + r[at, i]), pv / (pp + r[at, i])
            innovation = measured[k, i] - moments[0, n, i]
            moments[0, n, i] += gain * innovation
            moments[1, n, i] += velocity_gain * innovation
            moments[2, n, i] = (1 - gain) * pp
            moments[3, n, i] = (1 - gain) * pv
            moments[4, n, i] -= velocity_gain * pv


@njit(cache=True)
def to_corners(centres):
    """Left, top, right, bottom, (N, 4) float32, of centre x, centre y, width and height, (N, 4)."""
    corners = np.empty((len(centres), 4), np.float32)
    for n in range(len(centres)):
        for i in range(2):
            half = max(centres[n, 2 + i], 0.0) / 2
            corners[n, i], corners[n, 2 + i] = centres[n, i] - half, centres[n, i] + half
    return corners


@njit(cache=True)
def to_centres(corners):
    """The reverse of :func:`to_corners`, (N, 4) float64; sizes are below 0 where a box is inside out."""
    centres = np.empty((len(corners), 4))
    for n in range(len(corners)):
        for i in range(2):
            low, high = corners[n, i], corners[n, 2 + i]
            centres[n, i], centres[n, 2 + i] = (low + high) / 2, high - low
    return centres
