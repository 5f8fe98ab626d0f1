"""Street furniture: stands still, is no object, yet may be taken for one."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from neuromorph_track.data.scenes.canvas import Canvas, Colour, Layer, shade
from neuromorph_track.data.scenes.ground import FAR_KERB, FRONT, HOUSES, NEAR_KERB, Ground

_WOOD: Colour = (134, 98, 66)
_IRON: Colour = (78, 84, 88)


@dataclass(frozen=True)
class Furniture:
    """One piece: what it is, where it stands (metres) and its look."""

    kind: str
    x: float
    z: float
    metres: float
    colour: Colour
    seed: int

    def layer(self, ground: Ground, offset: tuple[float, float]) -> Layer:
        """Draw it as the camera, shifted by ``offset`` pixels, sees it."""
        u, v = ground.project(self.x, self.z)
        size = self.metres * ground.scale(self.z)
        draw, reach = _KINDS[self.kind]
        canvas = Canvas(u - offset[0], v - offset[1], size, reach)
        draw(canvas, self.colour, np.random.default_rng(self.seed))
        return canvas.layer()


_HEIGHTS = {"tree": (2.6, 3.8), "lamp": (2.8, 3.4), "sign": (1.9, 2.3), "bush": (0.7, 1.1),
            "bin": (0.8, 1.0), "stall": (1.7, 2.0), "hydrant": (0.6, 0.8)}  # fmt: skip
# What may stand in front of objects: a tree or a stall would hide too much.
_LOW = ("lamp", "sign", "bush", "bin", "hydrant")


def place_furniture(count: int, ground: Ground, in_front: bool, rng: np.random.Generator) -> list[Furniture]:
    """Spread ``count`` pieces over the picture's width: on the far pavement, a third on the near one."""
    back, front = (FAR_KERB - 0.03, HOUSES + 0.02), (FRONT, NEAR_KERB + 0.03)
    columns = (rng.permutation(count) + rng.uniform(0.15, 0.85, count)) / max(count, 1)
    pieces = []
    for column in columns:
        near_side = bool(rng.random() < 1 / 3) and in_front
        kinds = _LOW if near_side else tuple(_HEIGHTS)
        kind = kinds[rng.integers(len(kinds))]
        near, far = (ground.distance_of_share(share) for share in (front if near_side else back))
        z = rng.uniform(near, far)
        red, green, blue = (int(tone) for tone in rng.integers(90, 190, 3))
        metres, seed = rng.uniform(*_HEIGHTS[kind]), int(rng.integers(2**31))
        pieces.append(Furniture(kind, (column - 0.5) * z, z, metres, (red, green, blue), seed))
    return pieces


def _tree(canvas: Canvas, colour: Colour, rng: np.random.Generator) -> None:
    canvas.limb((0, 0.02), (0.02, 0.5), 0.07, _WOOD, 0.7)
    green = (70 + colour[0] // 5, 104 + colour[1] // 5, 62 + colour[2] // 8)
    puffs = rng.uniform((-0.20, 0.48, 0.12), (0.20, 0.84, 0.19), (9, 3))
    for light, lift in ((0.78, -0.03), (1.0, 0.0), (1.16, 0.04)):
        for x, y, r in puffs:
            canvas.ellipse(
                x - lift, y + lift, r * (1.05 - abs(lift) * 8), r * (1 - abs(lift) * 8), shade(green, light)
            )


def _lamp(canvas: Canvas, colour: Colour, rng: np.random.Generator) -> None:
    canvas.limb((0, 0.01), (0, 0.93), 0.03, _IRON, 0.7)
    canvas.box(-0.03, 0, 0.03, 0.06, shade(_IRON, 0.8))
    canvas.limb((0, 0.93), (0.12, 0.96), 0.022, _IRON)
    canvas.ellipse(0.13, 0.94, 0.045, 0.025, (250, 240, 200))


def _sign(canvas: Canvas, colour: Colour, rng: np.random.Generator) -> None:
    canvas.limb((0, 0.01), (0, 0.7), 0.035, (150, 154, 158))
    if rng.random() < 0.5:
        canvas.ellipse(0, 0.84, 0.13, 0.13, (236, 236, 232))
        canvas.ellipse(0, 0.84, 0.11, 0.11, shade(colour, 1.1))
        canvas.box(-0.07, 0.82, 0.07, 0.86, (236, 236, 232))
    else:
        canvas.box(-0.14, 0.55, 0.14, 0.97, shade(colour, 0.9))
        for y in (0.64, 0.74, 0.84):
            canvas.box(-0.10, y, 0.10, y + 0.04, (232, 230, 222))


def _bush(canvas: Canvas, colour: Colour, rng: np.random.Generator) -> None:
    green = (64 + colour[0] // 6, 112 + colour[1] // 6, 66)
    for light, lift in ((0.75, 0.0), (1.0, 0.06), (1.14, 0.12)):
        for x, y, r in rng.uniform((-0.42, 0.30, 0.20), (0.42, 0.52, 0.30), (6, 3)):
            canvas.ellipse(x, y + lift, r - lift, r - lift, shade(green, light))


def _bin(canvas: Canvas, colour: Colour, rng: np.random.Generator) -> None:
    canvas.polygon([(-0.27, 0), (0.27, 0), (0.32, 0.86), (-0.32, 0.86)], shade(colour, 0.75))
    for x in (-0.15, 0.0, 0.15):
        canvas.limb((x * 0.9, 0.08), (x * 1.1, 0.74), 0.03, shade(colour, 0.55))
    canvas.box(-0.37, 0.84, 0.37, 0.97, shade(colour, 0.6))


def _stall(canvas: Canvas, colour: Colour, rng: np.random.Generator) -> None:
    canvas.box(-0.55, 0.0, 0.55, 0.40, shade(_WOOD, 1.1))
    canvas.box(-0.55, 0.36, 0.55, 0.42, shade(_WOOD, 0.8))
    for x in (-0.52, 0.52):
        canvas.limb((x, 0.4), (x, 0.8), 0.03, shade(_WOOD, 0.7))
    edges = np.linspace(-0.62, 0.62, 9)
    for k, (left, right) in enumerate(pairwise(edges)):
        stripe = shade(colour, 1.05) if k % 2 else (232, 228, 216)
        canvas.polygon([(left, 0.74), (right, 0.74), (right * 0.9, 0.98), (left * 0.9, 0.98)], stripe)
    for x in np.linspace(-0.42, 0.42, 6):
        fruit = rng.integers(110, 220, 3)
        canvas.ellipse(x, 0.46, 0.06, 0.06, (int(fruit[0]), int(fruit[1]), int(fruit[2]) // 2))


def _hydrant(canvas: Canvas, colour: Colour, rng: np.random.Generator) -> None:
    red = (168, 70, 58)
    canvas.box(-0.16, 0.0, 0.16, 0.12, shade(red, 0.8))
    canvas.limb((0, 0.1), (0, 0.76), 0.30, red)
    canvas.box(-0.28, 0.48, 0.28, 0.62, shade(red, 0.85))
    canvas.ellipse(0, 0.84, 0.15, 0.12, shade(red, 1.15))


_KINDS = {
    "tree": (_tree, (0.42, 0.42, 0.03, 1.10)),
    "lamp": (_lamp, (0.08, 0.22, 0.03, 1.02)),
    "sign": (_sign, (0.18, 0.18, 0.03, 1.02)),
    "bush": (_bush, (0.78, 0.78, 0.05, 1.02)),
    "bin": (_bin, (0.42, 0.42, 0.03, 1.02)),
    "stall": (_stall, (0.68, 0.68, 0.03, 1.02)),
    "hydrant": (_hydrant, (0.34, 0.34, 0.03, 1.02)),
}
