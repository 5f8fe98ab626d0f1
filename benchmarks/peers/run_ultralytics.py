"""Trackers of ``ultralytics``, with its defaults; no pictures, so no camera motion and no looks."""

from __future__ import annotations

import numpy as np
import ultralytics
from follow import BLANK, Step, main
from ultralytics.engine.results import Boxes
from ultralytics.trackers.track import TRACKER_MAP
from ultralytics.utils import YAML, IterableSimpleNamespace
from ultralytics.utils.checks import check_yaml

NAMES = {
    "ByteTrack": "bytetrack",
    "OC-SORT": "ocsort",
    "BoT-SORT": "botsort",
    "FastTrack": "fasttrack",
    "TrackTrack": "tracktrack",
}


def stepping(kind: str) -> Step:
    settings = IterableSimpleNamespace(**YAML.load(check_yaml(f"{kind}.yaml")))
    settings.gmc_method = "none"
    settings.device = "cpu"
    tracker = TRACKER_MAP[kind](args=settings)

    def step(xyxy: np.ndarray, score: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        boxes = np.column_stack([xyxy, score, np.zeros(len(score))]).astype(np.float32)
        found = np.asarray(tracker.update(Boxes(boxes, BLANK.shape[:2]), BLANK), float)
        found = found.reshape(len(found), -1) if len(found) else np.zeros((0, 8))
        return found[:, 4].astype(int), found[:, :4]

    return step


if __name__ == "__main__":
    main({name: lambda kind=kind: stepping(kind) for name, kind in NAMES.items()}, ultralytics.__version__)
