"""What a thing is made of: patterns in the colours of one palette, or cuttings of a user's pictures."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from neuromorph_track.data.pictures import read_picture
from neuromorph_track.data.targets.colours import Palette, draw_palette, paint
from neuromorph_track.data.targets.patterns import draw_pattern

Picture = NDArray[np.uint8]
"""(h, w, 3) RGB."""

# How often a user's picture is taken where there are any.
_PICTURE_SHARE = 0.6
_LARGEST_PICTURE = 640


def read_pictures(paths: Iterable[Path]) -> list[Picture]:
    """Photographs to cut surfaces from, none larger than needed.

    Raises
    ------
    InputError
        When one cannot be read.
    """
    pictures = []
    for path in paths:
        picture = read_picture(path)
        scale = _LARGEST_PICTURE / max(picture.shape)
        if scale < 1:
            picture = np.asarray(
                cv2.resize(picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA), np.uint8
            )
        pictures.append(picture)
    return pictures


@dataclass(frozen=True)
class Look:
    """Colours and a stream of patterns.

    Attributes
    ----------
    rng : Generator
        Where patterns are drawn from.
    palette : (256, 3) uint8
    picture : (h, w, 3) uint8, optional
        Surfaces are cut from here.
    """

    rng: np.random.Generator
    palette: Palette
    picture: Picture | None = None

    @classmethod
    def drawn(cls, rng: np.random.Generator, pictures: Sequence[Picture] = ()) -> Look:
        """Any look; of a picture in most cases where there are some."""
        palette = draw_palette(rng)
        if pictures and rng.random() < _PICTURE_SHARE:
            return cls(rng, palette, pictures[rng.integers(len(pictures))])
        return cls(rng, palette)

    def alike(self, rng: np.random.Generator) -> Look:
        """The same colours (the same picture) with other patterns."""
        return Look(rng, self.palette, self.picture)

    def surface(self, n: int, grown: float = 0.5) -> NDArray[np.uint8]:
        """The next surface, (n, n, 3); ``grown`` is the share of patterns that nature makes."""
        if self.picture is None:
            return paint(draw_pattern(n, self.rng, grown), self.palette)
        height, width = self.picture.shape[:2]
        side = int(min(height, width) * self.rng.uniform(0.25, 0.9))
        top, left = self.rng.integers(0, height - side + 1), self.rng.integers(0, width - side + 1)
        cutting = self.picture[top : top + side, left : left + side]
        way = cv2.INTER_AREA if side > n else cv2.INTER_LINEAR
        return np.asarray(cv2.resize(cutting, (n, n), interpolation=way), np.uint8)
