"""Sheets put into the picture: turned, stretched, blurred along their way."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from neuromorph_track.data.scenes.canvas import Layer
from neuromorph_track.data.scenes.sprites import streak
from neuromorph_track.data.targets.outlines import Sheet

# Below half of this many pixels per frame a streak cannot be told from a point.
_LEAST_WAY = 0.7


@dataclass(frozen=True)
class Pose:
    """Where a sheet is in one frame.

    Attributes
    ----------
    u, v : float
        Place of its middle in pixels; the picture's first pixel reaches from 0 to 1.
    scale : float
        Pixels of the picture per pixel of the sheet.
    angle : float
        Radians, clockwise as it is seen.
    stretch : float
        Factor on its width over its height.
    way : (float, float)
        Motion in pixels while the shutter is open, half before and half after this instant.
    """

    u: float
    v: float
    scale: float
    angle: float = 0.0
    stretch: float = 1.0
    way: tuple[float, float] = (0.0, 0.0)


@dataclass(frozen=True)
class Placed:
    """A sheet in the picture.

    Attributes
    ----------
    layer : Layer
        What is painted, motion blur included.
    solid : (h, w) bool
        Pixels of the layer that it covers at least by half in the middle of the exposure.
    """

    layer: Layer
    solid: NDArray[np.bool_]

    def hide(self, free: NDArray[np.bool_]) -> None:
        """Take what it covers out of ``free`` (H, W), in place."""
        target, own = self.layer.window(*free.shape)
        free[target] &= ~self.solid[own]

    def box(self) -> tuple[int, int, int, int] | None:
        """Left, top, right, bottom around the solid pixels, in or out of the picture."""
        rows, columns = np.flatnonzero(self.solid.any(axis=1)), np.flatnonzero(self.solid.any(axis=0))
        if not len(rows):
            return None
        left, top = self.layer.left, self.layer.top
        return (
            left + int(columns[0]),
            top + int(rows[0]),
            left + int(columns[-1]) + 1,
            top + int(rows[-1]) + 1,
        )

    def shadow(self, away: tuple[float, float], depth: float) -> Layer:
        """Its soft shadow on what is right behind it."""
        dark = np.zeros_like(self.layer.rgba)
        dark[..., 3] = cv2.blur(self.layer.rgba[..., 3], (5, 5)) * np.float32(depth)
        return Layer(self.layer.left + round(away[0]), self.layer.top + round(away[1]), dark)


def place(sheet: Sheet, pose: Pose, within: tuple[int, int] | None = None) -> Placed:
    """Put a sheet into the picture.

    Parameters
    ----------
    within : (height, width), optional
        Leave out what lies outside a picture of this size.
    """
    matrix, reach = _matrix(sheet, pose)
    pad = max(map(abs, pose.way)) / 2 + 2
    left, right = int(np.floor(pose.u - reach[0] - pad)), int(np.ceil(pose.u + reach[0] + pad))
    top, bottom = int(np.floor(pose.v - reach[1] - pad)), int(np.ceil(pose.v + reach[1] + pad))
    if within is not None:
        edge = int(pad)
        left, right = max(left, -edge), min(right, within[1] + edge)
        top, bottom = max(top, -edge), min(bottom, within[0] + edge)
    if left >= right or top >= bottom:
        return Placed(Layer(left, top, np.zeros((0, 0, 4), np.uint8)), np.zeros((0, 0), np.bool_))
    height, width = sheet.shape[:2]
    small = min(1.0, pose.scale)
    if small < 0.75:
        # A pixel would see only a part of what falls on it.
        shrunk = max(4, round(width * small)), max(4, round(height * small))
        matrix = matrix @ np.diag([width / shrunk[0], height / shrunk[1], 1.0])
        sheet = np.asarray(cv2.resize(sheet, shrunk, interpolation=cv2.INTER_AREA), np.uint8)
    # OpenCV puts whole numbers in the middle of pixels.
    half = np.array([[1, 0, 0.5], [0, 1, 0.5], [0, 0, 1]])
    matrix = np.array([[1, 0, -left - 0.5], [0, 1, -top - 0.5], [0, 0, 1]]) @ matrix @ half
    rgba = np.asarray(cv2.warpAffine(sheet, matrix[:2], (right - left, bottom - top)), np.uint8)
    solid = rgba[..., 3] >= 128
    return Placed(Layer(left, top, blurred(rgba, pose.way)), solid)


def blurred(picture: NDArray[np.uint8], way: tuple[float, float], border: int = cv2.BORDER_CONSTANT) -> Sheet:
    """A picture or sheet that moved while the shutter was open."""
    if np.hypot(*way) < _LEAST_WAY:
        return picture
    return np.asarray(cv2.filter2D(picture, -1, streak(*way), borderType=border), np.uint8)


def _matrix(sheet: Sheet, pose: Pose) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """From the sheet's coordinates to the picture's, and how far it reaches from its middle."""
    cos, sin = np.cos(pose.angle), np.sin(pose.angle)
    wide, tall = pose.scale * np.sqrt(pose.stretch), pose.scale / np.sqrt(pose.stretch)
    linear = np.array([[cos * wide, -sin * tall], [sin * wide, cos * tall]])
    middle = np.array([sheet.shape[1], sheet.shape[0]]) / 2
    matrix = np.eye(3)
    matrix[:2, :2] = linear
    matrix[:2, 2] = np.array([pose.u, pose.v]) - linear @ middle
    return matrix, np.abs(linear) @ middle


def way(places: NDArray[np.float64], index: int) -> tuple[float, float]:
    """Motion per frame around a frame, from places (F, 2)."""
    before, after = max(index - 1, 0), min(index + 1, len(places) - 1)
    du, dv = (places[after] - places[before]) / max(after - before, 1)
    return float(du), float(dv)
