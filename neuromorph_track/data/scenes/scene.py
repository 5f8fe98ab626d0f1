"""Frames and exact truth of one scene."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from neuromorph_track.data.scenes.background import paint_background
from neuromorph_track.data.scenes.camera import camera_offsets
from neuromorph_track.data.scenes.canvas import Layer
from neuromorph_track.data.scenes.car import Car
from neuromorph_track.data.scenes.clutter import Furniture, place_furniture
from neuromorph_track.data.scenes.ground import Ground
from neuromorph_track.data.scenes.jelly import Jelly
from neuromorph_track.data.scenes.light import MOODS, Light
from neuromorph_track.data.scenes.paths import Path, plan_paths
from neuromorph_track.data.scenes.spec import SceneSpec
from neuromorph_track.data.scenes.sprites import Pose, Sprite, render
from neuromorph_track.data.scenes.walker import Walker

_SPRITES: dict[str, Callable[[np.random.Generator], Sprite]] = {"walker": Walker, "car": Car, "jelly": Jelly}


@dataclass(frozen=True)
class _Actor:
    number: int
    path: Path
    sprite: Sprite


@dataclass(frozen=True)
class _Placed:
    """A layer of the painter's stack; furniture has number 0 and casts no shadow."""

    distance: float
    number: int
    layer: Layer
    shadow: Layer | None = None


@dataclass(frozen=True)
class SceneTruth:
    """All objects of one frame of which at least one pixel is seen.

    Attributes
    ----------
    xyxy : (N, 4) float32
        Left, top, right, bottom in pixels around the whole object, hidden parts too, cut at the edges of
        the picture. A pixel belongs to an object that covers at least half of it, motion blur included.
    track_id : (N,) int64
        From 1; one number for one object over the whole scene.
    class_id : (N,) int64
        Index into ``SceneSpec.classes``.
    visibility : (N,) float32
        Share of the object's pixels that are inside the picture and not hidden, above 0 up to 1.
    ignored : (N,) bool
        Visibility below ``SceneSpec.min_visibility``.
    """

    xyxy: NDArray[np.float32]
    track_id: NDArray[np.int64]
    class_id: NDArray[np.int64]
    visibility: NDArray[np.float32]
    ignored: NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.track_id)


class Scene:
    """A scene, made when it is constructed; frames are rendered when asked for, in any order.

    ``scene[i]`` gives ``(frame, truth)`` with ``frame`` (height, width, 3) uint8 RGB. The pictures
    depend on the spec and ``i`` alone.
    """

    def __init__(self, spec: SceneSpec) -> None:
        self.spec = spec
        self.ground = Ground.of(spec)
        streams = np.random.SeedSequence(spec.seed).spawn(6)
        plan, looks, street, furniture, camera, light = (np.random.default_rng(s) for s in streams)
        self.paths = plan_paths(spec, self.ground, plan)
        self._actors = [
            _Actor(number, path, _SPRITES[path.name](looks))
            for number, path in enumerate(self.paths, start=1)
        ]
        self._offsets = camera_offsets(spec, camera)
        mood = MOODS[light.integers(len(MOODS))]
        self._light = Light(spec, mood, light)
        self._margin = int(np.ceil(spec.pan + spec.shake)) + 2
        self._background = paint_background(self.ground, mood, self._margin, street)
        self._furniture = self._furnish(furniture)

    def __len__(self) -> int:
        return self.spec.frames

    def __iter__(self) -> Iterator[tuple[NDArray[np.uint8], SceneTruth]]:
        return (self[index] for index in range(len(self)))

    def __getitem__(self, index: int) -> tuple[NDArray[np.uint8], SceneTruth]:
        if not -len(self) <= index < len(self):
            raise IndexError(f"frame {index} of a scene of {len(self)} frames")
        index %= len(self)
        du, dv = self._offsets[index]
        picture = self._view(du, dv)
        stack = self._stack(index, du, dv)
        owner = np.zeros(picture.shape[:2], np.int32)
        for placed in stack:
            if placed.shadow is not None:
                placed.shadow.paint(picture)
            placed.layer.paint(picture)
            target, own = placed.layer.window(*owner.shape)
            owner[target][placed.layer.solid[own]] = placed.number
        noise = np.random.default_rng([self.spec.seed, index])
        return self._light.expose(picture, index, noise), self._truth(stack, owner)

    def _furnish(self, rng: np.random.Generator) -> list[tuple[Furniture, Layer]]:
        """Paint furniture behind all objects into the background; return what objects can pass behind."""
        pieces = place_furniture(self.spec.clutter, self.ground, self.spec.occlusion, rng)
        farthest = max((float(path.distance.max()) for path in self.paths), default=0.0)
        still = [p for p in pieces if p.z > farthest or not self.spec.occlusion]
        for piece in sorted(still, key=lambda piece: -piece.z):
            piece.layer(self.ground, (-self._margin, -self._margin)).paint(self._background)
        return [(p, p.layer(self.ground, (0.0, 0.0))) for p in pieces if p not in still]

    def _view(self, du: float, dv: float) -> NDArray[np.uint8]:
        """The background as the camera sees it."""
        spec, margin = self.spec, self._margin
        if du == 0 and dv == 0:
            return self._background[margin : margin + spec.height, margin : margin + spec.width].copy()
        matrix = np.array([[1, 0, margin + du], [0, 1, margin + dv]])
        flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
        view = cv2.warpAffine(self._background, matrix, (spec.width, spec.height), flags=flags)
        return np.asarray(view, np.uint8)

    def _stack(self, index: int, du: float, dv: float) -> list[_Placed]:
        """All layers of a frame from the farthest to the nearest."""
        stack = [_Placed(piece.z, 0, layer) for piece, layer in self._standing(du, dv)]
        for actor in self._actors:
            if actor.path.start <= index < actor.path.stop:
                age = index - actor.path.start
                pose = self._pose(actor.path, age, du, dv)
                layer = render(actor.sprite, pose)
                shadow = self._light.shadow(layer, pose.v)
                stack.append(_Placed(float(actor.path.distance[age]), actor.number, layer, shadow))
        return sorted(stack, key=lambda placed: (-placed.distance, placed.number))

    def _standing(self, du: float, dv: float) -> list[tuple[Furniture, Layer]]:
        """Furniture that objects can pass behind; redrawn only while the camera is away from its place."""
        if du == 0 and dv == 0:
            return self._furniture
        return [(piece, piece.layer(self.ground, (du, dv))) for piece, _ in self._furniture]

    def _pose(self, path: Path, age: int, du: float, dv: float) -> Pose:
        last = min(age + 1, len(path.u) - 1)
        first = last - 1
        shutter = self.spec.blur
        return Pose(
            u=float(path.u[age]) - du,
            v=float(path.v[age]) - dv,
            size=float(path.size[age]),
            facing=int(path.facing[age]),
            travelled=float(path.travelled[age]),
            seconds=age / self.spec.fps,
            effort=float(path.effort[age]),
            du=float(path.u[last] - path.u[first]) * shutter,
            dv=float(path.v[last] - path.v[first]) * shutter,
        )

    def _truth(self, stack: list[_Placed], owner: NDArray[np.int32]) -> SceneTruth:
        seen = np.bincount(owner.ravel(), minlength=len(self.paths) + 1)
        placed = sorted((p for p in stack if p.number and seen[p.number]), key=lambda p: p.number)
        ids = np.array([p.number for p in placed], np.int64)
        boxes = np.array([_box(p.layer) for p in placed], np.float32).reshape(-1, 4)
        boxes = boxes.clip(0, [self.spec.width, self.spec.height] * 2).astype(np.float32)
        areas = np.array([p.layer.solid.sum() for p in placed], np.float32)
        classes = [self.spec.classes.index(self.paths[p.number - 1].name) for p in placed]
        visibility = (seen[ids] / areas).astype(np.float32)
        ignored = visibility < self.spec.min_visibility
        return SceneTruth(boxes, ids, np.array(classes, np.int64), visibility, ignored)


def _box(layer: Layer) -> tuple[int, int, int, int]:
    """The smallest box around the solid pixels."""
    solid = layer.solid
    rows, columns = np.flatnonzero(solid.any(axis=1)), np.flatnonzero(solid.any(axis=0))
    return (
        layer.left + int(columns[0]),
        layer.top + int(rows[0]),
        layer.left + int(columns[-1]) + 1,
        layer.top + int(rows[-1]) + 1,
    )
