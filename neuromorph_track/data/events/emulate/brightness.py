"""What a pixel of an event camera makes of light, before it looks for changes."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]

WHITE = 255.0
"""Intensity of white in a usual picture; there may be more."""

# v2e is linear below this, so that the noise of dark pixels is not blown up.
_LINEAR = 20.0
# v2e's low-pass and noise see (intensity + 20) / 275.
_SHARE_OF_WHITE = 275.0
# At white there is this share of the noise of darkness.
_NOISE_AT_WHITE = 0.25
_DIGITS = 8


def log_brightness(intensity: ArrayLike) -> Floats:
    """Natural logarithm of intensities (0 and more; 255 is white), a straight line below 20.

    v2e's curve (Hu et al., CVPRW 2021, section 4.1), rounded to 8 digits as there.
    """
    value = np.asarray(intensity, np.float64)
    bent = np.where(
        value <= _LINEAR, value * (math.log(_LINEAR) / _LINEAR), np.log(np.maximum(value, _LINEAR))
    )
    return np.asarray(np.round(bent, _DIGITS), np.float64)


def share_of_white(intensity: Floats) -> Floats:
    """How bright a pixel is for its noise and its speed, about 0 to 1, and never 0."""
    return np.asarray((intensity + _LINEAR) / _SHARE_OF_WHITE, np.float64)


def noise_share(intensity: Floats) -> Floats:
    """Shot noise of a pixel, in that of a dark one; never below that at white, however bright it is."""
    share = 1 - (1 - _NOISE_AT_WHITE) * share_of_white(intensity)
    return np.asarray(np.maximum(share, _NOISE_AT_WHITE), np.float64)
