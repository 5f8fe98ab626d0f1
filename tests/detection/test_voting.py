"""Boxes of neighbouring cells averaged into one."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from neuromorph_track.data.detections import Detections
from neuromorph_track.detection.voting import voted_boxes


def detections(rows: list[tuple[tuple[float, float, float, float], float, int]]) -> Detections:
    boxes, scores, classes = zip(*rows, strict=True)
    return Detections(np.array(boxes, np.float32), np.array(scores, np.float32), np.array(classes))


FOUND = detections(
    [
        ((0, 0, 10, 10), 0.9, 0),
        ((0, 0, 10, 8), 0.3, 0),  # IoU 0.8 with the first
        ((2, 0, 12, 10), 0.6, 0),  # IoU 2/3
        ((0, 0, 10, 10), 0.5, 1),
        ((50, 50, 60, 60), 0.2, 0),
    ]
)


@pytest.mark.parametrize(
    ("threshold", "expected"),
    [
        (0.9, (0, 0, 10, 10)),
        (0.8, (0, 0, 10, (0.9 * 10 + 0.3 * 8) / 1.2)),
        (
            0.6,
            (2 * 0.6 / 1.8, 0, (0.9 * 10 + 0.3 * 10 + 0.6 * 12) / 1.8, (0.9 * 10 + 0.3 * 8 + 0.6 * 10) / 1.8),
        ),
    ],
)
def test_by_hand(threshold: float, expected: tuple[float, ...]) -> None:
    voted = voted_boxes(FOUND, np.array([0, 3, 4]), threshold - 1e-6)
    np.testing.assert_allclose(voted[0], expected, rtol=1e-6)
    np.testing.assert_array_equal(voted[1:], FOUND.xyxy[[3, 4]])
    assert voted.dtype == np.float32


def test_nobody_votes_and_none_are_chosen() -> None:
    silent = detections([((0, 0, 10, 10), 0.0, 0)])
    np.testing.assert_array_equal(voted_boxes(silent, np.array([0]), 0.5), silent.xyxy)
    assert voted_boxes(FOUND, np.array([], np.int64), 0.5).shape == (0, 4)


sides = st.integers(1, 12)
rows = st.lists(
    st.tuples(
        st.tuples(st.integers(0, 12), st.integers(0, 12), sides, sides), st.sampled_from([0.1, 0.5, 0.9])
    ),
    min_size=1,
    max_size=12,
)


@given(rows, st.floats(0.1, 1))
def test_a_mean_is_among_those_that_vote(
    drawn: list[tuple[tuple[int, int, int, int], float]], threshold: float
) -> None:
    found = detections([((x, y, x + w, y + h), score, 0) for (x, y, w, h), score in drawn])
    voted = voted_boxes(found, np.arange(len(found)), threshold)
    assert (voted >= found.xyxy.min(0) - 1e-4).all()
    assert (voted <= found.xyxy.max(0) + 1e-4).all()
    same = (found.xyxy == found.xyxy[0]).all()
    if same:
        np.testing.assert_allclose(voted, found.xyxy, rtol=1e-6)
