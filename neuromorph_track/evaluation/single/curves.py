"""Share of frames that are right, over how exact they have to be."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Values = NDArray[np.float64]

SUCCESS: Values = np.linspace(0, 1, 21)
"""Overlaps that a box must exceed: 0, 0.05 ... 1 (Wu et al., Online Object Tracking, CVPR 2013)."""

PRECISION: Values = np.arange(51.0)
"""Pixels that a centre may be off: 0 ... 50 (the same)."""

NORM_PRECISION: Values = np.arange(51) / 100
"""The same in widths and heights of the truth: 0, 0.01 ... 0.5 (Mueller et al., TrackingNet, ECCV 2018)."""

# 20 pixels (Wu et al.), and 0.2 (LaSOT's toolkit).
RANKED_AT = 20


def success(overlap: Values, frames: int) -> Values:
    """Share of ``frames`` with an overlap above each threshold, (21,).

    Above, not equal: a perfect tracker has 20/21, and a box beside the object is no success at 0.
    """
    return (overlap[:, None] > SUCCESS).sum(axis=0) / frames


def precision(error: Values, thresholds: Values, frames: int) -> Values:
    """Share of ``frames`` with a centre error up to each threshold, (51,)."""
    return (error[:, None] <= thresholds).sum(axis=0) / frames
