"""Clips in another place and size: zoom and shift, and mosaics of four."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from neuromorph_track.training.draws import Mosaic, Zoom
from neuromorph_track.training.films import Pictures, Truth

# Of an object, less inside the picture than this is too little to learn from.
LEAST_INSIDE = 0.3


class Clip(NamedTuple):
    """Pictures (L, H, W, 3), one truth for each, and whether boxes reach beyond the picture."""

    pictures: Pictures
    truths: list[Truth]
    whole_boxes: bool


class _Window(NamedTuple):
    """A part of a picture, in whole pixels."""

    left: int
    top: int
    right: int
    bottom: int

    @property
    def size(self) -> tuple[int, int]:
        return self.right - self.left, self.bottom - self.top


def zoomed(clip: Clip, zoom: Zoom, shift: tuple[float, float], pad: float) -> Clip:
    """The clip enlarged by ``zoom.scale`` and shifted, in pictures of the same size.

    Objects of which less than :data:`LEAST_INSIDE` stays inside are ignored, those that are gone left out.
    """
    height, width = clip.pictures.shape[1:3]
    canvas = np.full_like(clip.pictures, round(pad))
    moved = (shift[0] * width, shift[1] * height)
    truths = _paste(canvas, clip, zoom, _Window(0, 0, width, height), moved)
    return Clip(canvas, truths, clip.whole_boxes)


def mosaic(clips: Sequence[Clip], how: Mosaic, pad: float) -> Clip:
    """Four clips around a centre, each as large as its quarter or up to half as large again, cut there."""
    height, width = clips[0].pictures.shape[1:3]
    x, y = round(how.centre[0] * width), round(how.centre[1] * height)
    quarters = (
        _Window(0, 0, x, y),
        _Window(x, 0, width, y),
        _Window(0, y, x, height),
        _Window(x, y, width, height),
    )
    canvas = np.full_like(clips[0].pictures, round(pad))
    parts = []
    for clip, zoom, quarter in zip(clips, how.zooms, quarters, strict=True):
        fills = max(quarter.size[0] / width, quarter.size[1] / height)
        parts.append(_paste(canvas, clip, Zoom(zoom.scale * fills, zoom.x, zoom.y), quarter))
    truths = [Truth.joined(frame) for frame in zip(*parts, strict=True)]
    return Clip(canvas, truths, any(clip.whole_boxes for clip in clips))


def _paste(
    canvas: Pictures, clip: Clip, zoom: Zoom, window: _Window, shift: tuple[float, float] = (0.0, 0.0)
) -> list[Truth]:
    """Lay a clip into a window of ``canvas``; returns its truths there."""
    height, width = clip.pictures.shape[1:3]
    size = max(round(width * zoom.scale), 1), max(round(height * zoom.scale), 1)
    spare = [inside - whole for inside, whole in zip(window.size, size, strict=True)]
    # -1 puts the left edges together, 1 the right ones.
    left = window.left + round(spare[0] * (1 + zoom.x) / 2 + shift[0])
    top = window.top + round(spare[1] * (1 + zoom.y) / 2 + shift[1])
    seen = _Window(
        max(left, window.left),
        max(top, window.top),
        min(left + size[0], window.right),
        min(top + size[1], window.bottom),
    )
    if min(seen.size) > 0:
        method = cv2.INTER_AREA if zoom.scale < 1 else cv2.INTER_LINEAR
        for target, picture in zip(canvas, clip.pictures, strict=True):
            resized = cv2.resize(picture, size, interpolation=method)
            target[seen.top : seen.bottom, seen.left : seen.right] = resized[
                seen.top - top : seen.bottom - top, seen.left - left : seen.right - left
            ]
    scale = np.array([size[0] / width, size[1] / height] * 2)
    return [_cut(truth, scale, np.array([left, top] * 2), seen, clip.whole_boxes) for truth in clip.truths]


def _cut(
    truth: Truth, scale: NDArray[np.floating], offset: NDArray[np.floating], seen: _Window, whole_boxes: bool
) -> Truth:
    moved = truth.xyxy * scale + offset
    inside = np.clip(moved, [seen.left, seen.top] * 2, [seen.right, seen.bottom] * 2)
    share = _areas(inside) / np.maximum(_areas(moved), 1e-9)
    edges = moved if whole_boxes else inside
    found = Truth(
        edges.astype(np.float32), truth.class_id, truth.ignored | (share < LEAST_INSIDE), truth.identity
    )
    return found[share > 0]


def _areas(xyxy: NDArray[np.floating]) -> NDArray[np.floating]:
    return np.maximum(xyxy[:, 2:] - xyxy[:, :2], 0).prod(1)
