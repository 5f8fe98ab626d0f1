"""Class-wise suppression against one decision after the other."""

from __future__ import annotations

import numpy as np
import pytest

from neuromorph_track.association.overlap import iou_matrix
from neuromorph_track.association.suppression import best_of_rivals


@pytest.mark.parametrize("most", [0.0, 0.3, 0.6, 1.0])
@pytest.mark.parametrize("some", [False, True], ids=["all", "some-are-out"])
def test_is_greedy_by_class(most: float, some: bool) -> None:
    generator = np.random.default_rng(2)
    removed = 0
    for _ in range(10):
        corner = generator.uniform(0, 60, (60, 2))
        size = generator.uniform(5, 30, (60, 2))
        xyxy = np.concatenate([corner, corner + size], axis=1).astype(np.float32)
        score = generator.integers(1, 9, 60) / 10  # ties
        class_id = generator.integers(0, 2, 60)
        allowed = generator.random(60) < 0.7 if some else None
        alive = best_of_rivals(xyxy, score, class_id, most, allowed)
        expected = np.zeros(60, bool)
        overlap = iou_matrix(xyxy, xyxy)
        for index in np.argsort(-score, kind="stable"):
            rivals = expected & (class_id == class_id[index])
            free = not (overlap[index][rivals] > most).any()
            expected[index] = free and (allowed is None or allowed[index])
        np.testing.assert_array_equal(alive, expected)
        removed += int((~alive).sum() if allowed is None else (allowed & ~alive).sum())
    assert (removed == 0) == (most == 1.0)


def test_nothing_to_suppress() -> None:
    none = np.zeros((0, 4), np.float32), np.zeros(0, np.float32), np.zeros(0, np.int64)
    assert best_of_rivals(*none, 0.5).tolist() == []
