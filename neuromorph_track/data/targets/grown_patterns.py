"""Patterns that grow: clouds, stone, wood, fur, leaves."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from neuromorph_track.data.targets.noise import Field, axes, noise, shares


def marble(n: int, rng: np.random.Generator) -> Field:
    x, _ = axes(n, rng)
    field = noise(n, int(rng.integers(2, 5)), rng, 0.6)
    wave = np.sin(2 * np.pi * (x * rng.uniform(2, 6) + field * rng.uniform(1, 3)))
    return (0.5 + 0.5 * wave).astype(np.float32)


def wood(n: int, rng: np.random.Generator) -> Field:
    x, y = axes(n, rng)
    x, y = x + rng.uniform(-0.6, 0.6), y * rng.uniform(0.1, 0.5) + rng.uniform(-0.3, 0.3)
    rings = np.sqrt(x * x + y * y) * rng.uniform(8, 20) + noise(n, 3, rng, 0.5) * rng.uniform(0.5, 2)
    return ((rings % 1) ** rng.uniform(0.6, 2)).astype(np.float32)


def cloud(n: int, rng: np.random.Generator) -> Field:
    return noise(n, int(rng.integers(2, 7)), rng, rng.uniform(0.55, 1.0))


def ridges(n: int, rng: np.random.Generator) -> Field:
    field = np.abs(noise(n, int(rng.integers(2, 7)), rng, rng.uniform(0.5, 0.8)) - np.float32(0.5))
    return np.asarray(1 - np.float32(3.5) * field, np.float32)


def fur(n: int, rng: np.random.Generator) -> Field:
    """Noise drawn out along one direction: fur, grass, brushed metal."""
    strands = rng.standard_normal((n, n)).astype(np.float32)
    length = int(rng.integers(5, 15))
    angle = rng.uniform(0, np.pi)
    x = np.linspace(-0.5, 0.5, 2 * length) * length
    kernel = np.zeros((length + 2, length + 2), np.float32)
    middle = (length + 1) / 2
    columns, rows = np.rint(middle + x * np.cos(angle)), np.rint(middle + x * np.sin(angle))
    kernel[rows.astype(int), columns.astype(int)] = 1
    drawn = cv2.filter2D(strands, -1, kernel / np.sqrt(kernel.sum()), borderType=cv2.BORDER_REFLECT)
    return np.asarray(0.5 + 0.2 * drawn + 0.5 * (noise(n, 3, rng) - 0.5), np.float32)


def cells(n: int, rng: np.random.Generator) -> Field:
    """Each point belongs to the nearest seed: stones, scales, cracked earth."""
    count = int(rng.integers(12, 80))
    seeds = np.ones((n, n), np.uint8)
    seeds[rng.integers(0, n, count), rng.integers(0, n, count)] = 0
    away, label = cv2.distanceTransformWithLabels(seeds, cv2.DIST_L2, 5, labelType=cv2.DIST_LABEL_PIXEL)
    values = rng.uniform(0, 1, int(label.max()) + 1)
    field = values[label]
    if rng.random() < 0.6:
        field = 0.55 * field + 0.45 * np.clip(1 - away / (0.7 * n / np.sqrt(count)), 0, 1)
    return field.astype(np.float32)


def leaves(n: int, rng: np.random.Generator) -> Field:
    """Discs and flakes of all sizes over each other, which have the statistics of photographs."""
    sheet = np.full((n, n), 128, np.uint8)
    # Areas go with the inverse square of the side, large ones first.
    sides = 0.9 * n / np.sqrt(np.linspace(1, 60, 60))
    for side in sides:
        outline = _flake(rng) * side / 2 + rng.uniform(0, n, 2)
        fixed = [np.rint(outline * 16).astype(np.int32)]
        cv2.fillPoly(sheet, fixed, (rng.uniform(0, 255),), cv2.LINE_AA, 4)
    return shares(sheet)


def _flake(rng: np.random.Generator) -> NDArray[np.float64]:
    angles = np.linspace(0, 2 * np.pi, int(rng.integers(4, 12)), endpoint=False)
    radius = rng.uniform(0.6, 1.0, len(angles))
    points = np.stack([radius * np.cos(angles), radius * rng.uniform(0.4, 1) * np.sin(angles)], axis=1)
    turn = rng.uniform(0, 2 * np.pi)
    return points @ np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
