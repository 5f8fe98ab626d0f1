"""Trackers of ``boxmot`` that need no network for looks, with its defaults."""

from __future__ import annotations

from importlib.metadata import version

import numpy as np
from boxmot.trackers.bytetrack.bytetrack import ByteTrack
from boxmot.trackers.ocsort.ocsort import OcSort
from boxmot.trackers.sfsort.sfsort import SFSORT
from follow import BLANK, Step, main
from loguru import logger

NAMES = {"ByteTrack": ByteTrack, "OC-SORT": OcSort, "SFSORT": SFSORT}


def stepping(tracker) -> Step:
    def step(xyxy: np.ndarray, score: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        boxes = np.column_stack([xyxy, score, np.zeros(len(score))]).astype(np.float32)
        found = np.asarray(tracker.update(boxes, BLANK)).reshape(-1, 8)
        return found[:, 4].astype(int), found[:, :4]

    return step


if __name__ == "__main__":
    logger.remove()
    main({name: lambda make=make: stepping(make()) for name, make in NAMES.items()}, version("boxmot"))
