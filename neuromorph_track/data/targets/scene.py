"""Frames and exact truth of one target."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from neuromorph_track.data.targets.backdrop import Backdrop
from neuromorph_track.data.targets.bodies import Body, make_body
from neuromorph_track.data.targets.exposure import Exposure
from neuromorph_track.data.targets.making import Making
from neuromorph_track.data.targets.occluders import Occluder, plan_occluders
from neuromorph_track.data.targets.outlines import Sheet
from neuromorph_track.data.targets.paths import Path, plan_camera, plan_distractor, plan_target
from neuromorph_track.data.targets.placing import Placed, Pose, place, way
from neuromorph_track.data.targets.spec import SPLITS, TargetSpec
from neuromorph_track.data.targets.surfaces import Look, Picture
from neuromorph_track.data.targets.truth import TargetTruth

# A sheet has about this many pixels for each of the thing's side.
_SHEET_PER_SIDE = 1.8
_SMALLEST_SHEET, _LARGEST_SHEET = 48, 320


@dataclass(frozen=True)
class Actor:
    """A thing on its path.

    ``ahead`` is how many frames its limbs are ahead of the target's; ``clock`` (F,) at which frame each row
    of its path is, where that is not its number.
    """

    body: Body
    path: Path
    front: bool
    ahead: int = 0
    clock: NDArray[np.float64] | None = None

    def sheet(self, index: int) -> Sheet:
        """What it looks like then."""
        return self.body.sheet((index if self.clock is None else float(self.clock[index])) + self.ahead)

    def pose(self, index: int, shake: NDArray[np.float64], shutter: float) -> Pose:
        path = self.path
        u, v = path.place[index] + shake
        du, dv = way(path.place, index)
        return Pose(
            u=float(u),
            v=float(v),
            scale=float(path.side[index]) / self.body.side,
            angle=float(path.angle[index]) * self.body.leaning,
            stretch=float(path.stretch[index]),
            way=(du * shutter, dv * shutter),
        )


class TargetScene:
    """A sequence, planned when it is constructed; frames are rendered when asked for, in any order.

    ``scene[i]`` gives ``(frame, box, visibility)``; they depend on the spec, the pictures and ``i`` alone.

    * ``frame`` (height, width, 3) uint8 RGB.
    * ``box`` (4,) float32, left, top, right, bottom in pixels around the whole target, hidden parts too, cut
      at the edges of the picture; NaN where nothing of it is seen. A pixel belongs to the target if it covers
      at least half of it in the middle of the exposure.
    * ``visibility`` float, share of the target's pixels that are inside the picture and not hidden, 0 to 1.

    Parameters
    ----------
    spec : TargetSpec
    pictures : sequence of (h, w, 3) uint8 RGB, optional
        Photographs to cut surfaces from, beside the drawn ones. Keep those for training and for tests apart.
    """

    def __init__(self, spec: TargetSpec, pictures: Sequence[Picture] = ()) -> None:
        self.spec = spec
        pictures = list(pictures)
        # The split comes first, so that no seed of one is a seed of the other.
        root = np.random.SeedSequence([SPLITS.index(spec.split), spec.seed])
        shape, *seeds = root.spawn(7)
        plan, looks, moves, behind, before, light = (np.random.default_rng(seed) for seed in seeds)
        self.kind = spec.kinds[plan.integers(len(spec.kinds))]
        self.camera = plan_camera(spec, plan)
        target = plan_target(spec, plan)
        making = _making(spec, looks)
        look = Look.drawn(looks, pictures)
        self.target = Actor(make_body(self.kind, shape, look, making), target, front=False)
        self.distractors = [
            self._distractor(number, shape, look, making, pictures, moves)
            for number in range(spec.distractors)
        ]
        self._backdrop = Backdrop(spec, making, pictures, behind)
        self.occluders = plan_occluders(spec, target, making, pictures, before)
        self.exposure = Exposure(spec, light)
        self._fall = 0.07 * np.array(making.sun)

    def __len__(self) -> int:
        return len(self.target.path.place)

    def __iter__(self) -> Iterator[tuple[NDArray[np.uint8], NDArray[np.float32], float]]:
        return (self[index] for index in range(len(self)))

    def __getitem__(self, index: int) -> tuple[NDArray[np.uint8], NDArray[np.float32], float]:
        index = self._index(index)
        picture, truth = self.painted(index)
        noise = np.random.default_rng([SPLITS.index(self.spec.split), self.spec.seed, index])
        return self.exposure.take(picture, self.camera, index, noise), truth.box, truth.visibility

    def painted(self, index: int) -> tuple[NDArray[np.uint8], TargetTruth]:
        """A picture (height, width, 3) before light, lens and sensor, and what is true of it."""
        picture = self._backdrop.view(self.camera, index)
        behind, target, before = self._stack(index)
        for side, placed in [(a.path.side[index], p) for a, p in behind] + [
            (self.target.path.side[index], target)
        ]:
            placed.shadow((-side * self._fall[0], -side * self._fall[1]), 0.3).paint(picture)
            placed.layer.paint(picture)
        for placed in before:
            placed.layer.paint(picture)
        return picture, TargetTruth.of(target, before, self.spec.height, self.spec.width)

    def truth(self, index: int) -> TargetTruth:
        """What is true of a frame, which is not painted; that is faster."""
        _, target, before = self._stack(self._index(index))
        return TargetTruth.of(target, before, self.spec.height, self.spec.width)

    def _index(self, index: int) -> int:
        if not -len(self) <= index < len(self):
            raise IndexError(f"frame {index} of a sequence of {len(self)} frames")
        return index % len(self)

    def _distractor(
        self,
        number: int,
        shape: np.random.SeedSequence,
        look: Look,
        making: Making,
        pictures: list[Picture],
        rng: np.random.Generator,
    ) -> Actor:
        """Of the target's shape; of its colours too where the spec says so, the first ones first."""
        alike = number < round(self.spec.alike * self.spec.distractors)
        own = look.alike(rng) if alike else Look.drawn(rng, pictures)
        body = make_body(self.kind, shape, own, making)
        path = plan_distractor(self.spec, self.target.path, number, rng)
        return Actor(body, path, front=bool(rng.random() < 0.5), ahead=int(rng.integers(0, 60)))

    def _stack(self, index: int) -> tuple[list[tuple[Actor, Placed]], Placed, list[Placed]]:
        """What is behind the target, the target, and what is before it, each from far to near."""
        behind, before = [], []
        for actor in self.distractors:
            placed = self._placed(actor, index)
            if actor.front:
                before.append(placed)
            else:
                behind.append((actor, placed))
        before += [self._passing(occluder, index) for occluder in self.occluders]
        return behind, self._placed(self.target, index), before

    def _placed(self, actor: Actor, index: int) -> Placed:
        pose = actor.pose(index, self.camera.shake[index], self.spec.blur)
        return place(actor.sheet(index), pose)

    def _passing(self, occluder: Occluder, index: int) -> Placed:
        du, dv = way(occluder.places, index)
        moved = (du * self.spec.blur, dv * self.spec.blur)
        pose = occluder.pose(index, self.camera.shake[index], moved)
        return place(occluder.sheet, pose, (self.spec.height, self.spec.width))


def _making(spec: TargetSpec, rng: np.random.Generator) -> Making:
    n = round(spec.size * spec.zoom * _SHEET_PER_SIDE)
    turn = rng.uniform(0, 2 * np.pi)
    return Making(
        n=min(max(n, _SMALLEST_SHEET), _LARGEST_SHEET),
        sun=(float(np.cos(turn)), float(np.sin(turn))),
        relief=float(rng.uniform(0.1, 0.7)),
        deform=spec.deform,
    )
