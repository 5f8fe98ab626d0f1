"""The street itself: sky, houses, pavement and road; painted once for each scene."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from neuromorph_track.data.scenes.canvas import Colour, mix, shade
from neuromorph_track.data.scenes.ground import FAR_KERB, FRONT, HOUSES, NEAR_KERB, Floats, Ground
from neuromorph_track.data.scenes.light import Mood

_SUPERSAMPLING = 2
_WALLS: tuple[Colour, ...] = (
    (196, 164, 136), (176, 128, 108), (206, 194, 170), (150, 152, 158), (186, 176, 190), (168, 180, 170),
)  # fmt: skip
_GROUNDS: tuple[tuple[Colour, Colour, Colour], ...] = (
    # pavement, road, front strip
    ((188, 182, 172), (104, 106, 112), (126, 150, 96)),
    ((178, 172, 176), (92, 94, 104), (176, 164, 142)),
    ((196, 186, 166), (116, 112, 110), (112, 140, 92)),
)


def paint_background(ground: Ground, mood: Mood, margin: int, rng: np.random.Generator) -> NDArray[np.uint8]:
    """The empty street, (height + 2 margin, width + 2 margin, 3); the picture's corner is at ``margin``."""
    scale = _SUPERSAMPLING
    height, width = ground.height + 2 * margin, ground.width + 2 * margin
    rows = (np.arange(height * scale) + 0.5) / scale - margin
    columns = (np.arange(width * scale) + 0.5) / scale - margin
    sheet = _sky(rows, len(columns), ground, mood, rng)
    kerb = ground.horizon + HOUSES * (ground.height - ground.horizon)
    first = int(np.searchsorted(rows, kerb))
    sheet[first:] = _ground_strips(rows[first:], columns, ground, rng)
    _houses(sheet, first, scale, ground, mood, rng)
    sheet = np.clip(sheet, 0, 255).astype(np.uint8)
    return np.asarray(cv2.resize(sheet, (width, height), interpolation=cv2.INTER_AREA), np.uint8)


def octaves(
    shape: tuple[int, int], cells: int, rng: np.random.Generator, count: int = 4
) -> NDArray[np.float32]:
    """Smooth random field in about -1..1: ``count`` grids, each twice as fine and half as strong."""
    field = np.zeros(shape, np.float32)
    for octave in range(count):
        fine = cells * 2**octave
        grid = rng.uniform(-1, 1, (fine + 1, fine + 1)).astype(np.float32)
        field += cv2.resize(grid, shape[::-1], interpolation=cv2.INTER_CUBIC) / 2**octave
    return field / np.float32(1.4)


def _sky(
    rows: Floats, width: int, ground: Ground, mood: Mood, rng: np.random.Generator
) -> NDArray[np.float32]:
    share = np.clip(rows / ground.horizon, 0, 1)[:, None, None]
    sky = np.array(mood.zenith) * (1 - share) + np.array(mood.haze) * share
    sheet = np.repeat(sky, width, axis=1).astype(np.float32)
    clouds = np.clip(octaves((len(rows), width), 3, rng) - 0.15, 0, 0.5)[..., None]
    return sheet + clouds * (np.array([255, 252, 248], np.float32) - sheet)


def _ground_strips(
    rows: Floats, columns: Floats, ground: Ground, rng: np.random.Generator
) -> NDArray[np.float32]:
    """Pavement, road with lane marks, pavement, front strip; textures lie in perspective."""
    x, z = ground.unproject(columns[None, :], rows[:, None])
    z = np.broadcast_to(z, x.shape)
    share = np.broadcast_to(((rows - ground.horizon) / (ground.height - ground.horizon))[:, None], x.shape)
    pavement, road, front = (np.array(c, np.float32) for c in _GROUNDS[rng.integers(len(_GROUNDS))])
    is_road = (share >= FAR_KERB) & (share < NEAR_KERB)
    is_front = share >= FRONT
    sheet = np.where(is_road[..., None], road, np.where(is_front[..., None], front, pavement))
    tile = 0.9
    joint = ((x / tile) % 1 < 0.05) | ((z / tile) % 1 < 0.07)
    sheet[joint & ~is_road & ~is_front] *= 0.88
    for edge in (FAR_KERB, NEAR_KERB):
        kerb = (share >= edge - 0.018) & (share < edge)
        sheet[kerb] = pavement * (1.10 if edge == FAR_KERB else 0.86)
    middle = (FAR_KERB + NEAR_KERB) / 2 - 0.03
    dash = (np.abs(share - middle) < 0.012) & ((x / 2.6) % 1 < 0.45)
    sheet[dash] = (226, 222, 204)
    grain = _laid_flat(octaves((256, 256), 16, rng, 5), x, z)
    stains = octaves((len(rows), len(columns)), 4, rng, 3)
    strength = np.where(is_front, 0.13, 0.07)
    return (sheet * (1 + strength * grain + 0.05 * stains)[..., None]).astype(np.float32)


def _laid_flat(tile: NDArray[np.float32], x: Floats, z: Floats) -> NDArray[np.float32]:
    """A texture tile of 8 by 8 metres, repeated over the ground."""
    unit = len(tile) / 8.0
    columns, rows = (x * unit).astype(np.float32), (z * unit).astype(np.float32)
    laid = cv2.remap(tile, columns, rows, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT)
    return np.asarray(laid, np.float32)


def _houses(
    sheet: NDArray[np.float32], base: int, scale: int, ground: Ground, mood: Mood, rng: np.random.Generator
) -> None:
    """A row of fronts from left to right, with windows and doors; paler with the haze."""
    storey = 0.105 * ground.height * scale
    left = -int(rng.integers(0, int(storey)))
    while left < sheet.shape[1]:
        width = int(storey * rng.uniform(1.8, 3.6))
        floors = int(rng.integers(2, 5))
        if rng.random() < 0.14:
            left += int(0.5 * width)
            continue
        wall = mix(_WALLS[rng.integers(len(_WALLS))], mood.haze, 0.22)
        top = max(base - int(storey * (floors + 0.25)), 0)
        _house(sheet, (left, top, left + width, base), floors, storey, wall, rng)
        left += width
    front = sheet[:base]
    front *= 1 + 0.05 * octaves((base, sheet.shape[1]), 12, rng, 4)[..., None]


def _house(
    sheet: NDArray[np.float32],
    box: tuple[int, int, int, int],
    floors: int,
    storey: float,
    wall: Colour,
    rng: np.random.Generator,
) -> None:
    left, top, right, base = box
    _fill(sheet, left, top, right, base, wall)
    _fill(sheet, left, top, right, top + int(0.1 * storey), shade(wall, 0.75))
    _fill(sheet, right - int(0.05 * storey) - 1, top, right, base, shade(wall, 0.82))
    count = max(2, int((right - left) / (0.75 * storey)))
    pitch = (right - left) / count
    glass, lit = (112, 132, 150), (240, 214, 150)
    for floor in range(floors):
        y = base - int(storey * (floor + 0.85))
        for column in range(count):
            x = left + int(pitch * (column + 0.28))
            wide, tall = int(0.44 * pitch), int(0.5 * storey)
            pane = lit if rng.random() < 0.12 else shade(glass, rng.uniform(0.8, 1.2))
            _fill(sheet, x - 2, y - 2, x + wide + 2, y + tall + 2, shade(wall, 1.16))
            _fill(sheet, x, y, x + wide, y + tall, pane)
            _fill(sheet, x + wide // 2 - 1, y, x + wide // 2 + 1, y + tall, shade(wall, 1.1))
    door = left + int(pitch * (rng.integers(count) + 0.25))
    tone = shade(wall, rng.uniform(0.4, 0.65))
    _fill(sheet, door, base - int(0.8 * storey), door + int(0.42 * pitch), base, tone)


def _fill(sheet: NDArray[np.float32], left: int, top: int, right: int, bottom: int, colour: Colour) -> None:
    sheet[max(top, 0) : max(bottom, 0), max(left, 0) : max(right, 0)] = colour
