"""Where everything is in each frame, laid out once: target, distractors, camera."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from neuromorph_track.data.targets.spec import TargetSpec

Floats = NDArray[np.float64]

# Frames without sudden changes, so that a tracker sees its target well at first.
CALM = 6
_LEAVING, _AWAY = 8, (4, 9)


@dataclass(frozen=True)
class Path:
    """One thing over the sequence; every array has one row per frame.

    Attributes
    ----------
    place : (F, 2) float64
        Pixels, right and down.
    side : (F,) float64
        sqrt(w h) in pixels of the thing in its first shape.
    angle : (F,) float64
        Radians.
    stretch : (F,) float64
        Factor on width over height.
    """

    place: Floats
    side: Floats
    angle: Floats
    stretch: Floats


@dataclass(frozen=True)
class Camera:
    """What the camera does; every array has one row per frame.

    Attributes
    ----------
    offset : (F, 2) float64
        Pixels by which the background has moved away.
    zoom, roll : (F,) float64
        Factor; radians.
    shake : (F, 2) float64
        Pixels by which everything in the picture is off.
    """

    offset: Floats
    zoom: Floats
    roll: Floats
    shake: Floats


def drift(frames: int, every: float, rng: np.random.Generator, columns: int = 1) -> Floats:
    """Smooth random curves through evenly drawn knots of -1..1, shape (frames, columns).

    Catmull-Rom splines, a knot each ``every`` frames.
    """
    knots = rng.uniform(-1, 1, (int(np.ceil(frames / every)) + 4, columns))
    at = np.arange(frames) / every
    first = at.astype(int)
    t = (at - first)[:, None]
    a, b, c, d = (knots[first + k] for k in range(4))
    return np.asarray(
        b + 0.5 * t * (c - a + t * (2 * a - 5 * b + 4 * c - d + t * (3 * (b - c) + d - a))), np.float64
    )


def _factor(frames: int, limit: float, every: float, rng: np.random.Generator) -> Floats:
    """A factor that begins at 1 and stays between 1 / limit and limit."""
    curve = drift(frames, every, rng)[:, 0]
    return np.asarray(np.exp(math.log(limit) * np.clip(curve - curve[0], -1, 1)), np.float64)


def plan_camera(spec: TargetSpec, rng: np.random.Generator) -> Camera:
    velocity = 1.6 * spec.pan * drift(spec.frames, 18, rng, 2)
    turn = drift(spec.frames, 25, rng, 2)
    return Camera(
        offset=np.cumsum(velocity, axis=0),
        zoom=np.exp(math.log(1.5) * spec.sway * turn[:, 0]),
        roll=math.radians(15) * spec.sway * turn[:, 1],
        shake=1.5 * spec.shake * drift(spec.frames, 1.7, rng, 2),
    )


def plan_target(spec: TargetSpec, rng: np.random.Generator) -> Path:
    """The target's path: within the picture but for the times when it leaves."""
    path = _changes(spec, spec.size * rng.uniform(0.8, 1.2), rng)
    frame = np.array([spec.width, spec.height], float)
    half = frame / 2 - 0.45 * path.side[:, None]
    middle = np.broadcast_to(frame / 2, half.shape)
    path.place[:] = _wander(
        spec, middle, half, path.side, middle[0] + rng.uniform(-0.6, 0.6, 2) * half[0], rng
    )
    for _ in range(spec.leaves):
        _leave(spec, path, rng)
    return path


def plan_distractor(spec: TargetSpec, target: Path, number: int, rng: np.random.Generator) -> Path:
    """Wanders as the target does, and stays around it."""
    side = target.side[0]
    path = _changes(spec, side * rng.uniform(0.85, 1.15), rng)
    # As the target comes nearer, so do those beside it.
    path.side[:] *= np.sqrt(target.side / side)
    frame = np.array([spec.width, spec.height], float)
    centre = 0.75 * target.place + 0.25 * frame / 2
    half = rng.uniform(1.3, 2.6) * np.repeat(target.side[:, None], 2, axis=1)
    path.place[:] = _wander(spec, centre, half, path.side, _start_beside(target, number, frame, rng), rng)
    return path


def _changes(spec: TargetSpec, side: float, rng: np.random.Generator) -> Path:
    """Side, angle and stretch over time; places are not set yet."""
    rate = math.radians(spec.turn) * 1.9 * drift(spec.frames, 14, rng)[:, 0]
    return Path(
        place=np.zeros((spec.frames, 2)),
        side=side * _factor(spec.frames, spec.zoom, 28, rng),
        angle=np.cumsum(rate) - rate[0],
        stretch=_factor(spec.frames, spec.aspect, 22, rng),
    )


def _start_beside(target: Path, number: int, frame: Floats, rng: np.random.Generator) -> Floats:
    """A place that leaves the target free, in the picture where one can be found."""
    side, place = target.side[0], target.place[0]
    best, least = place, np.inf
    for attempt in range(6):
        angle = 2.4 * number + 2 * math.pi * attempt / 6 + rng.uniform(-0.3, 0.3)
        away = side * rng.uniform(1.8, 2.6)
        start = place + away * np.array([math.cos(angle), math.sin(angle)])
        outside = float(np.abs(start - start.clip(0.4 * side, frame - 0.4 * side)).sum())
        if outside < least:
            best, least = start, outside
    return best


def _wander(
    spec: TargetSpec, centre: Floats, half: Floats, side: Floats, start: Floats, rng: np.random.Generator
) -> Floats:
    """A way with turns and sudden accelerations that is pulled back where it strays from ``centre``."""
    frames = len(side)
    pace = spec.speed * np.exp(0.6 * drift(frames, 12, rng)[:, 0])
    steer = 0.22 * drift(frames, 7, rng)[:, 0]
    jolts = rng.random(frames) < spec.jolts / 100
    jolts[:CALM] = False
    strengths, swerves = (
        rng.uniform(1.5, 4.0, frames),
        rng.uniform(1.0, math.pi, frames) * rng.choice([-1, 1], frames),
    )
    x, y = float(start[0]), float(start[1])
    heading, boost = rng.uniform(0, 2 * math.pi), 1.0
    places = np.empty((frames, 2))
    for t in range(frames):
        places[t] = x, y
        if jolts[t]:
            heading += swerves[t]
            boost = strengths[t]
        right, down = (centre[t, 0] - x) / half[t, 0], (centre[t, 1] - y) / half[t, 1]
        stray = max(abs(right), abs(down))
        heading += steer[t]
        if stray > 0.6:
            off = (math.atan2(down, right) - heading + math.pi) % (2 * math.pi) - math.pi
            heading += off * min(0.5, 0.9 * (stray - 0.6))
        step = pace[t] * boost * side[t]
        x, y = x + step * math.cos(heading), y + step * math.sin(heading)
        boost = 1 + (boost - 1) * 0.8
    return places


def _leave(spec: TargetSpec, path: Path, rng: np.random.Generator) -> None:
    """Move the path out over the nearest edge and back, in place."""
    away = int(rng.integers(*_AWAY))
    first, last = CALM, spec.frames - 2 * _LEAVING - away
    if last <= first:
        return
    begin = int(rng.integers(first, last))
    middle = begin + _LEAVING + away // 2
    (x, y), reach = path.place[middle], 1.1 * path.side[middle]
    ways = np.array(
        [[-x - reach, 0], [spec.width - x + reach, 0], [0, -y - reach], [0, spec.height - y + reach]]
    )
    out = ways[np.abs(ways).sum(axis=1).argmin()]
    t = np.arange(spec.frames) - begin
    share = np.clip(np.minimum(t, 2 * _LEAVING + away - t) / _LEAVING, 0, 1)
    path.place[:] += (share * share * (3 - 2 * share))[:, None] * out
