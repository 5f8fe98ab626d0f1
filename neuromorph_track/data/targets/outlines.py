"""Closed outlines without a class: polygons, superellipses, blobs; and the sheets cut out along them."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

Outline = NDArray[np.float64]
"""Corners (N, 2) around the origin; none is farther from it than 1."""
Sheet = NDArray[np.uint8]
"""(n, n, 4): colour multiplied by coverage, and coverage (0..255)."""

_SUPERSAMPLING = 3
_FRACTION_BITS = 4


def polygon(rng: np.random.Generator) -> Outline:
    """Three to eight corners, regular or not; every third a star."""
    corners = int(rng.integers(3, 9))
    angles = np.linspace(0, 2 * np.pi, corners, endpoint=False) + rng.uniform(-0.25, 0.25, corners)
    radius = rng.uniform(0.7, 1.0, corners)
    if rng.random() < 0.33:
        between = (angles + np.roll(angles, -1) + 2 * np.pi * (np.arange(corners) == corners - 1)) / 2
        angles = np.stack([angles, between], axis=1).ravel()
        radius = np.stack([radius, radius * rng.uniform(0.45, 0.7)], axis=1).ravel()
    return _fitted(np.stack([radius * np.cos(angles), radius * np.sin(angles)], axis=1), rng)


def superellipse(rng: np.random.Generator) -> Outline:
    """Between a lozenge and a box with round corners, discs and eggs among them."""
    angles = np.linspace(0, 2 * np.pi, 64, endpoint=False)
    power = rng.uniform(1.3, 6)
    cos, sin = np.cos(angles), np.sin(angles)
    points = np.stack([_power(cos, 2 / power), _power(sin, 2 / power)], axis=1)
    points[:, 0] *= 1 + rng.uniform(0, 0.3) * points[:, 1]
    return _fitted(points, rng)


def blob(rng: np.random.Generator) -> Outline:
    """A smooth closed curve with two to five waves."""
    angles = np.linspace(0, 2 * np.pi, 72, endpoint=False)
    radius = np.ones_like(angles)
    for waves in range(2, 6):
        radius += rng.normal(0, 0.22 / waves**0.5) * np.cos(waves * angles + rng.uniform(0, 2 * np.pi))
    radius = np.clip(radius, 0.35, None)
    return _fitted(np.stack([radius * np.cos(angles), radius * np.sin(angles)], axis=1), rng)


def bar(length: float, width: float, taper: float) -> Outline:
    """A limb from the origin along x, with round ends; the far end is ``taper`` times as wide."""
    half = np.linspace(-np.pi / 2, np.pi / 2, 9)
    cap = np.stack([np.cos(half), np.sin(half)], axis=1) * (width / 2)
    return np.concatenate([cap * taper + (length, 0.0), -cap])


def _power(x: NDArray[np.float64], exponent: float) -> NDArray[np.float64]:
    return np.sign(x) * np.abs(x) ** exponent


def _fitted(points: Outline, rng: np.random.Generator) -> Outline:
    """Stretched at random by up to 2 and put so that it just stays within the circle."""
    points = points * np.sqrt([rng.uniform(0.5, 1.0), 1.0])
    turn = rng.uniform(0, 2 * np.pi)
    points = points @ np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
    points = points - (points.min(axis=0) + points.max(axis=0)) / 2
    return np.asarray(points / np.hypot(*points.T).max())


def coverage(outline: Outline, n: int) -> NDArray[np.uint8]:
    """How much of each pixel of an (n, n) sheet the outline covers, 0..255; the sheet spans -1..1."""
    unit = n / 2 * _SUPERSAMPLING * 2**_FRACTION_BITS
    # OpenCV puts whole numbers in the middle of pixels.
    fixed = np.rint((outline + 1) * unit - 2 ** (_FRACTION_BITS - 1)).astype(np.int32)
    fine = np.zeros((n * _SUPERSAMPLING, n * _SUPERSAMPLING), np.uint8)
    cv2.fillPoly(fine, [fixed], (255,), shift=_FRACTION_BITS)
    return np.asarray(cv2.resize(fine, (n, n), interpolation=cv2.INTER_AREA), np.uint8)


def cut_out(
    surface: NDArray[np.uint8], cover: NDArray[np.uint8], sun: tuple[float, float], relief: float
) -> Sheet:
    """A surface within an outline, shaded as if it bulged towards the viewer.

    Parameters
    ----------
    surface : (n, n, 3) uint8
    cover : (n, n) uint8
    sun : (float, float)
        Direction from which light comes, to the right and downwards; length 1.
    relief : float
        Strength of the shading; 0 is flat.
    """
    alpha = cover.astype(np.float32) * np.float32(1 / 255)
    height = cv2.GaussianBlur(alpha, (0, 0), len(cover) / 14)
    right = cv2.Sobel(height, cv2.CV_32F, 1, 0) * np.float32(sun[0])
    down = cv2.Sobel(height, cv2.CV_32F, 0, 1) * np.float32(sun[1])
    # The slope is steepest at the edge; what faces the light there is brighter, what turns away darker.
    light = (
        np.float32(1)
        + np.float32(relief * len(cover) / 60) * (-(right + down))
        + np.float32(relief) * (height - np.float32(0.85))
    )
    lit = np.minimum(surface * (np.clip(light, 0.25, 1.6) * alpha)[..., None], cover[..., None])
    return np.dstack([np.rint(lit).astype(np.uint8), cover])


def lay_over(under: Sheet, over: Sheet) -> Sheet:
    """One sheet on another."""
    rest = (255 - over[..., 3]).astype(np.float32) * np.float32(1 / 255)
    return np.asarray(over + (under * rest[..., None] + np.float32(0.5)).astype(np.uint8), np.uint8)
