"""A small supersampled sheet to draw one sprite on, and the layer it becomes."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import ArrayLike, NDArray

Colour = tuple[int, int, int]

_SUPERSAMPLING = 3
_FRACTION_BITS = 4


def _on_circle(angles: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.stack([np.cos(angles), np.sin(angles)], axis=1)


_HALF_CIRCLE = _on_circle(np.linspace(-np.pi / 2, np.pi / 2, 7))
_CIRCLE = _on_circle(np.linspace(0, 2 * np.pi, 28, endpoint=False))


@dataclass(frozen=True)
class Layer:
    """A drawn sprite at its place in the picture.

    Attributes
    ----------
    left, top : int
        Pixel of the picture under the layer's first pixel; may lie outside.
    rgba : (h, w, 4) uint8
        Colour multiplied by coverage, and coverage (0..255).
    """

    left: int
    top: int
    rgba: NDArray[np.uint8]

    @property
    def solid(self) -> NDArray[np.bool_]:
        """Pixels at least half covered, shape (h, w): what counts as the object."""
        return self.rgba[..., 3] >= 128

    def window(self, height: int, width: int) -> tuple[tuple[slice, slice], tuple[slice, slice]]:
        """The part of a picture of that size under the layer, and the part of the layer over the picture."""
        h, w = self.rgba.shape[:2]
        top, bottom = max(self.top, 0), max(min(self.top + h, height), 0)
        left, right = max(self.left, 0), max(min(self.left + w, width), 0)
        top, left = min(top, bottom), min(left, right)
        picture = (slice(top, bottom), slice(left, right))
        own = (slice(top - self.top, bottom - self.top), slice(left - self.left, right - self.left))
        return picture, own

    def paint(self, picture: NDArray[np.uint8]) -> None:
        """Lay it over ``picture`` (H, W, 3), in place."""
        target, own = self.window(*picture.shape[:2])
        rgba = self.rgba[own]
        if not rgba.size:
            return
        under = np.float32(1) - rgba[..., 3:].astype(np.float32) * np.float32(1 / 255)
        # Colour and coverage were rounded apart, so their sum may pass 255 by one.
        mixed = np.minimum(picture[target] * under + rgba[..., :3] + np.float32(0.5), 255)
        picture[target] = mixed.astype(np.uint8)


class Canvas:
    """Draws in units of the sprite's height, x forwards, y upwards, the origin between its feet.

    Parameters
    ----------
    u, v : float
        Where the origin lies in the picture, in pixels (the middle of the first pixel is 0.5).
    size : float
        Height of the sprite in pixels.
    reach : (back, front, below, above)
        How far from the origin the sprite extends, in units.
    facing : int
        1 looks right, -1 left.
    """

    def __init__(
        self,
        u: float,
        v: float,
        size: float,
        reach: tuple[float, float, float, float],
        facing: int = 1,
        margin: float = 0.0,
    ) -> None:
        back, front, below, above = (size * r + margin + 1 for r in reach)
        if facing < 0:
            back, front = front, back
        self.left = int(np.floor(u - back))
        self.top = int(np.floor(v - above))
        right, bottom = int(np.ceil(u + front)), int(np.ceil(v + below))
        self._shape = (bottom - self.top, right - self.left)
        self._sheet = np.zeros(
            (self._shape[0] * _SUPERSAMPLING, self._shape[1] * _SUPERSAMPLING, 4), np.uint8
        )
        unit = _SUPERSAMPLING * 2**_FRACTION_BITS
        self._scale = np.array([facing * size, -size]) * unit
        # OpenCV puts whole numbers in the middle of pixels.
        self._origin = np.array([u - self.left, v - self.top]) * unit - 2 ** (_FRACTION_BITS - 1)

    def polygon(self, points: ArrayLike, colour: Colour) -> None:
        """Fill a polygon, ``points`` (N, 2)."""
        fixed = np.rint(np.asarray(points) * self._scale + self._origin).astype(np.int32)
        cv2.fillPoly(self._sheet, [fixed], (*colour, 255), shift=_FRACTION_BITS)

    def ellipse(self, x: float, y: float, rx: float, ry: float, colour: Colour) -> None:
        """Fill an upright ellipse."""
        self.polygon(_CIRCLE * (rx, ry) + (x, y), colour)

    def box(self, left: float, bottom: float, right: float, top: float, colour: Colour) -> None:
        """Fill a rectangle."""
        self.polygon([(left, bottom), (right, bottom), (right, top), (left, top)], colour)

    def limb(
        self, start: Sequence[float], end: Sequence[float], width: float, colour: Colour, taper: float = 1.0
    ) -> None:
        """Fill a bar with round ends; the far end is ``taper`` times as wide."""
        dx, dy = end[0] - start[0], end[1] - start[1]
        length = math.hypot(dx, dy) or 1.0
        cap = _HALF_CIRCLE @ np.array([[dx, dy], [-dy, dx]]) * (width / 2 / length)
        self.polygon(np.concatenate([cap * taper + end, np.asarray(start) - cap]), colour)

    def layer(self) -> Layer:
        """What was drawn, at picture resolution; edges come out antialiased."""
        height, width = self._shape
        rgba = cv2.resize(self._sheet, (width, height), interpolation=cv2.INTER_AREA)
        return Layer(self.left, self.top, np.asarray(rgba, np.uint8))


def shade(colour: Colour, factor: float) -> Colour:
    """A darker (below 1) or lighter (above 1) version of a colour."""
    red, green, blue = (int(min(255, max(0, channel * factor))) for channel in colour)
    return red, green, blue


def mix(first: Colour, second: Colour, share: float) -> Colour:
    """``share`` of the second colour in the first."""
    red, green, blue = (round(a + (b - a) * share) for a, b in zip(first, second, strict=True))
    return red, green, blue
