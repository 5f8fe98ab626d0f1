"""The motion of ByteTrack's boxes: centre, aspect ratio and height, in the closed form of the Kalman filter.

The state is that of DeepSORT (Wojke et al., 2017), which ByteTrack (Zhang et al., ECCV 2022) took over with
its noise: that of the centre and the height grows with the height, that of the ratio (width over height) is
constant. The four quantities never couple, so the filter with 8x8 matrices is four small ones here too, see
:mod:`neuromorph_track.association.kalman`; the moments are arrays of the same shape, (5, N, 4).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from neuromorph_track.association.kalman import SMALLEST_SIZE, Moments, absorb, advance

# Standard deviations: of centre and height as a fraction of the height, of the ratio as it is.
POSITION, VELOCITY = 1 / 20, 1 / 160
RATIO_STEP, RATIO_VELOCITY, RATIO_MEASURED = 1e-2, 1e-5, 1e-1


def initiate(xyxy: NDArray[np.floating]) -> Moments:
    """Moments of boxes seen once, (N, 4) left, top, right, bottom: at rest, with a wide velocity."""
    position = measure(xyxy)
    moments = np.zeros((5, *position.shape))
    moments[0] = position
    moments[2] = _variance(position, 2 * POSITION, RATIO_STEP)
    moments[4] = _variance(position, 10 * VELOCITY, RATIO_VELOCITY)
    return moments


def predict(moments: Moments, frames: int = 1) -> None:
    """Move the boxes on by ``frames`` frames, in place, with the noise of the height at the start."""
    qp = _variance(moments[0], POSITION, RATIO_STEP)
    advance(moments, qp, _variance(moments[0], VELOCITY, RATIO_VELOCITY), frames)


def correct(moments: Moments, tracks: NDArray[np.int64], xyxy: NDArray[np.floating]) -> None:
    """Take in one measured box for each of ``tracks`` (K,), in place."""
    absorb(moments, tracks, measure(xyxy), _variance(moments[0, tracks], POSITION, RATIO_MEASURED))


def boxes(moments: Moments) -> NDArray[np.float32]:
    """Left, top, right, bottom of the positions, shape (N, 4); never of negative size."""
    centre, ratio, height = moments[0, :, :2], moments[0, :, 2], moments[0, :, 3]
    half = np.maximum(np.stack([ratio * height, height], axis=1), 0) / 2
    return np.concatenate([centre - half, centre + half], axis=1, dtype=np.float32)


def measure(xyxy: NDArray[np.floating]) -> NDArray[np.float64]:
    """Centre x, centre y, width over height, height of boxes; the ratio is 0 where there is no height."""
    low, high = xyxy[:, :2].astype(np.float64), xyxy[:, 2:].astype(np.float64)
    size = np.maximum(high - low, 0)
    ratio = np.divide(size[:, 0], size[:, 1], out=np.zeros(len(size)), where=size[:, 1] > 0)
    return np.stack([*((low + high) / 2).T, ratio, size[:, 1]], axis=1)


def _variance(position: NDArray[np.float64], of_height: float, of_ratio: float) -> NDArray[np.float64]:
    lengths = (of_height * np.maximum(position[:, 3], SMALLEST_SIZE)) ** 2
    return np.stack([lengths, lengths, np.full(len(lengths), of_ratio**2), lengths], axis=1)
