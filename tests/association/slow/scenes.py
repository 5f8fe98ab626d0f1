"""Random frames that are hard to track: crossings, gaps, doubts, doubles, classes, a moving camera."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from neuromorph_track.data.detections import Detections


@dataclass(frozen=True)
class Call:
    """The arguments of one call of a tracker."""

    detections: Detections
    warp: np.ndarray | None = None
    embeddings: np.ndarray | None = None
    dt: int = 1


def random_calls(seed: int, frames: int = 40, objects: int = 12, *, skips: bool = False) -> list[Call]:
    """Boxes on straight ways in a field of 300 by 300, a fifth of them missed, a fifth of them doubled.

    With ``skips`` frames are left out, and the camera shifts and zooms now and then.
    """
    generator = np.random.default_rng(seed)
    place, speed = generator.uniform(0, 300, (objects, 2)), generator.normal(0, 3, (objects, 2))
    size = generator.uniform(25, 60, (objects, 2))
    classes = generator.integers(0, 2, objects)
    looks = unit(generator.normal(size=(objects, 8)))
    calls = []
    for _ in range(frames):
        dt = int(generator.integers(1, 4)) if skips and generator.random() < 0.3 else 1
        warp = None
        if skips and generator.random() < 0.3:
            scale = generator.uniform(0.97, 1.03)
            warp = np.array([[scale, 0, generator.normal(0, 3)], [0, scale, generator.normal(0, 3)]])
            place, size, speed = place * scale + warp[:, 2], size * scale, speed * scale
        place = place + dt * speed
        seen = np.flatnonzero(generator.random(objects) < 0.8)
        double = seen[generator.random(len(seen)) < 0.2]
        shown = np.concatenate([seen, double])
        centre = place[shown] + generator.normal(0, 1.5, (len(shown), 2))
        half = size[shown] / 2 * generator.uniform(0.93, 1.07, (len(shown), 2))
        detections = Detections(
            np.concatenate([centre - half, centre + half], axis=1).astype(np.float32),
            generator.beta(3, 1, len(shown)).astype(np.float32),
            classes[shown],
            suppressed=np.arange(len(shown)) >= len(seen),
        )
        appearance = unit(looks[shown] + generator.normal(0, 0.2, (len(shown), 8))).astype(np.float32)
        calls.append(Call(detections, warp, appearance, dt))
    return calls


def unit(vectors: np.ndarray) -> np.ndarray:
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
