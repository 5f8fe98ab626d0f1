"""The ground behind everything: one surface, bands of several, or flakes of all sizes."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from neuromorph_track.data.scenes.canvas import Layer
from neuromorph_track.data.targets.noise import waves
from neuromorph_track.data.targets.surfaces import Look, Picture

# The share of patterns that are not made by hand, and of surfaces that are almost plain.
_GROWN = 0.85
_PLAIN_SHARE = 0.45


def paint_field(side: int, pictures: list[Picture], rng: np.random.Generator) -> NDArray[np.uint8]:
    """A field (side, side, 3) of up to five surfaces."""
    surfaces = [_calmed(Look.drawn(rng, pictures).surface(128, _GROWN), rng) for _ in range(5)]
    style = rng.choice(3, p=(0.35, 0.3, 0.35))
    field = _spread(surfaces[0], side, rng)
    if style == 0:
        _mix(field, _spread(surfaces[1], side, rng), waves(side, 3, rng, 4) * 3)
    elif style == 1:
        height = np.linspace(-1, 1, side, dtype=np.float32)[:, None]
        rough = waves(side, 4, rng, 5, 0.6) * np.float32(rng.uniform(0.02, 0.2))
        for surface, edge in zip(surfaces[1:4], np.sort(rng.uniform(-0.7, 0.7, 3)), strict=True):
            _mix(
                field,
                _spread(surface, side, rng),
                (height + rough - np.float32(edge)) * np.float32(0.3 * side),
            )
    else:
        _flakes(field, surfaces, rng)
    return field


def _calmed(surface: NDArray[np.uint8], rng: np.random.Generator) -> NDArray[np.uint8]:
    """Some surfaces are almost plain, as walls, roads and skies are."""
    if rng.random() > _PLAIN_SHARE:
        return surface
    contrast, mean = rng.uniform(0.08, 0.35), surface.mean(axis=(0, 1))
    return np.asarray(mean + contrast * (surface - mean), np.float32).astype(np.uint8)


def _spread(surface: NDArray[np.uint8], side: int, rng: np.random.Generator) -> NDArray[np.uint8]:
    """A surface turned, scaled and mirrored over the whole field."""
    turn, scale = rng.uniform(0, 2 * np.pi), rng.uniform(0.35, 1.6)
    linear = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]]) * scale
    matrix = np.column_stack([linear, rng.uniform(0, len(surface), 2)])
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    wide = cv2.warpAffine(surface, matrix, (side, side), flags=flags, borderMode=cv2.BORDER_REFLECT)
    return np.asarray(wide, np.uint8)


def _mix(field: NDArray[np.uint8], other: NDArray[np.uint8], share: NDArray[np.float32]) -> None:
    """Put ``other`` into ``field`` where ``share`` is positive, softly around 0."""
    share = np.clip(share + np.float32(0.5), 0, 1)[..., None]
    field[:] = (field * (1 - share) + other * share).astype(np.uint8)


def _flakes(field: NDArray[np.uint8], surfaces: list[NDArray[np.uint8]], rng: np.random.Generator) -> None:
    side = len(field)
    wide = [field.copy(), *(_spread(surface, side, rng) for surface in surfaces[1:4])]
    for number, size in enumerate(0.75 * side / np.sqrt(np.linspace(1, 60, 50))):
        angles = np.sort(rng.uniform(0, 2 * np.pi, int(rng.integers(4, 9))))
        radius = rng.uniform(0.5, 1.0, len(angles)) * size / 2
        points = np.stack([radius * np.cos(angles), radius * np.sin(angles)], axis=1) + rng.uniform(
            0, side, 2
        )
        left, top = np.clip(np.floor(points.min(axis=0)).astype(int), 0, side)
        right, bottom = np.clip(np.ceil(points.max(axis=0)).astype(int), 0, side)
        if right <= left or bottom <= top:
            continue
        mask = np.zeros((bottom - top, right - left), np.uint8)
        cv2.fillPoly(mask, [np.rint((points - (left, top)) * 16).astype(np.int32)], (255,), cv2.LINE_AA, 4)
        # Each flake shows another part of its surface, in other light.
        down, over = rng.integers(0, side - mask.shape[0] + 1), rng.integers(0, side - mask.shape[1] + 1)
        source = wide[number % len(wide)][down : down + mask.shape[0], over : over + mask.shape[1]]
        rgba = np.dstack([source, mask]).astype(np.float32)
        rgba[..., :3] *= mask[..., None] * np.float32(
            min(rng.uniform(0.6, 1.25), 255 / max(source.max(), 1)) / 255
        )
        Layer(int(left), int(top), rgba.astype(np.uint8)).paint(field)
