"""Colours that go together: a table from 0..255 to RGB for each surface."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

Palette = NDArray[np.uint8]
"""(256, 3) RGB."""

# Hues of earth and skin, leaves, sky and water.
_NATURAL_HUES = (32.0, 32.0, 95.0, 210.0)
# Share of all palettes, whether hues are natural, their spread in degrees, and range of saturation.
_SCHEMES = (
    (0.45, True, 16.0, (0.12, 0.55)),
    (0.15, False, 60.0, (0.15, 0.60)),
    (0.25, False, 30.0, (0.45, 0.95)),  # paint, cloth, signs
    (0.15, False, 90.0, (0.00, 0.12)),  # greys
)


def draw_palette(rng: np.random.Generator) -> Palette:
    """Three to five colours, from dark to light or in any order, and what lies between them."""
    shares = np.array([scheme[0] for scheme in _SCHEMES])
    _, natural, spread, saturation = _SCHEMES[rng.choice(len(_SCHEMES), p=shares)]
    count = int(rng.integers(3, 6))
    middle = _NATURAL_HUES[rng.integers(len(_NATURAL_HUES))] if natural else rng.uniform(0, 360)
    hue = (middle + spread * rng.standard_normal(count)) % 360
    value = np.linspace(rng.uniform(0.08, 0.35), rng.uniform(0.6, 0.98), count)
    value = np.clip(value + rng.normal(0, 0.06, count), 0.04, 1)
    if rng.random() < 0.35:
        value = rng.permutation(value)
    anchors = np.stack([hue, rng.uniform(*saturation, count), value], axis=1)
    rgb = cv2.cvtColor(anchors[None].astype(np.float32), cv2.COLOR_HSV2RGB)[0] * 255
    at = np.linspace(0, 255, count)
    table = np.stack([np.interp(np.arange(256), at, rgb[:, channel]) for channel in range(3)], axis=1)
    return np.rint(table).astype(np.uint8)


def paint(field: NDArray[np.float32], palette: Palette) -> NDArray[np.uint8]:
    """Colour a field of 0..1, (H, W) to (H, W, 3)."""
    index = (np.clip(field, 0, 1) * np.float32(255)).astype(np.uint8)
    return np.asarray(cv2.LUT(cv2.merge([index] * 3), palette[None]), np.uint8)
