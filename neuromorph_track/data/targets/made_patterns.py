"""Patterns that people make: cloth, walls, print."""

from __future__ import annotations

import cv2
import numpy as np

from neuromorph_track.data.targets.noise import Field, axes, shares


def _bars(t: Field, count: int, rng: np.random.Generator, soft: bool = False) -> Field:
    """Bars of random widths and values across ``t`` (-0.7..0.7)."""
    edges = np.cumsum(rng.uniform(0.3, 1.7, 2 * count + 2))
    at = (t + np.float32(0.75)) * np.float32(edges[-1] / 1.5)
    values = rng.uniform(0, 1, len(edges) + 1)
    if rng.random() < 0.5:
        values = np.arange(len(values)) % 2 * rng.uniform(0.4, 1) + rng.uniform(0, 0.1, len(values))
    if soft:
        return np.interp(at, np.concatenate([[0], edges]), values).astype(np.float32)
    return values[np.searchsorted(edges, at)].astype(np.float32)


def stripes(n: int, rng: np.random.Generator) -> Field:
    return _bars(axes(n, rng)[0], int(rng.integers(3, 12)), rng, soft=bool(rng.random() < 0.3))


def plaid(n: int, rng: np.random.Generator) -> Field:
    x, y = axes(n, rng)
    share = np.float32(rng.uniform(0.35, 0.65))
    first, second = _bars(x, int(rng.integers(3, 9)), rng), _bars(y, int(rng.integers(3, 9)), rng)
    return first * share + second * (1 - share)


def checks(n: int, rng: np.random.Generator) -> Field:
    x, y = axes(n, rng)
    wide, tall = rng.uniform(3, 10, 2)
    odd = (np.floor(x * wide) + np.floor(y * tall)) % 2
    return (odd * rng.uniform(0.5, 0.9) + 0.1).astype(np.float32)


def bricks(n: int, rng: np.random.Generator) -> Field:
    x, y = axes(n, rng)
    rows = rng.uniform(4, 12)
    columns = rows * rng.uniform(0.35, 1.0)
    shift = rng.choice([0.0, 0.5])
    row = np.floor(y * rows)
    across = x * columns + shift * (row % 2)
    values = rng.uniform(0.25, 0.95, 997)
    field = values[(np.floor(across) * 31 + row * 17).astype(np.int64) % 997]
    joint = rng.uniform(0.06, 0.16)
    mortar = (y * rows % 1 < joint) | (across % 1 < joint * columns / rows)
    field[mortar] = rng.uniform(0, 0.3)
    return field.astype(np.float32)


def dots(n: int, rng: np.random.Generator) -> Field:
    sheet = np.full((n, n), rng.uniform(0, 100), np.uint8)
    pitch = rng.uniform(0.09, 0.25) * n
    radius = pitch * rng.uniform(0.2, 0.45)
    jitter = rng.uniform(0, 0.25) * pitch
    varied = rng.random() < 0.4
    for row in range(int(n / pitch) + 2):
        for column in range(int(n / pitch) + 2):
            right, down = rng.normal(0, jitter, 2)
            x, y = (column + 0.5 * (row % 2)) * pitch + right, row * pitch + down
            value = rng.uniform(80, 255) if varied else 240.0
            cv2.circle(
                sheet, (round(x * 16), round(y * 16)), round(radius * 16), (value,), -1, cv2.LINE_AA, 4
            )
    return shares(sheet)


def strokes(n: int, rng: np.random.Generator) -> Field:
    """Lines drawn by hand: letters, signs, scratches."""
    sheet = np.full((n, n), rng.uniform(0, 255), np.uint8)
    thickness = max(1, round(rng.uniform(0.012, 0.06) * n))
    for _ in range(int(rng.integers(6, 24))):
        steps = rng.normal(0, 0.12 * n, (int(rng.integers(2, 6)), 2))
        points = [np.rint((rng.uniform(0, n, 2) + np.cumsum(steps, axis=0)) * 16).astype(np.int32)]
        cv2.polylines(sheet, points, False, (rng.uniform(0, 255),), thickness, cv2.LINE_AA, 4)
    return shares(sheet)
