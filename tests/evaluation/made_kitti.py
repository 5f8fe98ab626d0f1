"""Made-up KITTI files that hold a case of everything KITTI's evaluation looks at."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np

from neuromorph_track.data.detections import Tracks
from neuromorph_track.data.kitti import TYPES, read_labels, result_lines
from neuromorph_track.data.motchallenge import MotBoxes, TrackWriter
from neuromorph_track.evaluation.sequences import by_frame

__all__ = ["distorted", "label_text", "read_labels", "write_results"]

KINDS = ("Car", "Car", "Van", "Pedestrian", "Pedestrian", "Person", "Cyclist", "Truck")


def write_results(boxes: MotBoxes, path: Path) -> None:
    """A results file of KITTI's."""
    with TrackWriter(path, result_lines) as writer:
        for number, here in enumerate(by_frame(boxes, int(boxes.frame.max())), start=1):
            writer.add(number, Tracks(here.xyxy, here.score, here.class_id, here.track_id))


def label_text(seed: int, frames: int = 30) -> str:
    """Labels of objects that drive on straight lines: hidden, cut, small, and parts nobody labelled."""
    generator = np.random.default_rng(seed)
    lines = []
    for number, kind in enumerate(KINDS):
        left, top = generator.uniform(0, 900), generator.uniform(0, 200)
        width, height = generator.uniform(20, 120), generator.uniform(20, 90)
        speed = generator.uniform(-6, 6)
        for frame in range(int(generator.integers(0, 5)), frames):
            x = left + speed * frame
            hidden, cut = generator.integers(0, 4), generator.choice([0, 0, 0, 1, 2])
            lines.append(
                f"{frame} {number} {kind} {cut} {hidden} -1.5 {x:.6f} {top:.6f} {x + width:.6f} "
                f"{top + height:.6f} 1.5 1.6 3.9 1 2 30 0.1\n"
            )
    for frame in range(frames):
        x = generator.uniform(0, 800)
        lines.append(
            f"{frame} -1 DontCare -1 -1 -10 {x:.6f} 100 {x + 150:.6f} 180 -1000 -1000 -1000 -10 -1 -1 -1\n"
        )
    return "".join(lines)


def distorted(labels: MotBoxes, seed: int) -> MotBoxes:
    """Results made of labels: some shifted, some missing, wrong ones in and out of the regions, switches."""
    generator = np.random.default_rng(seed)
    objects = labels[labels.track_id >= 0]
    kept = objects[generator.random(len(objects)) < 0.85]
    shift = np.round(np.tile(generator.normal(0, 4, (len(kept), 2)), 2), 2)
    alarms = labels[generator.integers(0, len(labels), len(labels) // 4)]
    corner = np.round(generator.uniform(-30, 30, (len(alarms), 2)), 2)
    size = np.round(generator.uniform(10, 60, (len(alarms), 2)), 2)
    near = alarms.xyxy[:, :2] + corner
    found = replace(
        kept,
        track_id=kept.track_id * 100 + (kept.frame + 7 * kept.track_id) // 40,
        xyxy=kept.xyxy + shift,
        class_id=np.where(
            np.isin(kept.class_id, [TYPES["Car"], TYPES["Van"]]), TYPES["Car"], TYPES["Pedestrian"]
        ),
        score=np.ones(len(kept)),
    )
    wrong = replace(
        alarms,
        track_id=100_000 + np.arange(len(alarms)),
        xyxy=np.concatenate([near, near + size], axis=1),
        class_id=generator.choice([TYPES["Car"], TYPES["Pedestrian"]], len(alarms)),
        score=np.full(len(alarms), 0.5),
    )
    return MotBoxes(*(np.concatenate([getattr(each, name) for each in (found, wrong)]) for name in _FIELDS))


_FIELDS = ("frame", "track_id", "xyxy", "score", "class_id", "visibility")
