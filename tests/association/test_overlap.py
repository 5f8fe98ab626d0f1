"""Overlaps of boxes against hand-worked values, and the sparse search against every pair."""

from __future__ import annotations

import time

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from neuromorph_track.association import overlap
from neuromorph_track.errors import InputError

UNIT = (0, 0, 10, 10)

CASES = [
    # second box, IoU, HMIoU with UNIT
    pytest.param((0, 0, 10, 10), 1.0, 1.0, id="same"),
    pytest.param((5, 0, 15, 10), 50 / 150, 50 / 150, id="half-beside"),
    pytest.param((0, 5, 10, 15), 50 / 150, 50 / 150 * 5 / 15, id="half-below"),
    pytest.param((2, 2, 7, 6), 20 / 100, 20 / 100 * 4 / 10, id="inside"),
    pytest.param((10, 0, 20, 10), 0.0, 0.0, id="touching"),
    pytest.param((30, 30, 40, 40), 0.0, 0.0, id="apart"),
    pytest.param((5, 5, 5, 5), 0.0, 0.0, id="point"),
    pytest.param((2, 3, 8, 3), 0.0, 0.0, id="line"),
    pytest.param((8, 8, 2, 2), 0.0, 0.0, id="inside-out"),
]


@pytest.mark.parametrize(("other", "iou", "hmiou"), CASES)
def test_hand_worked(other: tuple[float, ...], iou: float, hmiou: float) -> None:
    first, second = np.array([UNIT], np.float32), np.array([other], np.float32)
    assert overlap.iou_matrix(first, second) == pytest.approx(iou)
    assert overlap.hmiou_matrix(first, second) == pytest.approx(hmiou)
    assert overlap.iou_matrix(second, first) == pytest.approx(iou)


def test_float32_stays_float32_and_empty_gives_empty() -> None:
    boxes = np.array([UNIT, UNIT], np.float32)
    none = np.zeros((0, 4), np.float32)
    for measure in (overlap.iou_matrix, overlap.hmiou_matrix):
        assert measure(boxes, boxes).dtype == np.float32
        assert measure(boxes, none).shape == (2, 0)
        assert measure(none, boxes).shape == (0, 2)


# A coarse grid gives many touching, equal and inside-out boxes.
BOXES = hnp.arrays(np.float32, st.tuples(st.integers(0, 12), st.just(4)), elements=st.integers(0, 8))


# The limits up to which a simpler search serves; every search finds the same.
SEARCHES = [
    pytest.param({}, id="dense"),
    pytest.param({"DENSE_PAIRS": 0}, id="from-left"),
    pytest.param({"DENSE_PAIRS": 0, "TRIES_AT_ONCE": 20}, id="from-left-or-top"),
    pytest.param({"DENSE_PAIRS": 0, "TRIES_AT_ONCE": -1, "BOXES_IN_SLAB": 3}, id="slabs"),
]


@pytest.mark.parametrize("limits", SEARCHES)
def test_pairs_are_those_with_an_iou(limits: dict[str, int], monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in limits.items():
        monkeypatch.setattr(overlap, name, value)

    @given(BOXES, BOXES)
    def check(rows: np.ndarray, columns: np.ndarray) -> None:
        pairs = overlap.measured_pairs(rows, columns)
        wide = rows.astype(np.float64), columns.astype(np.float64)
        wanted, higher = overlap.iou_matrix(*wide), overlap.hmiou_matrix(*wide)
        np.testing.assert_array_equal(np.nonzero(wanted), (pairs.row, pairs.column))
        np.testing.assert_allclose(pairs.iou, wanted[pairs.row, pairs.column], rtol=1e-12)
        np.testing.assert_allclose(pairs.hmiou, higher[pairs.row, pairs.column], rtol=1e-12)

    check()


@pytest.mark.parametrize("limits", SEARCHES)
def test_many_boxes_at_odd_places(limits: dict[str, int], monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in limits.items():
        monkeypatch.setattr(overlap, name, value)
    generator = np.random.default_rng(0)
    corner = generator.uniform(0, 1000, (2, 300, 2))
    boxes = np.concatenate([corner, corner + generator.uniform(0.1, 200, corner.shape)], axis=2)
    rows, columns = boxes.astype(np.float32)
    row, column = overlap.overlapping_pairs(rows, columns)
    found = np.zeros((300, 300), bool)
    found[row, column] = True
    np.testing.assert_array_equal(found, overlap.iou_matrix(rows, columns) > 0)
    assert found.sum() == len(row)


def test_one_box_on_all_others() -> None:
    """Its many partners come in order too, and in a time that does not grow with their square."""
    generator = np.random.default_rng(3)
    corner = generator.permutation(200_000).astype(np.float64)[:, None] * [2, 0]
    small = np.concatenate([corner, corner + 1], axis=1)
    large = np.array([[0.0, 0, 400_000, 1]])
    begun = time.process_time()
    for rows, columns in ((large, small), (small, large)):
        pairs = overlap.measured_pairs(rows, columns)
        place = pairs.column if len(columns) > 1 else pairs.row
        np.testing.assert_array_equal(place, np.arange(len(small)))
    assert time.process_time() - begun < 5


LIMITS = [("MOST_PAIRS", "pairs", 2**24), ("MOST_PAIRS", "pairs", -1), ("MOST_TRIES", "pairs to compare", -1)]


@pytest.mark.parametrize(("limit", "field", "at_once"), LIMITS)
def test_too_many_overlaps_are_refused(
    limit: str, field: str, at_once: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(overlap, "DENSE_PAIRS", 0)
    monkeypatch.setattr(overlap, "TRIES_AT_ONCE", at_once)
    monkeypatch.setattr(overlap, "BOXES_IN_SLAB", 3)
    monkeypatch.setattr(overlap, limit, 99)
    boxes = np.tile(np.array([UNIT], np.float32), (10, 1))
    with pytest.raises(InputError, match=f"boxes: overlaps: found .*{field}"):
        overlap.measured_pairs(boxes, boxes)
    assert len(overlap.measured_pairs(boxes, boxes[:9]).row) == 90
