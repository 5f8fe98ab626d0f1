"""The time of day, the sun's shadows, and how the sensor sees it all."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from neuromorph_track.data.scenes.canvas import Colour, Layer
from neuromorph_track.data.scenes.spec import SceneSpec

# How far, in pixels, the sheet of sensor noise reaches beyond the picture.
_GRAIN_SLACK = 128


@dataclass(frozen=True)
class Mood:
    """Colours of a time of day: sky above and at the horizon, the tint of all things, depth of shadows."""

    zenith: Colour
    haze: Colour
    tint: tuple[float, float, float]
    shadow: float


MOODS = (
    Mood((104, 164, 222), (206, 226, 236), (1.0, 1.0, 1.0), 0.36),
    Mood((120, 140, 190), (250, 208, 160), (1.04, 0.97, 0.88), 0.32),
    Mood((168, 178, 188), (212, 216, 218), (0.96, 0.98, 1.0), 0.20),
    Mood((84, 90, 148), (236, 172, 160), (0.95, 0.90, 0.98), 0.26),
)


class Light:
    """Brightness over time, shadows and noise of one scene."""

    def __init__(self, spec: SceneSpec, mood: Mood, rng: np.random.Generator) -> None:
        self._spec = spec
        self._mood = mood
        self._slant = rng.uniform(0.35, 0.9) * rng.choice([-1.0, 1.0])
        self._flat = rng.uniform(0.16, 0.28)
        self._period = rng.uniform(8, 16)
        self._phase = rng.uniform(0, 2 * np.pi)
        # Normal deviates are dear; each frame sees a different cut of one sheet of them.
        sheet = (spec.height + _GRAIN_SLACK, spec.width + _GRAIN_SLACK, 3)
        self._grain = rng.standard_normal(sheet, np.float32) * np.float32(spec.noise)

    def shadow(self, layer: Layer, v: float) -> Layer:
        """The silhouette of ``layer`` laid on the ground from its foot in row ``v``, soft at the edge."""
        alpha = layer.rgba[..., 3]
        height, width = alpha.shape
        foot_y = v - layer.top
        reach = int(np.ceil(abs(self._slant) * foot_y)) + 3
        rows = int(np.ceil(self._flat * height)) + 6
        # Row y of the silhouette, (foot_y - y) above the ground, falls flat and sideways.
        top = foot_y - self._flat * foot_y - 3
        side = reach if self._slant < 0 else 3
        matrix = np.array(
            [[1, -self._slant, self._slant * foot_y + side], [0, self._flat, (1 - self._flat) * foot_y - top]]
        )
        cast = cv2.warpAffine(alpha, matrix, (width + reach + 3, rows), flags=cv2.INTER_LINEAR)
        cast = cv2.blur(cast, (3, 3))
        rgba = np.zeros((*cast.shape, 4), np.uint8)
        rgba[..., 3] = cast * np.float32(self._mood.shadow)
        return Layer(layer.left - side, round(layer.top + top), rgba)

    def expose(self, picture: NDArray[np.uint8], frame: int, rng: np.random.Generator) -> NDArray[np.uint8]:
        """Brightness of that moment, tint and noise."""
        spec = self._spec
        wave = np.sin(2 * np.pi * frame / spec.fps / self._period + self._phase)
        gain = (1 + spec.light * wave) * np.array(self._mood.tint)
        table = np.clip(np.arange(256)[:, None] * gain, 0, 255)
        picture = np.asarray(cv2.LUT(picture, np.rint(table).astype(np.uint8)[None]), np.uint8)
        if spec.noise:
            top, left = rng.integers(_GRAIN_SLACK + 1, size=2)
            grain = self._grain[top : top + spec.height, left : left + spec.width]
            picture = np.asarray(cv2.add(picture, grain, dtype=cv2.CV_8U), np.uint8)
        return picture
