"""Clips in another place and size, by hand; the history of a frame."""

from __future__ import annotations

import numpy as np
import pytest

from neuromorph_track.detection.history import cosine, filled
from neuromorph_track.training.draws import Mosaic, Pick, Zoom
from neuromorph_track.training.films import Truth
from neuromorph_track.training.placing import Clip, mosaic, zoomed


def clip(boxes: list[list[float]], value: int = 200, whole: bool = False) -> Clip:
    pictures = np.full((1, 40, 60, 3), value, np.uint8)
    count = len(boxes)
    truth = Truth(
        np.array(boxes, np.float32).reshape(-1, 4),
        np.arange(count),
        np.zeros(count, np.bool_),
        np.arange(count) + 10,
    )
    return Clip(pictures, [truth], whole)


HALF = Zoom(0.5, 0.0, 0.0)


def test_half_the_size_in_the_middle() -> None:
    found = zoomed(clip([[10, 10, 30, 20]]), HALF, (0.0, 0.0), pad=114.0)
    assert found.pictures.shape == (1, 40, 60, 3)
    inside = np.zeros((40, 60), np.bool_)
    inside[10:30, 15:45] = True
    assert (found.pictures[0][inside] == 200).all()
    assert (found.pictures[0][~inside] == 114).all()
    assert found.truths[0].xyxy.tolist() == [[20, 15, 30, 20]]


@pytest.mark.parametrize(("x", "left"), [(-1.0, 0), (0.0, 15), (1.0, 30)])
def test_where_the_smaller_picture_lies(x: float, left: int) -> None:
    found = zoomed(clip([[0, 0, 60, 40]]), Zoom(0.5, x, 0.0), (0.0, 0.0), pad=0)
    assert found.truths[0].xyxy.tolist() == [[left, 10, left + 30, 30]]


def test_objects_that_leave_are_ignored_and_then_left_out() -> None:
    boxes = [[0, 0, 20, 10], [0, 0, 14, 10], [0, 20, 10, 30]]
    found = zoomed(clip(boxes), Zoom(1.0, 0, 0), (-10 / 60, 0.0), pad=0).truths[0]
    # Half of the first is still seen, 4/14 of the second, nothing of the third.
    assert found.xyxy.tolist() == [[0, 0, 10, 10], [0, 0, 4, 10]]
    assert found.ignored.tolist() == [False, True]
    assert found.identity.tolist() == [10, 11]
    whole = zoomed(clip(boxes, whole=True), Zoom(1.0, 0, 0), (-10 / 60, 0.0), pad=0).truths[0]
    assert whole.xyxy.tolist() == [[-10, 0, 10, 10], [-10, 0, 4, 10]]


def test_a_mosaic_of_four_quarters() -> None:
    clips = [clip([[0, 0, 60, 40]], value) for value in (10, 20, 30, 40)]
    pick = Pick(0, 0, 0)
    how = Mosaic((0.5, 0.5), (pick, pick, pick), (Zoom(1.0, 0, 0),) * 4)
    found = mosaic(clips, how, pad=0)
    assert [found.pictures[0, y, x, 0] for y, x in ((5, 5), (5, 55), (35, 5), (35, 55))] == [10, 20, 30, 40]
    assert found.truths[0].xyxy.tolist() == [
        [0, 0, 30, 20],
        [30, 0, 60, 20],
        [0, 20, 30, 40],
        [30, 20, 60, 40],
    ]


def test_no_quarter_of_a_mosaic_has_a_gap() -> None:
    for x, y in ((0.3, 0.7), (0.61, 0.34)):
        pick = Pick(0, 0, 0)
        zooms = (Zoom(1.0, -1, -1), Zoom(1.0, 1, 1), Zoom(1.5, -1, 1), Zoom(1.2, 0.3, -0.7))
        found = mosaic([clip([])] * 4, Mosaic((x, y), (pick, pick, pick), zooms), pad=0)
        assert (found.pictures == 200).all()


def picture(value: int) -> np.ndarray:
    found = np.full((4, 4, 3), 100, np.uint8)
    found[0, 0] = value
    return found


def test_history_ends_at_the_first_picture_that_differs() -> None:
    other = np.zeros((4, 4, 3), np.uint8)
    other[2:, 1] = 250
    like = [picture(value) for value in (101, 102, 103)]
    shown = filled(np.stack([like[0], other, like[1], like[2]]), 0.985)
    # Before the cut there may be another scene, even where it looks alike again.
    np.testing.assert_array_equal(shown, np.stack([like[2], like[2], like[1], like[2]]))
    np.testing.assert_array_equal(filled(np.stack(like), 0.985), np.stack(like))
    np.testing.assert_array_equal(filled(like[0][None], 1.0), like[0][None])


def test_cosine() -> None:
    a, b = (np.array(values, np.uint8) for values in ([3, 4], [4, 3]))
    assert cosine(a, b) == pytest.approx(24 / 25)
    black = np.zeros(2, np.uint8)
    assert (cosine(black, black), cosine(a, black)) == (1.0, 0.0)
