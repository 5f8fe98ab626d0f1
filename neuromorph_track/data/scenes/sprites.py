"""What all moving things share: how they are described, posed and drawn."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import cv2
import numpy as np
from numpy.typing import NDArray

from neuromorph_track.data.scenes.canvas import Canvas, Layer


@dataclass(frozen=True)
class Pose:
    """Where a sprite is and what it is doing in one frame.

    Attributes
    ----------
    u, v : float
        Ground point in picture pixels.
    size : float
        Height in pixels.
    facing : int
        1 right, -1 left.
    travelled : float
        Way so far in units of its own height; limbs and wheels turn with it.
    seconds : float
        Age, for what moves by itself.
    effort : float
        Speed relative to its usual speed, 0..1.
    du, dv : float
        Motion on the picture in pixels while the shutter is open.
    """

    u: float
    v: float
    size: float
    facing: int
    travelled: float
    seconds: float
    effort: float
    du: float
    dv: float


class Sprite(Protocol):
    """One object's looks."""

    reach: tuple[float, float, float, float]
    texture: NDArray[np.float32]

    def draw(self, canvas: Canvas, pose: Pose) -> None:
        """Draw the sprite one unit tall."""


def texture(rng: np.random.Generator, strength: float = 0.10) -> NDArray[np.float32]:
    """Brightness of a surface, about 1: grain, and darker towards the ground; shape (16, 16)."""
    grain = 1 + strength * rng.uniform(-1, 1, (16, 16))
    return (grain * np.linspace(1.06, 0.88, 16)[:, None]).astype(np.float32)


def render(sprite: Sprite, pose: Pose) -> Layer:
    """Draw a sprite with its texture and its motion blur."""
    way = float(np.hypot(pose.du, pose.dv))
    canvas = Canvas(pose.u, pose.v, pose.size, sprite.reach, pose.facing, margin=way / 2)
    sprite.draw(canvas, pose)
    layer = canvas.layer()
    rgba = layer.rgba
    height, width = rgba.shape[:2]
    grain = sprite.texture if pose.facing > 0 else sprite.texture[:, ::-1]
    gain = cv2.resize(grain, (width, height), interpolation=cv2.INTER_LINEAR)
    lit = rgba[..., :3] * gain[..., None]
    # Colour is kept below coverage, or the sum with the background would pass 255.
    rgba[..., :3] = np.minimum(lit, rgba[..., 3:])
    if way >= 0.5:
        blurred = cv2.filter2D(rgba, -1, streak(pose.du, pose.dv), borderType=cv2.BORDER_CONSTANT)
        rgba = np.asarray(blurred, np.uint8)
    return Layer(layer.left, layer.top, rgba)


def streak(du: float, dv: float) -> NDArray[np.float32]:
    """Blur kernel of a straight motion by (du, dv) pixels: where a point of light would leave its trace."""
    radius = int(np.ceil(max(abs(du), abs(dv)) / 2))
    share = (np.arange(32) + 0.5) / 32 - 0.5
    x, y = share * du + radius, share * dv + radius
    kernel = np.zeros((2 * radius + 2, 2 * radius + 2), np.float64)
    left, top = np.floor(x).astype(int), np.floor(y).astype(int)
    fx, fy = x - left, y - top
    for row, column, weight in (
        (top, left, (1 - fx) * (1 - fy)),
        (top, left + 1, fx * (1 - fy)),
        (top + 1, left, (1 - fx) * fy),
        (top + 1, left + 1, fx * fy),
    ):
        np.add.at(kernel, (row, column), weight)
    kernel = kernel[: 2 * radius + 1, : 2 * radius + 1]
    return (kernel / kernel.sum()).astype(np.float32)
