"""Overlap, cut and carried boxes: hand-worked, and against shapes drawn in pixels."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from neuromorph_track.evaluation.single.boxes import carried_on, centre_offsets, inside, overlaps

BOX = st.tuples(*[st.integers(0, 12)] * 2, *[st.integers(1, 12)] * 2)


def of(*boxes: tuple[float, ...]) -> np.ndarray:
    return np.array(boxes, np.float64)


@pytest.mark.parametrize(
    ("a", "b", "expected"),
    [
        ((0, 0, 2, 2), (0, 0, 2, 2), 1),
        ((0, 0, 2, 2), (1, 0, 2, 2), 1 / 3),
        ((0, 0, 2, 2), (2, 0, 2, 2), 0),
        ((0, 0, 2, 2), (5, 5, 1, 1), 0),
        ((0, 0, 4, 4), (1, 1, 2, 2), 0.25),
        ((0, 0, 0, 0), (0, 0, 0, 0), 0),
        ((0.1, 0.2, 0.3, 0.7), (0.1, 0.2, 0.3, 0.7), 1),
    ],
)
def test_overlaps(a: tuple[float, ...], b: tuple[float, ...], expected: float) -> None:
    assert overlaps(of(a), of(b)) == pytest.approx([expected])
    assert overlaps(of(a), of(b))[0] <= 1


@given(BOX, BOX)
def test_overlap_counted_in_pixels(a: tuple[int, ...], b: tuple[int, ...]) -> None:
    drawn = np.zeros((2, 24, 24), bool)
    for canvas, (x, y, w, h) in zip(drawn, (a, b), strict=True):
        canvas[y : y + h, x : x + w] = True
    expected = (drawn[0] & drawn[1]).sum() / (drawn[0] | drawn[1]).sum()
    assert overlaps(of(a), of(b)) == pytest.approx([expected])


def test_centre_offsets() -> None:
    assert centre_offsets(of((0, 0, 4, 2)), of((1, 1, 2, 4))).tolist() == [[0, -2]]


def test_inside_as_got10k_cuts() -> None:
    # A corner beyond the left edge moves; the width stays.
    boxes = of((-5, -2, 10, 4), (8, 4, 10, 10), (20, 1, 5, 2), (1, 1, -3, 2))
    assert inside(boxes, (10, 6)).tolist() == [[0, 0, 10, 4], [8, 4, 2, 2], [10, 1, 0, 2], [1, 1, 0, 2]]


def test_carried_on() -> None:
    lost = (np.nan,) * 4
    boxes = of((1, 1, 2, 2), lost, (0, 0, 0, 5), (3, 3, 2, 2), (4, 4, 1, -1))
    assert carried_on(boxes)[:, 0].tolist() == [1, 1, 1, 3, 3]
