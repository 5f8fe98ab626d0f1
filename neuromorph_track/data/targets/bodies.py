"""Things to follow: rigid, soft, jointed or walking; one shape can be made of any surface."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

import cv2
import numpy as np

from neuromorph_track.data.scenes.canvas import Canvas
from neuromorph_track.data.scenes.sprites import Pose
from neuromorph_track.data.scenes.walker import Walker
from neuromorph_track.data.targets.jointed import limbs, pair
from neuromorph_track.data.targets.making import Making, piece, side_of
from neuromorph_track.data.targets.outlines import Outline, Sheet, blob, polygon, superellipse
from neuromorph_track.data.targets.surfaces import Look

_RIGID: dict[str, Callable[[np.random.Generator], Outline]] = {
    "polygon": polygon,
    "ellipse": superellipse,
    "blob": blob,
}


class Body(Protocol):
    """What a thing looks like at any time, upright and by itself.

    Attributes
    ----------
    side : float
        sqrt(w h) of the box around the solid pixels of ``sheet(0)``, in its pixels.
    leaning : float
        Which share of its path's rotation it takes part in.
    """

    side: float
    leaning: float

    def sheet(self, frame: float) -> Sheet:
        """The thing in one frame, or between two."""


def make_body(kind: str, shape_seed: np.random.SeedSequence, look: Look, making: Making) -> Body:
    """A body; the same seed gives the same shape and motion, whatever the look.

    Parameters
    ----------
    kind : str
        One of ``KINDS``.
    """
    rng = np.random.default_rng(shape_seed)
    if kind == "walker":
        return _Walking(rng, look, making)
    if kind == "limbs":
        return limbs(rng, look, making)
    if kind == "pair":
        return pair(rng, look, making)
    if kind == "soft":
        return _Soft(blob(rng) * 0.76, rng, look, making)
    return _Rigid(_RIGID[kind](rng) * 0.95, look, making)


class _Rigid:
    leaning = 1.0

    def __init__(self, outline: Outline, look: Look, making: Making) -> None:
        self._sheet = piece(outline, look, making)
        self.side = side_of(self._sheet)

    def sheet(self, frame: float) -> Sheet:
        return self._sheet


class _Soft:
    """Waves of three directions run through it."""

    leaning = 1.0

    def __init__(self, outline: Outline, rng: np.random.Generator, look: Look, making: Making) -> None:
        n = making.n
        self._still = piece(outline, look, making)
        rows, columns = np.mgrid[0:n, 0:n].astype(np.float32)
        self._grid = columns, rows
        waves = rng.normal(0, 3.2 / n, (3, 2))
        self._phases = [(wx * columns + wy * rows).astype(np.float32) for wx, wy in waves]
        self._rates, self._starts = rng.uniform(0.15, 0.4, 3), rng.uniform(0, 2 * np.pi, 3)
        reach = rng.normal(0, 1, (3, 2))
        # Together they may not push it over the edge of its sheet.
        self._reach = reach / np.abs(reach).sum(axis=0) * making.deform * 0.11 * n
        self.side = side_of(self.sheet(0))

    def sheet(self, frame: float) -> Sheet:
        columns, rows = self._grid[0].copy(), self._grid[1].copy()
        parts = zip(self._phases, self._rates, self._starts, self._reach, strict=True)
        for phase, rate, start, (right, down) in parts:
            wave = np.sin(phase + np.float32(start + rate * frame))
            columns += wave * np.float32(right)
            rows += wave * np.float32(down)
        return np.asarray(cv2.remap(self._still, columns, rows, cv2.INTER_LINEAR), np.uint8)


class _Walking:
    """The walker of the street scenes, in clothes of any stuff."""

    leaning = 0.1

    def __init__(self, rng: np.random.Generator, look: Look, making: Making) -> None:
        self._walker = Walker(rng)
        self._n, self._effort = making.n, making.deform
        self._stride = rng.uniform(0.02, 0.045)
        self._facing = int(rng.choice([-1, 1]))
        self._cloth = look.surface(making.n)
        self.side = side_of(self.sheet(0))

    def sheet(self, frame: float) -> Sheet:
        n = self._n
        size = 0.86 * n
        pose = Pose(n / 2, 0.95 * n, size, self._facing, self._stride * frame, 0.0, self._effort, 0.0, 0.0)
        canvas = Canvas(pose.u, pose.v, size, self._walker.reach, self._facing)
        self._walker.draw(canvas, pose)
        layer = canvas.layer()
        rgba = np.zeros((n, n, 4), np.uint8)
        target, own = layer.window(n, n)
        rgba[target] = layer.rgba[own]
        # The drawing keeps its light and dark, the stuff gives colour and pattern.
        shade = rgba[..., :3].max(axis=2).astype(np.float32) * np.float32(0.6 / 255) + np.float32(0.4)
        cloth = self._cloth * (shade * (rgba[..., 3] * np.float32(1 / 255)))[..., None]
        mixed = np.float32(0.35) * rgba[..., :3] + np.float32(0.65) * cloth
        rgba[..., :3] = np.minimum(mixed, rgba[..., 3:]).astype(np.uint8)
        return rgba
