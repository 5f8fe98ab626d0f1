"""Surfaces as fields of 0..1: wood, marble, cells, bricks, cloth and others, each drawn anew."""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np

from neuromorph_track.data.targets import grown_patterns, made_patterns
from neuromorph_track.data.targets.noise import Field, axes, noise, waves

_Pattern = Callable[[int, np.random.Generator], Field]


def draw_pattern(n: int, rng: np.random.Generator, grown: float = 0.5) -> Field:
    """One of all kinds; often bent, half of the time two of them beside each other.

    Parameters
    ----------
    n : int
        Side in pixels.
    rng : Generator
    grown : float
        Share of patterns that nature makes.
    """
    field = _one(n, rng, grown)
    if rng.random() < 0.5:
        where = _patches(n, rng)
        field = field * (1 - where) + _one(n, rng, grown) * where
    grain = noise(n, 8, rng, 0.95) - np.float32(0.5)
    return np.asarray(field + grain * np.float32(rng.uniform(0.08, 0.4)), np.float32)


def _one(n: int, rng: np.random.Generator, grown: float) -> Field:
    patterns = GROWN if rng.random() < grown else MADE
    field = patterns[rng.integers(len(patterns))](n, rng)
    return _bent(field, rng) if rng.random() < 0.6 else field


def _patches(n: int, rng: np.random.Generator) -> Field:
    """A soft-edged mask: a band, a spot or an island."""
    if rng.random() < 0.5:
        x, y = axes(n, rng)
        ramp = x * x + y * y - rng.uniform(0.03, 0.2) if rng.random() < 0.5 else x - rng.uniform(-0.2, 0.2)
    else:
        ramp = noise(n, 2, rng, 0.5) - np.float32(0.5)
    return np.clip(ramp * np.float32(0.4 * n) + np.float32(0.5), 0, 1).astype(np.float32)


def _bent(field: Field, rng: np.random.Generator) -> Field:
    n = len(field)
    reach = np.float32(rng.uniform(0.02, 0.10) * n)
    rows, columns = np.mgrid[0:n, 0:n].astype(np.float32)
    columns += waves(n, 2, rng, 3) * reach
    rows += waves(n, 2, rng, 3) * reach
    bent = cv2.remap(field, columns, rows, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT)
    return np.asarray(bent, np.float32)


GROWN: tuple[_Pattern, ...] = (
    grown_patterns.cloud,
    grown_patterns.ridges,
    grown_patterns.marble,
    grown_patterns.wood,
    grown_patterns.fur,
    grown_patterns.cells,
    grown_patterns.leaves,
)
MADE: tuple[_Pattern, ...] = (
    made_patterns.stripes,
    made_patterns.plaid,
    made_patterns.checks,
    made_patterns.bricks,
    made_patterns.dots,
    made_patterns.strokes,
)
