"""Square crops around a box, and the way back."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

# A window larger than this many times the frame's longer side has nothing more to show.
LARGEST_WINDOW = 8.0


@dataclass(frozen=True)
class Window:
    """A square of a frame.

    Attributes
    ----------
    x, y : float
        Its centre in pixels of the frame.
    side : float
        In pixels of the frame.
    """

    x: float
    y: float
    side: float

    @classmethod
    def around(cls, cxcywh: NDArray[np.float64], factor: float) -> Window:
        """The square of ``factor`` times the geometric mean of a box's sides, around its centre."""
        x, y, width, height = map(float, cxcywh)
        return cls(x, y, factor * math.sqrt(width * height))

    def cut(self, frame: NDArray[np.uint8], size: int, pad: float) -> NDArray[np.uint8]:
        """The square as a picture.

        Parameters
        ----------
        frame : (H, W, 3) uint8
        size : int
            Side of the picture in pixels.
        pad : float
            Grey level of what lies outside of the frame.

        Returns
        -------
        (size, size, 3) uint8
        """
        import cv2

        # Bilinear sampling of a finer picture first, or what is made smaller would be full of false patterns.
        finer = size * max(1, math.ceil(min(self.side, LARGEST_WINDOW * max(frame.shape[:2])) / size / 1.5))
        scale = finer / self.side
        # Pixel centres lie at halves.
        x, y = (finer / 2 - at * scale + (scale - 1) / 2 for at in (self.x, self.y))
        matrix = np.array([[scale, 0, x], [0, scale, y]])
        picture = cv2.warpAffine(
            frame, matrix, (finer, finer), borderMode=cv2.BORDER_CONSTANT, borderValue=(pad,) * 3
        )
        if finer > size:
            picture = cv2.resize(picture, (size, size), interpolation=cv2.INTER_AREA)
        return np.asarray(picture, np.uint8)

    def to_frame(self, cxcywh: NDArray[np.float64]) -> NDArray[np.float64]:
        """Boxes (..., 4) as (cx, cy, w, h) in sides of the square to pixels of the frame."""
        return np.asarray(cxcywh, np.float64) * self.side + self._corner

    def from_frame(self, cxcywh: NDArray[np.float64]) -> NDArray[np.float64]:
        """Boxes (..., 4) in pixels of the frame to sides of the square."""
        return (np.asarray(cxcywh, np.float64) - self._corner) / self.side

    @property
    def _corner(self) -> NDArray[np.float64]:
        """What moves a box (cx, cy, w, h) from the square's corner to the frame's."""
        return np.array([self.x - self.side / 2, self.y - self.side / 2, 0, 0])


def from_corners(xyxy: NDArray[np.float32]) -> NDArray[np.float64]:
    """Boxes (..., 4) as (cx, cy, w, h) of (left, top, right, bottom)."""
    corners = xyxy.astype(np.float64)
    sides = corners[..., 2:] - corners[..., :2]
    return np.concatenate([corners[..., :2] + sides / 2, sides], -1)
