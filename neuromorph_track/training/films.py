"""Films: consecutive pictures of the network's size, and what is true of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from rich.console import Console
from rich.progress import track

from neuromorph_track.data.scenes import Scene, SceneTruth
from neuromorph_track.training.data_tables import SceneData
from neuromorph_track.training.recipe import Recipe

Pictures = NDArray[np.uint8]
"""Pictures (L, H, W, 3), RGB."""


@dataclass(frozen=True)
class Truth:
    """The boxes of one picture.

    Attributes
    ----------
    xyxy : (N, 4) float32
        In pixels of the picture.
    class_id : (N,) int64
        Index into the recipe's classes.
    ignored : (N,) bool
        Neither objects nor background.
    identity : (N,) int64
        Equal for one object of one film, from 0; -1 where it is not known.
    """

    xyxy: NDArray[np.float32]
    class_id: NDArray[np.int64]
    ignored: NDArray[np.bool_]
    identity: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.class_id)

    def __getitem__(self, index: NDArray[np.bool_]) -> Truth:
        return Truth(self.xyxy[index], self.class_id[index], self.ignored[index], self.identity[index])

    @classmethod
    def joined(cls, parts: Sequence[Truth]) -> Truth:
        """All boxes of several truths."""
        return cls(
            np.concatenate([part.xyxy for part in parts]),
            np.concatenate([part.class_id for part in parts]),
            np.concatenate([part.ignored for part in parts]),
            np.concatenate([part.identity for part in parts]),
        )


class Film(Protocol):
    """Consecutive pictures, all of the size of the network's input."""

    @property
    def truths(self) -> Sequence[Truth]:
        """One for each picture."""

    @property
    def whole_boxes(self) -> bool:
        """Whether boxes reach beyond the picture, where objects do."""

    def pictures(self, start: int, stop: int) -> Pictures:
        """Pictures ``start`` to ``stop - 1``."""


@dataclass(frozen=True)
class MemoryFilm:
    """A film whose pictures ``frames`` are held as bytes."""

    name: str
    frames: Pictures
    truths: Sequence[Truth]
    whole_boxes: bool = False

    def pictures(self, start: int, stop: int) -> Pictures:
        """Pictures ``start`` to ``stop - 1``, a view."""
        return self.frames[start:stop]


def scene_films(data: SceneData, recipe: Recipe, quiet: bool) -> tuple[MemoryFilm, ...]:
    """Render the scenes of a table; its first seed decides how many objects each has."""
    spec = recipe.input
    classes = data.classes or recipe.classes
    number_of = np.array([recipe.classes.index(name) for name in classes], np.int64)
    generator = np.random.default_rng(data.first_seed)
    films = []
    for index in track(
        range(data.scenes), "rendering scenes", console=Console(stderr=True), disable=quiet, transient=True
    ):
        objects = int(generator.integers(data.objects[0], data.objects[1] + 1))
        scene = Scene(data.scene(index, objects, spec, recipe.classes))
        frames = np.empty((data.frames, spec.height, spec.width, 3), np.uint8)
        truths = []
        for number, (frame, truth) in enumerate(scene):
            frames[number] = frame
            truths.append(_of_scene(truth, number_of))
        films.append(MemoryFilm(f"scene {scene.spec.seed}", frames, truths))
    return tuple(films)


def _of_scene(truth: SceneTruth, number_of: NDArray[np.int64]) -> Truth:
    return Truth(truth.xyxy, number_of[truth.class_id], truth.ignored, truth.track_id)
