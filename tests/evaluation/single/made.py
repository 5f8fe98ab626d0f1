"""Sequences without pictures, for scores."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from neuromorph_track.data.single import SingleSequence
from neuromorph_track.data.single.sequence import with_known_boxes
from neuromorph_track.errors import InputError


class NoPictures:
    """Frames that nobody has; only their size may be known."""

    name, fps, frames, ended_early = "none", 1.0, None, None

    def __init__(self, size: tuple[int, int] | None = None) -> None:
        self._size = size

    @property
    def size(self) -> tuple[int, int]:
        if self._size is None:
            raise InputError("none", "folder", "nothing", "a folder of pictures")
        return self._size

    def __iter__(self) -> Iterator[np.ndarray]:
        raise AssertionError("scores need no pictures")

    def __getitem__(self, index: int) -> np.ndarray:
        raise AssertionError("scores need no pictures")

    def fingerprint(self) -> str:
        return ""


def sequence(
    boxes: object,
    absent: list[bool] | None = None,
    kind: str = "otb",
    name: str = "A",
    attributes: tuple[str, ...] = (),
    size: tuple[int, int] | None = None,
) -> SingleSequence:
    truth = np.array(boxes, np.float64)
    flags = None if absent is None else np.array(absent)
    return with_known_boxes(name, kind, NoPictures(size), truth, flags, attributes)


def random_boxes(rng: np.random.Generator, frames: int, whole: bool = False) -> np.ndarray:
    """Boxes around a walk, some of them beyond the edges of a picture of 200 x 150."""
    walk = np.array([90.0, 60.0]) + np.cumsum(rng.normal(0, 4, (frames, 2)), axis=0)
    boxes = np.column_stack([walk, rng.uniform(5, 60, (frames, 2))])
    return np.round(boxes) if whole else boxes
