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

from neuromorph_track.association.loops import motion
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
            if not (0 < value <= 1 or (value == 0 and field.name == "surest")):
                raise InputError("motion noise", field.name, f"{value}", "a number above 0, at most 1")


def initiate(xyxy: NDArray[np.floating], noise: MotionNoise) -> Moments:
    """Moments of boxes seen once, (N, 4) left, top, right, bottom: at rest, with a wide velocity."""
    position = to_centre(xyxy)
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
    size = _scale(moments[0])
    advance(moments, (noise.position * size) ** 2, (noise.velocity * size) ** 2, frames)


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
    doubt = np.maximum(1 - score.astype(np.float64), noise.surest)[:, None]
    absorb(moments, tracks, to_centre(xyxy), doubt * (noise.position * _scale(moments[0, tracks])) ** 2)


def advance(moments: Moments, qp: NDArray[np.float64], qv: NDArray[np.float64], frames: int = 1) -> None:
    """Move any four quantities on by ``frames`` frames, in place.

    ``qp`` and ``qv``, (N, 4) or what broadcasts to it, are the variances that one frame adds to the positions
    and the velocities.
    """
    motion.advance(moments, _rows(qp), _rows(qv), frames)


def absorb(
    moments: Moments, tracks: NDArray[np.int64], measured: NDArray[np.float64], r: NDArray[np.float64]
) -> None:
    """Take in the ``measured`` (K, 4) quantities of each of ``tracks`` (K,), of variances ``r``, in place."""
    motion.absorb(moments, tracks, measured, _rows(r))


def boxes(moments: Moments) -> NDArray[np.float32]:
    """Left, top, right, bottom of the positions, shape (N, 4); never of negative size."""
    return motion.to_corners(np.ascontiguousarray(moments[0]))


def to_centre(xyxy: NDArray[np.floating]) -> NDArray[np.float64]:
    """Centre x, centre y, width and height, (N, 4), of left, top, right, bottom."""
    return motion.to_centres(np.ascontiguousarray(xyxy, np.float64))


def _rows(variances: NDArray[np.float64]) -> NDArray[np.float64]:
    """(N, 4), or (1, 4) where all boxes have the same."""
    return np.ascontiguousarray(variances).reshape(-1, 4)


def _scale(position: NDArray[np.float64]) -> NDArray[np.float64]:
    """Width and height, twice: what the noise of each of the four quantities is a fraction of."""
    size = np.maximum(position[:, 2:], SMALLEST_SIZE)
    return np.concatenate([size, size], axis=1)
