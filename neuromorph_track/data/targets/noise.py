"""Random fields, and turned coordinates to lay patterns along."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

Field = NDArray[np.float32]
"""(n, n), about 0..1."""


def waves(n: int, cells: int, rng: np.random.Generator, count: int, fade: float = 0.5) -> Field:
    """Smooth random field of about -1..1: ``count`` grids, each twice as fine, ``fade`` times as strong."""
    field = np.asarray(rng.random((cells + 1, cells + 1), np.float32) * 2 - 1, np.float32)
    for octave in range(1, count):
        # Finer grids are added to what is still small, which is faster than to enlarge each by itself.
        side = cells * 2**octave + 1
        field = np.asarray(cv2.resize(field, (side, side), interpolation=cv2.INTER_CUBIC), np.float32)
        field += (rng.random((side, side), np.float32) * 2 - 1) * np.float32(fade**octave)
    return np.asarray(cv2.resize(field, (n, n), interpolation=cv2.INTER_CUBIC) / np.float32(1.4), np.float32)


def noise(n: int, cells: int, rng: np.random.Generator, fade: float = 0.75) -> Field:
    """Random field with mean 0.5; near ``fade`` 1 each octave is equally strong, as in photographs."""
    count = max(1, int(np.log2(n / cells)))
    field = waves(n, cells, rng, count, fade)
    mean, deviation = cv2.meanStdDev(field)
    return (field - np.float32(mean[0, 0])) * np.float32(0.24 / max(deviation[0, 0], 1e-6)) + np.float32(0.5)


def axes(n: int, rng: np.random.Generator) -> tuple[Field, Field]:
    """Turned coordinates, -0.5..0.5 along the sides."""
    line = (np.arange(n, dtype=np.float32) + np.float32(0.5)) / np.float32(n) - np.float32(0.5)
    angle = rng.uniform(0, 2 * np.pi)
    cos, sin = np.float32(np.cos(angle)), np.float32(np.sin(angle))
    return cos * line[None, :] + sin * line[:, None], cos * line[:, None] - sin * line[None, :]


def shares(sheet: NDArray[np.uint8]) -> Field:
    """0..255 as 0..1; OpenCV draws smooth edges on bytes alone."""
    return np.asarray(sheet * np.float32(1 / 255), np.float32)
