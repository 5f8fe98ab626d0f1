"""A car seen from the side."""

from __future__ import annotations

import numpy as np

from neuromorph_track.data.scenes.canvas import Canvas, Colour, shade
from neuromorph_track.data.scenes.sprites import Pose, texture

_PAINT: tuple[Colour, ...] = (
    (206, 52, 48), (44, 110, 190), (240, 186, 46), (236, 236, 232), (62, 150, 122),
    (232, 124, 52), (52, 60, 74), (150, 196, 214), (128, 62, 110), (168, 176, 180),
)  # fmt: skip
_GLASS: Colour = (150, 190, 208)
_TYRE: Colour = (30, 30, 34)


class Car:
    """A rigid body on two turning wheels; hatchback, saloon or van."""

    def __init__(self, rng: np.random.Generator) -> None:
        self.texture = texture(rng, 0.05)
        self._paint = _PAINT[rng.integers(len(_PAINT))]
        self._roof = shade(self._paint, 0.8) if rng.random() < 0.3 else self._paint
        self._half = rng.uniform(0.84, 0.98)
        self._wheel = rng.uniform(0.18, 0.21)
        kind = rng.integers(3)
        # Back end, rear roof, front roof, front end of the cabin, as shares of the half length.
        self._cabin = ((-0.97, -0.80, 0.10, 0.50), (-0.72, -0.42, 0.12, 0.50), (-0.98, -0.93, 0.48, 0.78))[
            kind
        ]
        self._waist = (0.56, 0.54, 0.52)[kind]
        self._band = bool(rng.random() < 0.3)
        self._turn = rng.uniform(0, 2 * np.pi)
        self.reach = (self._half + 0.02, self._half + 0.02, 0.02, 1.03)

    def draw(self, canvas: Canvas, pose: Pose) -> None:
        half, waist = self._half, self._waist
        self._draw_cabin(canvas)
        sill, nose = 0.15, waist - 0.10
        body = [
            (-half, sill + 0.05), (-half + 0.05, sill), (half - 0.05, sill), (half, sill + 0.06),
            (half, nose - 0.04), (half - 0.08, nose), (self._cabin[3] * half, waist), (-half + 0.02, waist),
            (-half, waist - 0.05),
        ]  # fmt: skip
        canvas.polygon(body, self._paint)
        canvas.box(-half + 0.02, sill, half - 0.03, sill + 0.09, shade(self._paint, 0.62))
        if self._band:
            canvas.box(-half, waist - 0.15, half, waist - 0.10, shade(self._paint, 1.45))
        canvas.box(-0.02, sill + 0.09, 0.0, waist, shade(self._paint, 0.7))
        canvas.box(-0.20, waist - 0.08, -0.09, waist - 0.055, shade(self._paint, 0.55))
        canvas.ellipse(half - 0.04, nose - 0.08, 0.045, 0.055, (255, 244, 196))
        canvas.box(-half, waist - 0.17, -half + 0.05, waist - 0.06, (200, 30, 30))
        for x in (-0.60 * half, 0.60 * half):
            self._draw_wheel(canvas, x, pose.travelled)

    def _draw_cabin(self, canvas: Canvas) -> None:
        back, rear, front, end = (share * self._half for share in self._cabin)
        waist = self._waist
        canvas.polygon([(back, waist), (rear, 1.0), (front, 1.0), (end, waist)], self._roof)
        low, high = waist + 0.03, 0.92
        lean_back, lean_front = (rear - back) * 0.85, (end - front) * 0.85
        post = 0.05
        left = [(back + 0.08, low), (back + 0.08 + lean_back, high), (-post, high), (-post, low)]
        right = [(0.0, low), (0.0, high), (end - 0.08 - lean_front, high), (end - 0.07, low)]
        for window in (left, right):
            canvas.polygon(window, _GLASS)
        shine = [(0.05, low), (0.16, high), (0.24, high), (0.13, low)]
        if end - 0.08 - lean_front > 0.26:
            canvas.polygon(shine, shade(_GLASS, 1.2))

    def _draw_wheel(self, canvas: Canvas, x: float, travelled: float) -> None:
        r = self._wheel
        canvas.ellipse(x, r + 0.005, r * 1.18, r * 1.15, shade(self._paint, 0.45))
        canvas.ellipse(x, r, r, r, _TYRE)
        canvas.ellipse(x, r, r * 0.6, r * 0.6, (188, 190, 196))
        # Rolling forwards (to +x) turns clockwise.
        angle = self._turn - travelled / r
        for spoke in range(2):
            dx, dy = (
                r * 0.55 * np.cos(angle + spoke * np.pi / 2),
                r * 0.55 * np.sin(angle + spoke * np.pi / 2),
            )
            canvas.limb((x - dx, r - dy), (x + dx, r + dy), 0.035, (96, 98, 106))
