"""Trackers of roboflow's ``trackers``, with its defaults; no pictures, so no camera motion."""

from __future__ import annotations

from importlib.metadata import version

import numpy as np
import supervision
import trackers
from follow import Step, main

NAMES = {
    "SORT": lambda: trackers.SORTTracker(),
    "ByteTrack": lambda: trackers.ByteTrackTracker(),
    "OC-SORT": lambda: trackers.OCSORTTracker(),
    "BoT-SORT": lambda: trackers.BoTSORTTracker(enable_cmc=False),
    "C-BIoU": lambda: trackers.CBIoUTracker(),
}


def stepping(tracker) -> Step:
    def step(xyxy: np.ndarray, score: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        boxes = supervision.Detections(xyxy=xyxy, confidence=score, class_id=np.zeros(len(score), int))
        found = tracker.update(boxes)
        if found.tracker_id is None:
            return np.zeros(0), np.zeros((0, 4))
        # Those that are not yet sure have the number -1.
        known = found.tracker_id >= 0
        return found.tracker_id[known], found.xyxy[known]

    return step


if __name__ == "__main__":
    main({name: lambda make=make: stepping(make()) for name, make in NAMES.items()}, version("trackers"))
