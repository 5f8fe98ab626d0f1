"""What passes before the target: posts, fences and bushes, each planned to meet it."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from neuromorph_track.data.targets.making import Making
from neuromorph_track.data.targets.outlines import Sheet, blob, coverage, cut_out
from neuromorph_track.data.targets.paths import CALM, Floats, Path
from neuromorph_track.data.targets.placing import Pose
from neuromorph_track.data.targets.spec import TargetSpec
from neuromorph_track.data.targets.surfaces import Look, Picture

_ATTEMPTS = 12
# Frames that a meeting takes, from the first touch to the last.
_MEETING = (7, 16)


@dataclass(frozen=True)
class Occluder:
    """A sheet on a straight way; ``places`` (F, 2) in pixels."""

    sheet: Sheet
    places: Floats
    scale: float
    angle: float

    def pose(self, index: int, shake: Floats, moved: tuple[float, float]) -> Pose:
        u, v = self.places[index] + shake
        return Pose(float(u), float(v), self.scale, self.angle, way=moved)


def plan_occluders(
    spec: TargetSpec, target: Path, making: Making, pictures: list[Picture], rng: np.random.Generator
) -> list[Occluder]:
    """As many as the spec asks for; one that would hide the target at the start is left out."""
    if spec.frames <= 3 * CALM:
        return []
    planned = (
        _plan(spec, target, making, pictures, rng) for _ in range(round(spec.occluders * spec.frames / 100))
    )
    return [occluder for occluder in planned if occluder is not None]


def _plan(
    spec: TargetSpec, target: Path, making: Making, pictures: list[Picture], rng: np.random.Generator
) -> Occluder | None:
    broad = rng.random() < spec.full
    # A fence of broad posts would be a wall.
    kind = rng.choice(3, p=(0.6, 0.0, 0.4) if broad else (0.45, 0.2, 0.35))
    look = Look.drawn(rng, pictures)
    for _ in range(_ATTEMPTS):
        meeting = int(rng.integers(2 * CALM, spec.frames - 2))
        side = target.side[meeting]
        width = side * (rng.uniform(1.3, 1.9) if broad else rng.uniform(0.3, 0.8))
        sheet, whole = _sheet(kind, width, spec, making, look, rng)
        angle = rng.uniform(0, 2 * math.pi)
        across = np.array([math.cos(angle), math.sin(angle)])
        places = _way(target, meeting, across * (side + whole) / rng.uniform(*_MEETING))
        clear = np.abs((places - target.place)[:CALM] @ across)
        if (clear > whole / 2 + 0.9 * target.side[:CALM] + 2).all():
            return Occluder(sheet, places, 1.0, angle)
    return None


def _way(target: Path, meeting: int, relative: Floats) -> Floats:
    """Straight on, so that it lies on the target in frame ``meeting`` and then moves on relative to it."""
    before, after = max(meeting - 8, 0), min(meeting + 8, len(target.place) - 1)
    along = (target.place[after] - target.place[before]) / (after - before)
    t = np.arange(len(target.place))[:, None] - meeting
    return np.asarray(target.place[meeting] + t * (along + relative), np.float64)


def _sheet(
    kind: int, width: float, spec: TargetSpec, making: Making, look: Look, rng: np.random.Generator
) -> tuple[Sheet, float]:
    """A post, a fence or a bush ``width`` pixels wide, and how wide all of it is."""
    if kind == 2:
        n = int(np.ceil(width * 1.25))
        cover = coverage(blob(rng) * 0.95, n)
        return cut_out(look.surface(n), cover, making.sun, making.relief), 1.2 * width
    length = int(1.5 * math.hypot(spec.width, spec.height))
    posts = 1 if kind == 0 else 3
    pitch = 2.2 * width
    whole = width + pitch * (posts - 1)
    columns = np.arange(int(np.ceil(whole)) + 2) - 0.5
    from_post = np.abs((columns + pitch / 2) % pitch - pitch / 2) if posts > 1 else columns
    return _posts(from_post, width, length, making, look), whole


def _posts(from_post: Floats, width: float, length: int, making: Making, look: Look) -> Sheet:
    """Round posts along the sheet's height; a column is ``from_post`` pixels right of a post's left edge."""
    surface = look.surface(128)
    rows, columns = np.arange(length) % 256, np.arange(len(from_post)) % 256
    # Mirrored at each end, so that no seam shows.
    fold: NDArray[np.int64] = np.where(np.arange(256) < 128, np.arange(256), 255 - np.arange(256))
    wide = surface[fold[rows]][:, fold[columns]]
    cover = np.clip(np.minimum(from_post + 0.5, width - from_post + 0.5), 0, 1)
    turned = np.clip(2 * from_post / width - 1, -1, 1)
    light = 1 - making.relief * (0.5 * turned**2 + 0.3 * turned * making.sun[0])
    alpha = np.broadcast_to((cover * 255).astype(np.uint8), wide.shape[:2])
    lit = np.minimum(wide * (np.clip(light, 0, 1.3) * cover)[None, :, None], alpha[..., None])
    return np.dstack([lit.astype(np.uint8), alpha])
