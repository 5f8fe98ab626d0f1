"""Where tracks may begin, against one decision after the other."""

from __future__ import annotations

import numpy as np
import pytest

from neuromorph_track.association.track_aware import may_begin
from neuromorph_track.data.detections import Detections
from tests.association.slow import tracktrack as slow


def random_boxes(generator: np.random.Generator, count: int) -> np.ndarray:
    corner = generator.uniform(0, 60, (count, 2))
    return np.concatenate([corner, corner + generator.uniform(15, 30, (count, 2))], axis=1).astype(np.float32)


@pytest.mark.parametrize("gate", [0.3, 0.55])
def test_equals_one_decision_after_the_other(gate: float) -> None:
    generator = np.random.default_rng(1)
    verdicts = []
    for _ in range(60):
        tracks, boxes = (random_boxes(generator, count) for count in generator.integers(0, 15, 2))
        track_class, box_class = (generator.integers(0, 2, len(side)) for side in (tracks, boxes))
        score = generator.integers(5, 9, len(boxes)).astype(np.float32) / 10
        allowed = may_begin(tracks, track_class, Detections(boxes, score, box_class), gate)
        for class_id in (0, 1):
            here = box_class == class_id
            rivals = [box.astype(float) for box in tracks[track_class == class_id]]
            own = [box.astype(float) for box in boxes[here]]
            assert allowed[here].tolist() == slow.may_begin(rivals, own, score[here].tolist(), gate)
        verdicts += allowed.tolist()
    assert 0.2 < np.mean(verdicts) < 0.95


def test_a_suppressed_box_suppresses_no_other() -> None:
    # Each overlaps the next by 0.6; the middle one loses against the first, so the last may begin.
    boxes = np.array([[left, 0, left + 40, 40] for left in (0, 10, 20)], np.float32)
    found = Detections(boxes, np.array([0.9, 0.8, 0.7], np.float32), np.zeros(3, np.int64))
    none = np.zeros((0, 4), np.float32), np.zeros(0, np.int64)
    assert may_begin(*none, found, 0.5).tolist() == [True, False, True]
    assert may_begin(boxes[:1], np.zeros(1, np.int64), found, 0.5).tolist() == [False, False, True]


def test_many_boxes_on_one_spot() -> None:
    boxes = np.tile(np.array([[0, 0, 10, 10]], np.float32), (500, 1))
    found = Detections(boxes, np.full(500, 0.9, np.float32), np.zeros(500, np.int64))
    none = np.zeros((0, 4), np.float32), np.zeros(0, np.int64)
    assert np.flatnonzero(may_begin(*none, found, 0.5)).tolist() == [0]
