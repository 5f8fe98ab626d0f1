"""One box per object: cases by hand, and what must hold for any boxes."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from neuromorph_track.data.detections import Detections
from neuromorph_track.detection import non_maximum_suppression
from neuromorph_track.detection.nms import ANY_CLASS, CONTAINED

Box = tuple[float, float, float, float]


def detections(rows: list[tuple[Box, float, int]]) -> Detections:
    if not rows:
        return Detections.empty()
    boxes, scores, classes = zip(*rows, strict=True)
    return Detections(np.array(boxes, np.float32), np.array(scores, np.float32), np.array(classes, np.int64))


def overlaps(a: np.ndarray, b: np.ndarray) -> tuple[float, float]:
    """IoU, and the share of the smaller box that the other covers."""
    width = min(a[2], b[2]) - max(a[0], b[0])
    height = min(a[3], b[3]) - max(a[1], b[1])
    common = max(width, 0) * max(height, 0)
    areas = [(box[2] - box[0]) * (box[3] - box[1]) for box in (a, b)]
    return common / (sum(areas) - common), common / min(areas)


SQUARE: Box = (0, 0, 10, 10)


@pytest.mark.parametrize(
    ("rows", "kept"),
    [
        ([], []),
        ([(SQUARE, 0.5, 0)], [0]),
        ([(SQUARE, 0.5, 0), (SQUARE, 0.9, 0)], [1]),
        # Equal scores: the first one stays.
        ([(SQUARE, 0.5, 0), (SQUARE, 0.5, 0)], [0]),
        # IoU 5/15 is below one half, 8/12 above.
        ([(SQUARE, 0.9, 0), ((5, 0, 15, 10), 0.5, 0)], [0, 1]),
        ([(SQUARE, 0.9, 0), ((2, 0, 12, 10), 0.5, 0)], [0]),
        # Exactly the threshold is not more than it: 60/120.
        ([(SQUARE, 0.9, 0), ((0, 4, 10, 12), 0.5, 0)], [0, 1]),
        ([(SQUARE, 0.9, 0), ((0, 3.9, 10, 12), 0.5, 0)], [0]),
        # A box inside another is the same object, whichever of them is better.
        ([((0, 0, 30, 30), 0.9, 0), ((10, 10, 15, 15), 0.5, 0)], [0]),
        ([((0, 0, 30, 30), 0.5, 0), ((10, 10, 15, 15), 0.9, 0)], [1]),
        # Two classes: an overlap of 2/3 may be two objects, the same box may not.
        ([(SQUARE, 0.9, 0), ((2, 0, 12, 10), 0.5, 1)], [0, 1]),
        ([(SQUARE, 0.9, 0), ((0, 0, 10, 9), 0.5, 1)], [0]),
        ([((0, 0, 30, 30), 0.9, 0), ((10, 10, 15, 15), 0.5, 1)], [0, 1]),
        # What a dropped box would have dropped stays.
        ([((4, 0, 14, 10), 0.5, 0), ((2, 0, 12, 10), 0.8, 0), (SQUARE, 0.9, 0)], [2, 0]),
    ],
)
def test_by_hand(rows: list[tuple[Box, float, int]], kept: list[int]) -> None:
    assert non_maximum_suppression(detections(rows), 0.5).tolist() == kept


sides = st.integers(1, 12)
rows = st.lists(
    st.tuples(
        st.tuples(st.integers(0, 12), st.integers(0, 12), sides, sides),
        st.sampled_from([0.1, 0.3, 0.5, 0.7, 0.9]),
        st.integers(0, 2),
    ),
    min_size=1,
    max_size=20,
)


@given(rows, st.sampled_from([0.0, 0.3, 0.5, 0.7, 1.0]))
def test_what_must_hold(drawn: list[tuple[Box, float, int]], threshold: float) -> None:
    found = detections([((x, y, x + w, y + h), score, kind) for (x, y, w, h), score, kind in drawn])

    def rivals(a: int, b: int) -> bool:
        iou, held = overlaps(found.xyxy[a], found.xyxy[b])
        same = found.class_id[a] == found.class_id[b]
        return bool((same and (iou > threshold + 1e-6 or held > CONTAINED)) or iou > ANY_CLASS)

    kept = non_maximum_suppression(found, threshold).tolist()
    assert kept[0] == int(np.argmax(found.score))
    assert [found.score[i] for i in kept] == sorted((found.score[i] for i in kept), reverse=True)
    assert len(set(kept)) == len(kept)
    assert not any(rivals(a, b) for a in kept for b in kept if a < b)
    for index in set(range(len(found))) - set(kept):
        better = [i for i in kept if found.score[i] >= found.score[index]]
        assert any(
            rivals(i, index) or overlaps(found.xyxy[i], found.xyxy[index])[0] > threshold for i in better
        )
