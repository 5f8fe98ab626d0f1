"""What makes a sequence hard, told from what happens in it and not from its settings."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from neuromorph_track.data.targets.scene import TargetScene
from neuromorph_track.data.targets.truth import TargetTruth

DEFINITIONS = {
    "POC": "more than 0.3 of what is inside the picture is hidden in 3 frames or more",
    "FOC": "nothing is seen of what is inside the picture in some frame",
    "OV": "less than half of the target is inside the picture in some frame",
    "SV": "the area of its box is below 0.5 or above 2 times that of the first frame",
    "ARC": "the ratio of its box's width to height is below 0.5 or above 2 times that of the first frame",
    "FM": "its box's centre moves more than 0.25 sqrt(w h) from one frame to the next, in 2 frames or more",
    "ROT": "it is turned by more than 45 degrees from where it began",
    "DEF": "its upright shape overlaps the first frame's by less than 0.8",
    "IV": "the light on it is below 1 / 1.4 or above 1.4 times that of the first frame",
    "SOB": "another thing of its shape is within 2 of its sides in a quarter of the frames",
    "BC": "colours of its box and around it: Bhattacharyya coefficient above 0.6 on average",
    "LR": "the area of its box is below 400 pixels in some frame",
}
"""Name and rule; names as LaSOT (Fan et al., CVPR 2019) and UAV123 (Mueller et al., ECCV 2016) have them.

Sizes are compared in frames in which the target is wholly inside the picture.
"""

_FRAMES_FOR_COLOURS = 8
_BINS = 8


def attributes(scene: TargetScene) -> tuple[str, ...]:
    """Names of :data:`DEFINITIONS` that hold for a sequence."""
    truths = [scene.truth(index) for index in range(len(scene))]
    found = _visible(truths) | _measured(truths) | _posed(scene)
    if _similarity(scene, truths) > 0.6:
        found.add("BC")
    return tuple(name for name in DEFINITIONS if name in found)


def _visible(truths: list[TargetTruth]) -> set[str]:
    inside = np.array([truth.inside for truth in truths], float)
    seen = np.array([truth.visibility for truth in truths], float)
    # What the edge cuts off is not hidden.
    free = np.divide(seen, inside, out=np.ones_like(seen), where=inside > 0)
    rules = {"POC": (free < 0.7).sum() >= 3, "FOC": (free == 0).any(), "OV": (inside < 0.5).any()}
    return {name for name, holds in rules.items() if holds}


def _measured(truths: list[TargetTruth]) -> set[str]:
    boxes = np.array([truth.box for truth in truths], float)
    whole = np.array([truth.inside == 1 for truth in truths]) & np.isfinite(boxes).all(axis=1)
    if not whole.any():
        return set()
    width, height = boxes[:, 2] - boxes[:, 0], boxes[:, 3] - boxes[:, 1]
    area, ratio = (width * height)[whole], (width / height)[whole]
    centres = (boxes[:, :2] + boxes[:, 2:]) / 2
    # NaN, where it is not seen, is not more than anything.
    steps = np.hypot(*np.diff(centres, axis=0).T) / np.sqrt(width * height)[1:]
    steps = steps[whole[1:] & whole[:-1]]
    rules = {
        "SV": _leaves(area / area[0], 2),
        "ARC": _leaves(ratio / ratio[0], 2),
        "FM": (steps > 0.25).sum() >= 2,
        "LR": (area < 400).any(),
    }
    return {name for name, holds in rules.items() if holds}


def _posed(scene: TargetScene) -> set[str]:
    target = scene.target
    path, frames = target.path, range(0, len(scene), 2)
    shapes = [target.body.sheet(index)[..., 3] >= 128 for index in frames]
    overlap = [(shape & shapes[0]).sum() / (shape | shapes[0]).sum() for shape in shapes]
    places = [path.place[index].astype(int) for index in frames]
    light = np.array(
        [_at(scene.exposure.gain(scene.camera, i), p) for i, p in zip(frames, places, strict=True)]
    )
    near = [
        (np.hypot(*(other.path.place - path.place).T) < 2 * path.side).mean() for other in scene.distractors
    ]
    rules = {
        "ROT": (np.abs(path.angle * target.body.leaning) > np.pi / 4).any(),
        "DEF": min(overlap) < 0.8,
        "IV": _leaves(light / light[0], 1.4),
        "SOB": max(near, default=0.0) > 0.25,
    }
    return {name for name, holds in rules.items() if holds}


def _leaves(ratio: NDArray[np.floating], limit: float) -> bool:
    return bool((ratio < 1 / limit).any() or (ratio > limit).any())


def _at(picture: NDArray[np.float32], place: NDArray[np.int64]) -> float:
    column, row = place.clip(0, np.array(picture.shape[1::-1]) - 1)
    return float(picture[row, column])


def _similarity(scene: TargetScene, truths: list[TargetTruth]) -> float:
    """Mean Bhattacharyya coefficient of the colours in the box and in a ring as wide as half the box."""
    seen = [index for index, truth in enumerate(truths) if truth.visibility > 0.9]
    values = []
    for index in seen[:: max(len(seen) // _FRAMES_FOR_COLOURS, 1)]:
        frame = scene[index][0]
        left, top, right, bottom = truths[index].box.astype(int)
        inner = np.zeros(frame.shape[:2], np.uint8)
        inner[top:bottom, left:right] = 1
        outer = np.zeros_like(inner)
        pad_x, pad_y = (right - left) // 2, (bottom - top) // 2
        outer[max(top - pad_y, 0) : bottom + pad_y, max(left - pad_x, 0) : right + pad_x] = 1
        values.append(float(np.sqrt(_colours(frame, inner) * _colours(frame, outer - inner)).sum()))
    return float(np.mean(values)) if values else 0.0


def _colours(frame: NDArray[np.uint8], mask: NDArray[np.uint8]) -> NDArray[np.float32]:
    histogram = cv2.calcHist([frame], [0, 1, 2], mask, [_BINS] * 3, [0, 256] * 3)
    return np.asarray(histogram / max(histogram.sum(), 1), np.float32)
