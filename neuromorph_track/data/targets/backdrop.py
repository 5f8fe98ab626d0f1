"""What lies behind everything: a wide textured field full of things, and a nearer layer of some more."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
from numpy.typing import NDArray

from neuromorph_track.data.scenes.canvas import Layer
from neuromorph_track.data.targets.bodies import make_body
from neuromorph_track.data.targets.field import paint_field
from neuromorph_track.data.targets.making import Making
from neuromorph_track.data.targets.noise import waves
from neuromorph_track.data.targets.outlines import Sheet
from neuromorph_track.data.targets.paths import Camera
from neuromorph_track.data.targets.placing import Pose, blurred, place, way
from neuromorph_track.data.targets.spec import TargetSpec
from neuromorph_track.data.targets.surfaces import Look, Picture

_LARGEST_FIELD = 1600
_NEARER = 1.45
_STOCK_SHEET = 72
_KINDS = ("polygon", "ellipse", "blob", "blob", "limbs", "pair")


class Backdrop:
    """The field and what stands on it; seen through the camera of one frame by :meth:`view`."""

    def __init__(
        self, spec: TargetSpec, making: Making, pictures: list[Picture], rng: np.random.Generator
    ) -> None:
        self._size = (spec.width, spec.height)
        self._blur = spec.blur
        side = min(2 * max(self._size), _LARGEST_FIELD)
        self._far = paint_field(side, pictures, rng)
        shade = 1.1 + np.float32(0.5) * waves(side, 2, rng, 3)[..., None]
        self._far = np.clip(self._far * shade, 0, 255).astype(np.uint8)
        stock = _stock(making, pictures, rng) if spec.clutter else []
        pictures_wide = side * side / (spec.width * spec.height)
        for _ in range(round(spec.clutter * pictures_wide)):
            _drop(self._far, stock, spec.size * rng.uniform(0.5, 1.1) / rng.uniform(0.3, 1), rng)
        self._near: Sheet | None = None
        if spec.pan and spec.clutter:
            near = np.zeros((side, side, 4), np.uint8)
            for _ in range(round(0.15 * spec.clutter * pictures_wide)):
                _drop(near, stock, spec.size * rng.uniform(0.8, 2.2), rng)
            self._near = near
        self._far, self._near = _developed(self._far, self._near, rng)

    def view(self, camera: Camera, index: int) -> NDArray[np.uint8]:
        """The picture without target, (height, width, 3)."""
        picture = self._through(self._far, camera, index, 1.0, cv2.BORDER_REFLECT)
        if self._near is not None:
            near = self._through(self._near, camera, index, _NEARER, cv2.BORDER_REFLECT)
            Layer(0, 0, near).paint(picture)
        return picture

    def _through(
        self, sheet: NDArray[np.uint8], camera: Camera, index: int, depth: float, border: int
    ) -> NDArray[np.uint8]:
        zoom, roll = camera.zoom[index], camera.roll[index]
        linear = np.array([[np.cos(roll), -np.sin(roll)], [np.sin(roll), np.cos(roll)]]) / zoom
        middle = np.array(self._size) / 2 - 0.5
        at = len(sheet) / 2 + depth * camera.offset[index]
        matrix = np.column_stack([linear, at - linear @ (middle + camera.shake[index])])
        flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
        view = cv2.warpAffine(sheet, matrix, self._size, flags=flags, borderMode=border)
        du, dv = self._way(camera, index, depth)
        return np.array(blurred(np.asarray(view, np.uint8), (du, dv), cv2.BORDER_REPLICATE))

    def _way(self, camera: Camera, index: int, depth: float) -> tuple[float, float]:
        moved = way(camera.shake - depth * camera.zoom[:, None] * camera.offset, index)
        return moved[0] * self._blur, moved[1] * self._blur


def _developed(
    far: NDArray[np.uint8], near: Sheet | None, rng: np.random.Generator
) -> tuple[NDArray[np.uint8], Sheet | None]:
    """Paler, flatter and less sharp than they were painted, each to a degree drawn at random."""
    paint, depth, grey = rng.uniform(0.25, 1), rng.uniform(0.4, 1), rng.uniform(60, 180)
    mixed = depth * (paint * np.eye(3) + (1 - paint) / 3)
    if rng.random() < 0.4:
        far = np.asarray(cv2.GaussianBlur(far, (0, 0), rng.uniform(0.5, 1.6)), np.uint8)
    lift = (1 - depth) * grey
    far = np.asarray(cv2.transform(far, np.column_stack([mixed, np.full(3, lift)])), np.uint8)
    if near is not None:
        # Colours of this sheet are multiplied by coverage, and so is the lift.
        matrix = np.zeros((4, 4))
        matrix[:3, :3], matrix[:3, 3], matrix[3, 3] = mixed, lift / 255, 1
        near = np.asarray(cv2.transform(near, matrix), np.uint8)
    return far, near


def _stock(making: Making, pictures: list[Picture], rng: np.random.Generator) -> list[tuple[Sheet, float]]:
    """A dozen things, and their sides in pixels of their sheets."""
    making = replace(making, n=min(making.n, _STOCK_SHEET))
    things = []
    for _ in range(12):
        seed = np.random.SeedSequence(rng.integers(0, 2**32, 4).tolist())
        body = make_body(str(rng.choice(_KINDS)), seed, Look.drawn(rng, pictures), making)
        things.append((body.sheet(0), body.side))
    return things


def _drop(
    field: NDArray[np.uint8], stock: list[tuple[Sheet, float]], size: float, rng: np.random.Generator
) -> None:
    """Put one thing somewhere on a field of three or four channels, in place."""
    sheet, own = stock[rng.integers(len(stock))]
    u, v = rng.uniform(0, len(field), 2)
    pose = Pose(u, v, size / own, rng.uniform(0, 2 * np.pi), rng.uniform(0.7, 1.4))
    thing = place(sheet, pose, field.shape[:2])  # type: ignore[arg-type]
    if field.shape[2] == 3:
        thing.shadow((0.06 * size, 0.08 * size), 0.4).paint(field)
        thing.layer.paint(field)
        return
    target, part = thing.layer.window(*field.shape[:2])
    rgba = thing.layer.rgba[part]
    rest = (255 - rgba[..., 3:]).astype(np.float32) * np.float32(1 / 255)
    field[target] = np.minimum(field[target] * rest + rgba, 255).astype(np.uint8)
