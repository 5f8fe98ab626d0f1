"""The motion of SORT's boxes: centre, area and aspect ratio, in the closed form of the Kalman filter.

The state is that of SORT (Bewley et al., ICIP 2016), which OC-SORT (Cao et al., CVPR 2023) took over: seven
numbers, for the ratio (width over height) has no velocity. The noise is constant, in pixels. No quantity
couples with another, so the filter is four small ones, see :mod:`neuromorph_track.association.kalman`; the
velocity of the ratio is there, and is always exactly 0.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from neuromorph_track.association.kalman import Moments, absorb, advance

# Variances of centre x, centre y, area, ratio, in pixels and frames.
FIRST = np.array([10.0, 10, 10, 10])
FIRST_VELOCITY = np.array([1e4, 1e4, 1e4, 0])
STEP = np.array([1.0, 1, 1, 1])
STEP_VELOCITY = np.array([1e-2, 1e-2, 1e-4, 0])
MEASURED = np.array([1.0, 1, 10, 10])


def initiate(xyxy: NDArray[np.floating]) -> Moments:
    """Moments of boxes seen once, (N, 4) left, top, right, bottom: at rest, the speed hardly known."""
    position = measure(xyxy)
    moments = np.zeros((5, *position.shape))
    moments[0], moments[2], moments[4] = position, FIRST, FIRST_VELOCITY
    return moments


def predict(moments: Moments, frames: int = 1) -> None:
    """Move the boxes on by ``frames`` frames, in place; one that would shrink away keeps its area."""
    vanishing = moments[0, :, 2] + frames * moments[1, :, 2] <= 0
    moments[1, vanishing, 2] = 0
    advance(moments, STEP, STEP_VELOCITY, frames)


def correct(moments: Moments, tracks: NDArray[np.int64], xyxy: NDArray[np.floating]) -> None:
    """Take in one measured box for each of ``tracks`` (K,), in place."""
    absorb(moments, tracks, measure(xyxy), MEASURED)


def boxes(moments: Moments) -> NDArray[np.float32]:
    """Left, top, right, bottom of the positions, shape (N, 4); never of negative size."""
    centre, area = moments[0, :, :2], np.maximum(moments[0, :, 2], 0)
    width = np.sqrt(area * np.maximum(moments[0, :, 3], 0))
    height = np.divide(area, width, out=np.zeros_like(width), where=width > 0)
    half = np.stack([width, height], axis=1) / 2
    return np.concatenate([centre - half, centre + half], axis=1, dtype=np.float32)


def measure(xyxy: NDArray[np.floating]) -> NDArray[np.float64]:
    """Centre x, centre y, area, width over height of boxes; the ratio is 0 where there is no height."""
    low, high = xyxy[:, :2].astype(np.float64), xyxy[:, 2:].astype(np.float64)
    width, height = np.maximum(high - low, 0).T
    ratio = np.divide(width, height, out=np.zeros_like(width), where=height > 0)
    return np.stack([*((low + high) / 2).T, width * height, ratio], axis=1)
