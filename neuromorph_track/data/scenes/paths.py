"""Where every object is in every frame: laid out once, when the scene is made."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from neuromorph_track.data.scenes.ground import Floats, Ground
from neuromorph_track.data.scenes.spec import SceneSpec

_CANDIDATES = 16
# A path may be hidden by, or hide, this share of a box on average while the two are near each other.
_TOLERATED_COVER = 0.2


@dataclass(frozen=True)
class Habit:
    """How a class moves: metres tall, width over height, metres per second, and its share of the street."""

    metres: float
    aspect: float
    speed: tuple[float, float]
    zone: tuple[float, float]
    turns_back: float
    pauses: float


# A zone runs from the nearest (0) to the farthest (1) place that the size limits leave.
HABITS = {
    "walker": Habit(1.70, 0.45, (0.9, 1.7), (0.0, 1.0), 0.10, 0.25),
    "car": Habit(1.45, 1.80, (2.2, 4.2), (0.25, 0.85), 0.0, 0.10),
    "jelly": Habit(1.40, 1.05, (0.8, 1.6), (0.0, 1.0), 0.15, 0.15),
}


@dataclass(frozen=True)
class Path:
    """One object's way through the scene.

    All arrays have one entry per frame of its life; the first belongs to frame ``start``, which may
    lie before the scene. ``u, v``: ground point in pixels without camera motion; ``size``: height in
    pixels; ``travelled``: way in body heights; ``effort``: speed over its usual speed; ``rough``:
    boxes (frames, 4) for planning only, never the truth.
    """

    name: str
    start: int
    distance: Floats
    u: Floats
    v: Floats
    size: Floats
    travelled: Floats
    effort: Floats
    facing: NDArray[np.int8]
    rough: Floats

    @property
    def stop(self) -> int:
        """First frame after its life."""
        return self.start + len(self.u)


def plan_paths(spec: SceneSpec, ground: Ground, rng: np.random.Generator) -> list[Path]:
    """Keep about ``spec.objects`` objects in view: each place is filled again when its object has left."""
    paths: list[Path] = []
    # A camera that swings sees only a part of the street at a time.
    places = round(spec.objects * (spec.width + 2 * spec.pan) / spec.width)
    free_at = [(-1, place) for place in range(places)]
    while free_at:
        free_at.sort()
        start, place = free_at.pop(0)
        if start >= spec.frames:
            continue
        others = [path for path in paths if path.stop > start]
        path = _choose(spec, ground, rng, start, others)
        if path is None:
            free_at.append((max(start, 0) + int(rng.integers(3, 12)), place))
            continue
        paths.append(path)
        # Later than it began, or a place whose paths are shorter than this would be filled for ever.
        free_at.append((max(path.stop - int(rng.integers(0, 4)), start + 1), place))
    return paths


def _choose(
    spec: SceneSpec, ground: Ground, rng: np.random.Generator, start: int, others: list[Path]
) -> Path | None:
    """The first of some random paths that keeps clear enough of the others.

    With occlusion the least crowded one is taken where none keeps clear; without it, none is.
    """
    limit, margin = (_TOLERATED_COVER, 0.0) if spec.occlusion else (0.0, 0.15 * spec.size_max)
    # The class is drawn before the tries, or the wide ones would lose most of them.
    name = _draw_class(spec, rng, under_way=start < 0)
    best: tuple[float, Path] | None = None
    for _ in range(_CANDIDATES):
        path = _walk(spec, ground, rng, name, start)
        cover = _cover(path, others, margin)
        if best is None or cover < best[0]:
            best = (cover, path)
        if cover <= limit:
            break
    assert best is not None
    return best[1] if spec.occlusion or best[0] <= limit else None


def _draw_class(spec: SceneSpec, rng: np.random.Generator, under_way: bool) -> str:
    """All classes are in view equally often: the fast, which are gone sooner, come more often."""
    share = np.array([1.0 if under_way else np.mean(HABITS[name].speed) for name in spec.classes])
    return spec.classes[rng.choice(len(share), p=share / share.sum())]


def _cover(path: Path, others: list[Path], margin: float) -> float:
    """Greatest mean share of the smaller box that is covered while two boxes meet."""
    worst = 0.0
    for other in others:
        start, stop = max(path.start, other.start, 0), min(path.stop, other.stop)
        if start >= stop:
            continue
        first = path.rough[start - path.start : stop - path.start]
        second = other.rough[start - other.start : stop - other.start]
        overlap = np.minimum(first[:, 2:], second[:, 2:]) - np.maximum(first[:, :2], second[:, :2]) + margin
        meets = (overlap > 0).all(axis=1)
        if meets.any():
            smaller = np.minimum(_area(first), _area(second))
            worst = max(worst, float((overlap.prod(axis=1) / smaller)[meets].mean()))
    return worst


def _area(boxes: Floats) -> Floats:
    return np.prod(boxes[:, 2:] - boxes[:, :2], axis=1)


def _walk(spec: SceneSpec, ground: Ground, rng: np.random.Generator, name: str, start: int) -> Path:
    """A random way in at one border and out at a border; ``start`` < 0 means it is under way at frame 0."""
    habit = HABITS[name]
    metres = habit.metres * rng.uniform(0.9, 1.0)
    x, z, length = _curve(spec, ground, rng, habit, metres)
    usual = rng.uniform(*habit.speed)
    pace = _pace(spec, rng, habit, length[-1] / usual)
    way = np.concatenate([[0.0], np.cumsum(pace[:-1]) * usual / spec.fps])
    life = int(np.searchsorted(way, length[-1]))
    way, pace = way[:life], pace[:life]
    ground_x, ground_z = np.interp(way, length, x), np.interp(way, length, z)
    u, v = ground.project(ground_x, ground_z)
    if start < 0:
        start = -int(rng.integers(int(0.1 * life), max(int(0.8 * life), 1) + 1))
    size = metres * ground.scale(ground_z)
    half = habit.aspect * size / 2
    return Path(
        name=name,
        start=start,
        distance=ground_z,
        u=u,
        v=v,
        size=size,
        travelled=way / metres,
        effort=pace / pace.max(),
        facing=_facing(u),
        rough=np.stack([u - half, v - size, u + half, v], axis=1),
    )


def _curve(
    spec: SceneSpec, ground: Ground, rng: np.random.Generator, habit: Habit, metres: float
) -> tuple[Floats, Floats, Floats]:
    """A quadratic Bezier curve on the ground: x, z and length so far, in metres, at 64 points."""
    near = max(ground.nearest, ground.distance_of_height(metres, spec.size_max))
    far = max(near, ground.distance_of_height(metres, spec.size_min))
    # Even in picture rows, not in metres, or nearly all objects would be far away.
    rows = 1 / near + (1 / far - 1 / near) * rng.uniform(*habit.zone, size=3)
    if habit.turns_back == 0.0:
        rows[:] = rows[0] + 0.15 * (rows - rows[0])
    z = 1 / rows
    side = 1.0 if rng.random() < 0.5 else -1.0
    out = side if rng.random() < habit.turns_back else -side
    edge = 0.5 * spec.width + spec.pan + 3 * spec.shake
    x_in, x_out = (
        s * (edge * d / spec.width + 0.62 * habit.aspect * metres) for s, d in ((side, z[0]), (out, z[2]))
    )
    x_middle = rng.uniform(-0.6, 0.6) * 0.5 * z[1]
    t = np.linspace(0, 1, 64)
    weights = np.stack([(1 - t) ** 2, 2 * t * (1 - t), t**2])
    x, z = np.array([x_in, x_middle, x_out]) @ weights, z @ weights
    length = np.concatenate([[0.0], np.cumsum(np.hypot(np.diff(x), np.diff(z)))])
    return x, z, length


def _pace(spec: SceneSpec, rng: np.random.Generator, habit: Habit, seconds: float) -> Floats:
    """Speed over usual speed, per frame: a slow rise and fall, now and then a halt."""
    frames = int(np.ceil(spec.fps * (2.0 * seconds + 4)))
    t = np.arange(frames) / spec.fps
    pace = 1 + 0.2 * np.sin(2 * np.pi * t / rng.uniform(3, 8) + rng.uniform(0, 2 * np.pi))
    if rng.random() < habit.pauses:
        middle, width = seconds * rng.uniform(0.3, 0.7), rng.uniform(0.4, 1.0)
        pace *= 1 - 1 / (1 + ((t - middle) / width) ** 6)
    return np.maximum(pace, 0.0)


def _facing(u: Floats) -> NDArray[np.int8]:
    step = np.gradient(u) if len(u) > 1 else np.ones(1)
    return np.where(step >= 0, 1, -1).astype(np.int8)
