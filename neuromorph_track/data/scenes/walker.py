"""A person seen from the side, walking."""

from __future__ import annotations

import numpy as np

from neuromorph_track.data.scenes.canvas import Canvas, Colour, shade
from neuromorph_track.data.scenes.sprites import Pose, texture

_SKIN: tuple[Colour, ...] = ((244, 208, 177), (224, 172, 128), (176, 122, 84), (120, 80, 56))
_HAIR: tuple[Colour, ...] = ((44, 32, 28), (92, 58, 34), (198, 150, 78), (150, 150, 150), (150, 62, 36))
_CLOTHES: tuple[Colour, ...] = (
    (212, 62, 58), (38, 96, 176), (238, 178, 52), (60, 140, 92), (142, 74, 156),
    (240, 236, 226), (30, 40, 66), (230, 118, 62), (84, 176, 186), (226, 120, 158),
)  # fmt: skip
_TROUSERS: tuple[Colour, ...] = ((42, 52, 92), (58, 50, 46), (30, 32, 40), (120, 98, 66), (74, 84, 60))
# Ground covered by a full cycle of both legs, in body heights.
_STRIDE = 0.85


class Walker:
    """Legs and arms swing with the distance walked, the knee bends in the swing."""

    reach = (0.42, 0.42, 0.06, 1.06)

    def __init__(self, rng: np.random.Generator) -> None:
        self.texture = texture(rng)
        self._skin = _SKIN[rng.integers(len(_SKIN))]
        self._hair = _HAIR[rng.integers(len(_HAIR))]
        self._coat = _CLOTHES[rng.integers(len(_CLOTHES))]
        self._legs = _TROUSERS[rng.integers(len(_TROUSERS))]
        self._build = rng.uniform(0.92, 1.18)
        self._skirt = bool(rng.random() < 0.3)
        self._hat = bool(rng.random() < 0.25)
        self._bag = bool(rng.random() < 0.35)
        self._bag_colour = _CLOTHES[rng.integers(len(_CLOTHES))]
        self._stripe = bool(rng.random() < 0.4)
        self._phase = rng.uniform(0, 2 * np.pi)

    def draw(self, canvas: Canvas, pose: Pose) -> None:
        phase = self._phase + 2 * np.pi * pose.travelled / _STRIDE
        swing = 0.12 + 0.88 * pose.effort
        near, far = (_leg(phase + turn, swing) for turn in (0.0, np.pi))
        # The lower foot stands on the ground, so the body bobs as it does in a real gait.
        hip = -min(near[1][1], far[1][1], near[2][1], far[2][1]) + 0.035
        shoulder = (0.025, hip + 0.31)
        self._draw_arm(canvas, shoulder, phase, swing, 0.72)
        self._draw_leg(canvas, far, hip, 0.72)
        self._draw_leg(canvas, near, hip, 1.0)
        self._draw_torso(canvas, hip, shoulder)
        self._draw_head(canvas, shoulder)
        self._draw_arm(canvas, shoulder, phase + np.pi, swing, 0.88)

    def _draw_leg(self, canvas: Canvas, leg: list[tuple[float, float]], hip: float, light: float) -> None:
        top, knee, ankle, toe = ((x, y + hip) for x, y in ((0.0, 0.0), *leg))
        colour = shade(self._skin if self._skirt else self._legs, light)
        width = 0.095 * self._build
        canvas.limb(top, knee, width * 1.15, colour, 0.8)
        canvas.limb(knee, ankle, width * 0.92, colour, 0.75)
        canvas.limb(ankle, toe, 0.06, shade((52, 40, 38), light), 0.8)

    def _draw_torso(self, canvas: Canvas, hip: float, shoulder: tuple[float, float]) -> None:
        half = 0.092 * self._build
        x, top = shoulder
        if self._bag:
            canvas.limb((x - half - 0.03, top - 0.05), (x - half - 0.03, hip + 0.10), 0.11, self._bag_colour)
        if self._skirt:
            flare = [
                (-half, hip + 0.08),
                (half, hip + 0.08),
                (half + 0.07, hip - 0.17),
                (-half - 0.07, hip - 0.17),
            ]
            canvas.polygon(flare, shade(self._coat, 0.86))
        canvas.limb((x, top - 0.04), (0.0, hip + 0.02), 2 * half, self._coat, 0.88)
        if self._stripe:
            canvas.box(x - half * 0.93, top - 0.17, x + half * 0.93, top - 0.11, shade(self._coat, 1.5))

    def _draw_head(self, canvas: Canvas, shoulder: tuple[float, float]) -> None:
        x, y = shoulder[0] + 0.02, shoulder[1] + 0.105
        canvas.limb(shoulder, (x, y), 0.07, shade(self._skin, 0.85))
        canvas.ellipse(x - 0.012, y + 0.014, 0.088, 0.092, self._hair)
        canvas.ellipse(x + 0.022, y - 0.008, 0.066, 0.074, self._skin)
        if self._hat:
            canvas.box(x - 0.10, y + 0.035, x + 0.13, y + 0.06, shade(self._coat, 0.7))
            canvas.ellipse(x - 0.005, y + 0.055, 0.088, 0.05, shade(self._coat, 0.8))

    def _draw_arm(
        self, canvas: Canvas, shoulder: tuple[float, float], phase: float, swing: float, light: float
    ) -> None:
        angle = 0.55 * swing * np.sin(phase)
        x, y = shoulder[0], shoulder[1] - 0.035
        elbow = (x + 0.155 * np.sin(angle), y - 0.155 * np.cos(angle))
        bent = angle + 0.2 + 0.35 * swing * max(0.0, np.sin(phase))
        hand = (elbow[0] + 0.145 * np.sin(bent), elbow[1] - 0.145 * np.cos(bent))
        canvas.limb((x, y), elbow, 0.07 * self._build, shade(self._coat, light), 0.85)
        canvas.limb(elbow, hand, 0.058 * self._build, shade(self._coat, light), 0.8)
        canvas.ellipse(*hand, 0.03, 0.03, shade(self._skin, light))


def _leg(phase: float, swing: float) -> list[tuple[float, float]]:
    """Knee, ankle and toe relative to the hip."""
    thigh = 0.52 * swing * np.sin(phase)
    shin = thigh - (0.06 + 0.85 * swing * max(0.0, np.cos(phase)) ** 1.5)
    knee = (0.245 * np.sin(thigh), -0.245 * np.cos(thigh))
    ankle = (knee[0] + 0.235 * np.sin(shin), knee[1] - 0.235 * np.cos(shin))
    tilt = 0.5 * shin
    return [knee, ankle, (ankle[0] + 0.08 * np.cos(tilt), ankle[1] + 0.08 * np.sin(tilt))]
