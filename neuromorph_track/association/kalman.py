"""Constant-velocity Kalman filter of many boxes at once.

The state of a box is its centre, width and height and their velocities. The four
quantities have independent noise and each couples only to its own velocity, so
the usual filter with an 8x8 covariance falls apart into four filters of two
states each, and stays so for ever. Their closed form, for all boxes together,
is what stands here; it gives the same numbers as the matrices.

All functions work on an array of *moments*, shape (5, N, 4), float64: along the first
axis position, velocity, variance of the position, covariance of both, variance of
the velocity; along the last centre x, centre y, width, height, in pixels and frames.
"""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from neuromorph_track.errors import InputError

Moments = NDArray[np.float64]

# Boxes thinner than this (pixels) get the noise of one that wide, so that no variance can vanish.
SMALLEST_SIZE = 1.0


@dataclass(frozen=True)
class MotionNoise:
    """How far boxes and detections stray.

    Attributes
    ----------
    position, velocity : float
        Standard deviations that one frame of motion adds, as fractions of the width (for x) and
        the height (for y) of the box; ``position`` is also that of a measurement. The values are those
        of DeepSORT (Wojke et al., 2017), which its successors kept.
    surest : float
        Part of the variance of a measurement that remains however high its score. Detectors
        that score everything near 1 would otherwise be followed into every jitter.
    """

    position: float = 1 / 20
    velocity: float = 1 / 160
    surest: float = 0.4

    def __post_init__(self) -> None:
        for field in fields(self):
            value = getattr(self, field.name)
            if not 0 < value <= 1:
                raise InputError("motion noise", field.name, f"{value}", "a number above 0, at most 1")


def initiate(xyxy: NDArray[np.floating], noise: MotionNoise) -> Moments:
    """Moments of boxes seen once, (N, 4) left, top, right, bottom: at rest, with a wide velocity."""
    position = _to_centre(xyxy)
    size = _scale(position)
    moments = np.zeros((5, *position.shape))
    moments[0] = position
    moments[2] = (2 * noise.position * size) ** 2
    moments[4] = (10 * noise.velocity * size) ** 2
    return moments


def predict(moments: Moments, noise: MotionNoise, frames: int = 1) -> None:
    """Move the boxes on by ``frames`` frames, in place.

    The same as that many single steps, with the noise of the size at the start.
    """
    position, velocity, pp, pv, vv = moments
    size = _scale(position)
    qp, qv = (noise.position * size) ** 2, (noise.velocity * size) ** 2
    position += frames * velocity
    # Sums of 1 and of k and k^2 for k < frames: what the velocity noise of each step has grown to.
    first, second = frames * (frames - 1) / 2, (frames - 1) * frames * (2 * frames - 1) / 6
    pp += 2 * frames * pv + frames**2 * vv + frames * qp + second * qv
    pv += frames * vv + first * qv
    vv += frames * qv


def correct(
    moments: Moments,
    tracks: NDArray[np.int64],
    xyxy: NDArray[np.floating],
    score: NDArray[np.floating],
    noise: MotionNoise,
) -> None:
    """Take in one measured box for each of ``tracks`` (K,), in place.

    The variance of a measurement is scaled by one minus its score: a sure detection is
    believed, an unsure one moves the track little (Du et al., GIAOTracker, 2021, eq. 3).
    """
    position, velocity, pp, pv, vv = moments[:, tracks]
    doubt = np.maximum(1 - score.astype(np.float64), noise.surest)[:, None]
    r = doubt * (noise.position * _scale(position)) ** 2
    gain = pp / (pp + r)
    velocity_gain = pv / (pp + r)
    innovation = _to_centre(xyxy) - position
    moments[0, tracks] = position + gain * innovation
    moments[1, tracks] = velocity + velocity_gain * innovation
    moments[2, tracks] = (1 - gain) * pp
    moments[3, tracks] = (1 - gain) * pv
    moments[4, tracks] = vv - velocity_gain * pv


def boxes(moments: Moments) -> NDArray[np.float32]:
    """Left, top, right, bottom of the positions, shape (N, 4); never of negative size."""
    centre, half = moments[0, :, :2], np.maximum(moments[0, :, 2:], 0) / 2
    return np.concatenate([centre - half, centre + half], axis=1, dtype=np.float32)


def _to_centre(xyxy: NDArray[np.floating]) -> NDArray[np.float64]:
    low, high = xyxy[:, :2].astype(np.float64), xyxy[:, 2:].astype(np.float64)
    return np.concatenate([(low + high) / 2, high - low], axis=1)


def _scale(position: NDArray[np.float64]) -> NDArray[np.float64]:
    """Width and height, twice: what the noise of each of the four quantities is a fraction of."""
    size = np.maximum(position[:, 2:], SMALLEST_SIZE)
    return np.concatenate([size, size], axis=1)
