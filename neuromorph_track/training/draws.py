"""What is drawn for a clip: which pictures, and how they are changed. All numbers come from seed and step."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from neuromorph_track.training.tables import Augment

# Of a mosaic's centre, as a share of the sides.
CENTRE = (0.3, 0.7)
# How much larger than its quarter a picture of a mosaic is.
LARGEST_TILE = 1.5
CONTRAST, BRIGHTNESS = 0.2, 20.0
# What is searched is lit otherwise than its template by so much of the largest change.
OWN_LIGHT = 0.5


@dataclass(frozen=True)
class Pick:
    """Consecutive frames of film ``film`` of table ``table``, from ``start`` on."""

    table: int
    film: int
    start: int


@dataclass(frozen=True)
class Zoom:
    """Pictures enlarged by ``scale``; ``x`` and ``y``, -1 to 1, say where they lie.

    At -1 their left (or top) edge lies on the frame's, at 1 the right (or bottom) ones do.
    """

    scale: float
    x: float
    y: float


@dataclass(frozen=True)
class Mosaic:
    """Three more clips and how all four lie around a centre, a share of the sides; first row first."""

    centre: tuple[float, float]
    others: tuple[Pick, Pick, Pick]
    zooms: tuple[Zoom, Zoom, Zoom, Zoom]


@dataclass(frozen=True)
class Draw:
    """One clip of a batch.

    Attributes
    ----------
    pick : Pick
    mosaic : Mosaic or None
    zoom : Zoom or None
        With ``shift`` after it.
    shift : (float, float)
        As a share of the sides.
    mirrored : bool
    contrast : (3,) float64
    brightness : float
    """

    pick: Pick
    mosaic: Mosaic | None
    zoom: Zoom | None
    shift: tuple[float, float]
    mirrored: bool
    contrast: NDArray[np.float64]
    brightness: float


class Dice:
    """Draws the clips of a batch.

    Parameters
    ----------
    lengths : sequence of sequences of int
        Frames of each film of each table.
    weights : sequence of float
        Of the tables.
    augment : Augment
    """

    def __init__(self, lengths: Sequence[Sequence[int]], weights: Sequence[float], augment: Augment) -> None:
        self._lengths, self._augment = lengths, augment
        self._shares = np.array(weights, np.float64) / np.sum(weights)

    def batch(self, seed: int, step: int, size: int, span: int, plain: bool) -> list[Draw]:
        """The draws of optimiser step ``step``: the same for the same seed, whenever they are asked for.

        Parameters
        ----------
        span : int
            Frames that a clip takes of its film.
        plain : bool
            Without mosaic, zoom and shift.
        """
        generator = np.random.default_rng((seed, step))
        return [self._draw(generator, span, plain) for _ in range(size)]

    def _draw(self, generator: np.random.Generator, span: int, plain: bool) -> Draw:
        augment = self._augment
        pick = self._pick(generator, span)
        mosaic, zoom, shift = None, None, (0.0, 0.0)
        if not plain and augment.mosaic and generator.random() < augment.mosaic:
            mosaic = self._mosaic(generator, span)
        if not plain and augment.moves:
            scale = float(np.exp(generator.uniform(*np.log(augment.zoom))))
            zoom = _zoom(generator, scale)
            x, y = generator.uniform(-augment.shift, augment.shift, size=2)
            shift = (float(x), float(y))
        mirrored = bool(generator.random() < augment.mirror)
        contrast = generator.uniform(1 - CONTRAST, 1 + CONTRAST, size=3)
        return Draw(pick, mosaic, zoom, shift, mirrored, contrast, generator.uniform(-BRIGHTNESS, BRIGHTNESS))

    def _pick(self, generator: np.random.Generator, span: int) -> Pick:
        # One table alone takes no number, so that recipes with one keep the clips they always had.
        table = int(generator.choice(len(self._shares), p=self._shares)) if len(self._shares) > 1 else 0
        film = int(generator.integers(len(self._lengths[table])))
        return Pick(table, film, int(generator.integers(self._lengths[table][film] - span + 1)))

    def _mosaic(self, generator: np.random.Generator, span: int) -> Mosaic:
        x, y = generator.uniform(*CENTRE, size=2)
        first, second, third = (self._pick(generator, span) for _ in range(3))
        a, b, c, d = (_zoom(generator, generator.uniform(1, LARGEST_TILE)) for _ in range(4))
        return Mosaic((float(x), float(y)), (first, second, third), (a, b, c, d))


def _zoom(generator: np.random.Generator, scale: float) -> Zoom:
    x, y = generator.uniform(-1, 1, size=2)
    return Zoom(scale, float(x), float(y))


def jittered(
    generator: np.random.Generator, cxcywh: NDArray[np.float64], shift: float, zoom: float
) -> NDArray[np.float64]:
    """A box (4,) moved by up to ``shift`` times sqrt(w h), the log of its size by a normal times ``zoom``."""
    away = generator.uniform(-shift, shift, 2) * math.sqrt(cxcywh[2] * cxcywh[3])
    scale = math.exp(float(np.clip(generator.normal(), -2, 2)) * zoom)
    return np.array([*(cxcywh[:2] + away), *(cxcywh[2:] * scale)])


def relit(
    generator: np.random.Generator, template: NDArray[np.uint8], search: NDArray[np.uint8]
) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """Pictures (..., 3) of both in another light, and each in one a little of its own."""
    contrast = generator.uniform(-CONTRAST, CONTRAST, 3)
    brightness = generator.uniform(-BRIGHTNESS, BRIGHTNESS)
    own = OWN_LIGHT * generator.uniform(-1, 1, 2)
    found = []
    for picture, change in ((template, -own), (search, own)):
        changed = (picture - 127.5) * (1 + contrast + CONTRAST * change[0])
        changed += 127.5 + brightness + BRIGHTNESS * change[1]
        found.append(np.clip(np.round(changed), 0, 255).astype(np.uint8))
    return found[0], found[1]
