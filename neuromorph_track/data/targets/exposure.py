"""Light, lens and sensor: what becomes of a painted picture before it is seen."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from neuromorph_track.data.targets.noise import waves
from neuromorph_track.data.targets.paths import Camera, drift
from neuromorph_track.data.targets.spec import TargetSpec

# How far, in pixels, the sheet of sensor noise reaches beyond the picture.
_GRAIN_SLACK = 64
_SHADE_CELLS = 96
# Pixels of the picture per pixel of the sheet of shadows.
_SHADE_SCALE = 4.0


class Exposure:
    """Brightness over time and place, shadows, defocus, noise and coding of one sequence."""

    def __init__(self, spec: TargetSpec, rng: np.random.Generator) -> None:
        self._spec = spec
        # A factor of 2 either way at ``light`` 1.
        self.brightness = np.exp2(spec.light * drift(spec.frames, 25, rng)[:, 0])
        self._tint = 1 + rng.uniform(-0.06, 0.06, 3)
        turn = rng.uniform(0, 2 * np.pi) + 0.6 * np.cumsum(0.1 * drift(spec.frames, 30, rng)[:, 0])
        strength = spec.light * rng.uniform(0.2, 0.8)
        self._slope = strength * np.stack([np.cos(turn), np.sin(turn)], axis=1)
        dark = waves(_SHADE_CELLS, 4, rng, 3) - np.float32(rng.uniform(0.1, 0.4))
        self._shade = np.clip(dark * np.float32(8), 0, 1) * np.float32(spec.shadow)
        self._drift = np.cumsum(drift(spec.frames, 30, rng, 2), axis=0)
        self._defocus = spec.defocus * np.abs(drift(spec.frames, 15, rng)[:, 0])
        sheet = (spec.height + _GRAIN_SLACK, spec.width + _GRAIN_SLACK, 3)
        self._grain = rng.standard_normal(sheet, np.float32) * np.float32(spec.noise)

    def gain(self, camera: Camera, index: int) -> NDArray[np.float32]:
        """Factor on each pixel, (height, width)."""
        width, height = self._spec.width, self._spec.height
        right, down = self._slope[index]
        x = np.exp2(np.linspace(-right, right, width, dtype=np.float32))
        y = np.exp2(np.linspace(-down, down, height, dtype=np.float32))
        gain = np.float32(self.brightness[index]) * x[None, :] * y[:, None]
        if self._spec.shadow:
            at = (camera.offset[index] + self._drift[index]) / _SHADE_SCALE + _SHADE_CELLS / 2
            matrix = np.array([[1 / _SHADE_SCALE, 0, at[0]], [0, 1 / _SHADE_SCALE, at[1]]])
            flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
            shade = cv2.warpAffine(
                self._shade, matrix, (width, height), flags=flags, borderMode=cv2.BORDER_REFLECT
            )
            gain *= np.float32(1) - shade
        return np.asarray(gain, np.float32)

    def take(
        self, picture: NDArray[np.uint8], camera: Camera, index: int, noise: np.random.Generator
    ) -> NDArray[np.uint8]:
        """The frame that the camera gives."""
        spec = self._spec
        gain = self.gain(camera, index)
        lit = cv2.multiply(picture, cv2.merge([gain * np.float32(t) for t in self._tint]), dtype=cv2.CV_8U)
        if self._defocus[index] > 0.25:
            lit = cv2.GaussianBlur(lit, (0, 0), self._defocus[index])
        if spec.noise:
            top, left = noise.integers(_GRAIN_SLACK + 1, size=2)
            lit = cv2.add(
                lit, self._grain[top : top + spec.height, left : left + spec.width], dtype=cv2.CV_8U
            )
        if spec.jpeg:
            _, coded = cv2.imencode(".jpg", lit, [cv2.IMWRITE_JPEG_QUALITY, spec.jpeg])
            lit = cv2.imdecode(coded, cv2.IMREAD_COLOR)
        return np.asarray(lit, np.uint8)
