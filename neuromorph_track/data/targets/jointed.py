"""Things with parts that swing: trunks with limbs, pairs."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from neuromorph_track.data.targets.making import Making, piece, side_of
from neuromorph_track.data.targets.outlines import Outline, Sheet, bar, blob, lay_over, polygon, superellipse
from neuromorph_track.data.targets.surfaces import Look


@dataclass(frozen=True)
class _Joint:
    """A part that swings about a point of the sheet."""

    sheet: Sheet
    pivot: tuple[float, float]
    middle: float
    swing: float
    rate: float
    start: float

    def turned(self, frame: float) -> Sheet:
        angle = self.middle + self.swing * np.sin(self.rate * frame + self.start)
        cos, sin = np.cos(angle), np.sin(angle)
        # The part was drawn with its joint in the middle of its sheet.
        middle = (len(self.sheet) - 1) / 2
        x, y = self.pivot
        matrix = np.array(
            [[cos, -sin, x - cos * middle + sin * middle], [sin, cos, y - sin * middle - cos * middle]]
        )
        return np.asarray(cv2.warpAffine(self.sheet, matrix, self.sheet.shape[1::-1]), np.uint8)


class Jointed:
    """A trunk, with parts behind and before it."""

    leaning = 1.0

    def __init__(self, trunk: Sheet, behind: list[_Joint], before: list[_Joint]) -> None:
        self._trunk, self._behind, self._before = trunk, behind, before
        self.side = side_of(self.sheet(0))

    def sheet(self, frame: float) -> Sheet:
        sheet = np.zeros_like(self._trunk)
        for joint in self._behind:
            sheet = lay_over(sheet, joint.turned(frame))
        sheet = lay_over(sheet, self._trunk)
        for joint in self._before:
            sheet = lay_over(sheet, joint.turned(frame))
        return sheet


def limbs(rng: np.random.Generator, look: Look, making: Making) -> Jointed:
    """A trunk with two to five limbs around it."""
    trunk_outline = (superellipse if rng.random() < 0.5 else blob)(rng) * 0.5
    trunk = piece(trunk_outline, look, making)
    count = int(rng.integers(2, 6))
    outline = bar(0.5, rng.uniform(0.12, 0.24), rng.uniform(0.5, 1.1))
    # All limbs of one thing are of one stuff, as they are in animals.
    limb = piece(outline, look, making)
    joints = []
    first, rate = rng.uniform(0, 2 * np.pi), rng.uniform(0.25, 0.6)
    for number in range(count):
        angle = first + 2 * np.pi * number / count + rng.uniform(-0.3, 0.3)
        away = 0.6 * _reach(trunk_outline, angle)
        pivot = [(making.n * (1 + away * f(angle)) - 1) / 2 for f in (np.cos, np.sin)]
        swing = making.deform * rng.uniform(0.35, 0.8)
        joints.append(_Joint(limb, (pivot[0], pivot[1]), angle, swing, rate, np.pi * number))
    cut = count // 2
    return Jointed(trunk, joints[:cut], joints[cut:])


def pair(rng: np.random.Generator, look: Look, making: Making) -> Jointed:
    """Two things, the smaller of which swings at the other's edge."""
    makers = (polygon, superellipse, blob)
    trunk_outline = makers[rng.integers(3)](rng) * 0.52
    trunk = piece(trunk_outline, look, making)
    other = makers[rng.integers(3)](rng) * rng.uniform(0.22, 0.36)
    angle = rng.uniform(0, 2 * np.pi)
    away = 0.8 * _reach(trunk_outline, angle)
    pivot = [(making.n * (1 + away * f(angle)) - 1) / 2 for f in (np.cos, np.sin)]
    # Held near its edge, and not in its middle.
    part = piece(other + np.array([0.8 * _reach(other, np.pi), 0.0]), look, making)
    swing = making.deform * rng.uniform(0.4, 0.9)
    joint = _Joint(
        part, (pivot[0], pivot[1]), angle, swing, rng.uniform(0.15, 0.4), rng.uniform(0, 2 * np.pi)
    )
    return Jointed(trunk, [joint], []) if rng.random() < 0.5 else Jointed(trunk, [], [joint])


def _reach(outline: Outline, angle: float) -> float:
    """How far the outline reaches in a direction."""
    return float((outline @ np.array([np.cos(angle), np.sin(angle)])).max())
