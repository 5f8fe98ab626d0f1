"""Compile the loops before a clock runs."""

from __future__ import annotations

import numpy as np

from neuromorph_track.association.assignment import assign
from neuromorph_track.association.tracker import TwoStageTracker
from neuromorph_track.data.detections import Detections

BOXES = 8


def load_loops() -> None:
    """Have the loops of every tracker ready: compiled on the first call on a machine, later read from disk.

    Without it the first frames of a run would take the seconds that this takes, and be priced with them.
    """
    tracker = TwoStageTracker()
    left, top = 50.0 * np.arange(BOXES), 40.0 * (np.arange(BOXES) % 3)
    scores, classes = np.ones(BOXES, np.float32), np.zeros(BOXES, np.int64)
    for step in range(3):
        xyxy = np.column_stack([left, top, left + 20, top + 50]) + 4 * step
        tracker.update(Detections(xyxy.astype(np.float32), scores, classes))
    # Some modes assign without the stages of that one.
    pair = np.zeros(1, np.int64)
    assign(pair, pair, np.zeros(1), gate=1.0)
