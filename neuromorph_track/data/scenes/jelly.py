"""A soft creature that hops and wobbles: a shape that is never the same twice."""

from __future__ import annotations

import numpy as np

from neuromorph_track.data.scenes.canvas import Canvas, Colour, mix, shade
from neuromorph_track.data.scenes.ground import Floats
from neuromorph_track.data.scenes.sprites import Pose, texture

_COLOURS: tuple[Colour, ...] = (
    (232, 92, 150), (120, 214, 120), (112, 132, 236), (250, 150, 70), (92, 214, 212),
    (198, 110, 230), (250, 214, 84), (240, 100, 92),
)  # fmt: skip
_ANGLES = np.linspace(0, 2 * np.pi, 56, endpoint=False)
_HOPS_PER_HEIGHT = 1.1


class Jelly:
    """A dome with a wavy hem, eyes and spots."""

    reach = (0.85, 0.85, 0.06, 1.30)

    def __init__(self, rng: np.random.Generator) -> None:
        self.texture = texture(rng, 0.06)
        self._colour = _COLOURS[rng.integers(len(_COLOURS))]
        self._spots = rng.uniform((-0.34, 0.30, 0.03), (0.30, 0.72, 0.075), (rng.integers(2, 6), 3))
        self._spot_colour = (
            mix(self._colour, (255, 255, 255), 0.4) if rng.random() < 0.5 else shade(self._colour, 0.7)
        )
        self._half = rng.uniform(0.46, 0.56)
        self._waves = rng.uniform(0.02, 0.045, 3)
        self._rates = rng.uniform(3.0, 7.0, 3)
        self._phases = rng.uniform(0, 2 * np.pi, 4)

    def draw(self, canvas: Canvas, pose: Pose) -> None:
        hop = self._phases[3] + 2 * np.pi * pose.travelled * _HOPS_PER_HEIGHT + 1.5 * pose.seconds
        height = 0.10 * pose.effort * (1 + np.sin(hop))
        stretch = 1 + 0.13 * np.sin(hop + 0.9)
        outline = self._outline(pose.seconds, stretch, height)
        canvas.polygon(outline, shade(self._colour, 0.62))
        middle = outline.mean(axis=0)
        canvas.polygon(middle + (outline - middle) * 0.90, self._colour)
        place = np.array([1 / stretch, stretch * 0.92])
        for x, y, radius in self._spots:
            px, py = (x, y) * place
            canvas.ellipse(px, py + height, radius, radius * stretch, self._spot_colour)
        self._draw_face(canvas, place, height)

    def _outline(self, seconds: float, stretch: float, height: float) -> Floats:
        wobble = np.ones_like(_ANGLES)
        for k, (wave, rate, phase) in enumerate(zip(self._waves, self._rates, self._phases[:3], strict=True)):
            wobble += wave * np.sin((k + 2) * _ANGLES + rate * seconds + phase)
        x = self._half / stretch * np.cos(_ANGLES) * wobble
        up = np.sin(_ANGLES)
        # A flatter lower half with a hem of waves makes it a dome and not a ball.
        hem = 0.035 * np.sin(9 * _ANGLES + 4 * seconds) * (up < -0.2)
        y = 0.42 + np.where(up > 0, 0.56 * up, 0.36 * np.sign(up) * np.abs(up) ** 0.55) * wobble + hem
        return np.column_stack([x, y * stretch * 0.92 + height])

    def _draw_face(self, canvas: Canvas, place: Floats, height: float) -> None:
        canvas.ellipse(
            -0.20 * place[0], 0.76 * place[1] + height, 0.10, 0.06, mix(self._colour, (255, 255, 255), 0.6)
        )
        for x in (0.10, 0.32):
            px, py = (x, 0.52) * place
            canvas.ellipse(px, py + height, 0.085, 0.115, (252, 252, 252))
            canvas.ellipse(px + 0.03, py - 0.005 + height, 0.045, 0.065, (24, 24, 36))
