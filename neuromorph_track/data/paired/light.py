"""Light on the scene, and the two cameras that see it."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from neuromorph_track.data.paired.conditions import Conditions
from neuromorph_track.data.targets.noise import waves

Floats = NDArray[np.float32]

# No surface is blacker than this grey level: of a picture that was painted, the darkest colours differ by
# steps that a logarithm would blow up.
_BLACKEST = 12.0
_LENS = 0.6
# How sharp the border of a shadow is.
_EDGE = 3.0
_CELLS = 2


def draw_light(conditions: Conditions, shape: tuple[int, int], rng: np.random.Generator) -> Floats:
    """Light on each pixel, (height, width); 1 is daylight."""
    field = waves(max(shape), _CELLS, rng, 3)[: shape[0], : shape[1]]
    stops = np.float32(conditions.stops) * np.tanh(np.float32(_EDGE) * (field - np.median(field)))
    return np.asarray(np.float32(conditions.light) * np.exp2(stops), np.float32)


def lit(picture: NDArray[np.uint8], light: Floats) -> Floats:
    """Linear brightness of a painted picture (height, width, 3) behind the lens; 255 is white in daylight."""
    seen = cv2.GaussianBlur(picture.astype(np.float32), (0, 0), _LENS)
    seen = np.float32(_BLACKEST) + seen * np.float32(1 - _BLACKEST / 255)
    return np.asarray(seen * light[..., None], np.float32)


def developed(exposed: Floats, conditions: Conditions, rng: np.random.Generator) -> NDArray[np.uint8]:
    """The RGB frame (height, width, 3) of the mean brightness of its exposure: noise, and 8 bits that end."""
    level = exposed * np.float32(conditions.exposure)
    variance = np.float32(conditions.read_noise**2) + np.float32(conditions.shot_noise) * level
    noisy = level + np.sqrt(variance) * rng.standard_normal(level.shape, np.float32)
    return np.asarray(np.clip(np.rint(noisy), 0, 255), np.uint8)
