"""What TrackTrack does in small scenes whose outcome is known."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from neuromorph_track.association.modes import make_tracker
from neuromorph_track.errors import InputError
from tests.association.test_paper_modes import HERE, NOTHING, squares


def identities(frames: list, **changes: float) -> list[list[int]]:
    tracker = make_tracker("tracktrack", **changes)
    return [tracker.update(boxes).track_id.tolist() for boxes in frames]


def test_known_on_the_third_hit_and_gone_at_a_miss_before() -> None:
    assert identities([HERE] * 4) == [[], [], [1], [1]]
    assert identities([HERE, HERE, NOTHING, HERE, HERE, HERE]) == [[], [], [], [], [], [2]]
    assert identities([HERE] * 2, confirm_after=1) == [[1], [1]]
    assert identities([HERE] * 5, confirm_after=5) == [[]] * 4 + [[1]]


@pytest.mark.parametrize(("least_iou", "expected"), [(0.1, []), (0.05, [1])])
def test_what_hardly_overlaps_is_never_a_pair(least_iou: float, expected: list[int]) -> None:
    beside = squares((50 + 17, 50, 0.9))
    assert identities([HERE] * 3 + [beside], least_iou=least_iou, gate=1, score_weight=0)[-1] == expected


@pytest.mark.parametrize("score", [0.15, 0.4, 0.65])
def test_doubtful_boxes_go_on_with_a_track_and_begin_none(score: float) -> None:
    weak = squares((50, 50, score))
    assert identities([HERE] * 3 + [weak] * 3)[3:] == [[1]] * 3
    assert identities([weak] * 5)[-1] == []


def test_no_track_begins_on_a_track_or_beside_a_surer_box() -> None:
    # The second box overlaps the first by 0.67: below the gate of suppression, above that of beginning.
    beside = squares((50, 50, 0.95), (54, 50, 0.9))
    assert identities([beside] * 5)[-1] == [1]
    assert identities([HERE] * 3 + [beside] * 5)[-1] == [1]
    assert identities([beside] * 5, begin_iou=0.8)[-1] == [1, 2]


def test_a_box_that_suppression_would_have_removed_rescues_a_track() -> None:
    apart = squares((50, 50, 0.9), (90, 50, 0.9))
    crossing = replace(squares((70, 50, 0.9), (73, 50, 0.85)), suppressed=np.array([False, True]))
    ways = [squares((50 + 4 * k, 50, 0.9), (93 - 4 * k, 50, 0.9)) for k in range(5)]
    for suppressed, expected in ((True, [1, 2]), (False, [1])):
        tracker = make_tracker("tracktrack", max_lost=0)
        for boxes in [apart, *ways]:
            tracker.update(boxes)
        shown = tracker.update(crossing if suppressed else crossing[:1])
        assert len(shown) == len(expected)
    # A removed box costs more: where there is another, that is taken.
    tracker = make_tracker("tracktrack")
    for _ in range(3):
        tracker.update(HERE)
    pair = replace(squares((50, 50, 0.9), (52, 50, 0.9)), suppressed=np.array([True, False]))
    assert tracker.update(pair).detection.tolist() == [1]


def test_a_removed_box_that_is_doubtful_is_not_looked_at() -> None:
    double = replace(squares((50, 50, 0.5)), suppressed=np.array([True]))
    assert identities([HERE] * 3 + [double])[-1] == []


def test_the_score_goes_on_as_it_went() -> None:
    # The score fell by 0.05 each frame; of two boxes at the same distance the one on that line is taken.
    falling = [squares((50, 50, 0.95 - 0.05 * k)) for k in range(4)]
    choice = squares((52, 50, 0.95), (48, 50, 0.75))
    tracker = make_tracker("tracktrack", angle_weight=0)
    for boxes in falling:
        tracker.update(boxes)
    assert tracker.update(choice).detection.tolist() == [1]


def test_a_track_prefers_to_go_straight_on() -> None:
    # Where it is expected is midway between the two.
    ways = [squares((50 + 3 * k, 50, 0.9)) for k in range(6)]
    taken = []
    for order in (1, -1):
        tracker = make_tracker("tracktrack", angle_weight=0.3)
        for boxes in ways:
            tracker.update(boxes)
        expected = tracker.state_dict()["moments"]
        centre = float(expected[0, 0, 0] + expected[1, 0, 0]) - 10
        choice = squares(*[(centre - 4, 50, 0.9), (centre + 4, 50, 0.9)][::order])
        tracker.update(choice)
        taken.append(tracker.state_dict()["detection"].tolist()[0])
    assert taken == [1, 0]


def test_looks_tell_apart_what_lies_alike() -> None:
    looks = np.eye(2, dtype=np.float32)
    boxes = squares((50, 50, 0.9), (62, 50, 0.9))
    for known in (True, False):
        tracker = make_tracker("tracktrack", angle_weight=0)
        for _ in range(4):
            tracker.update(boxes, embeddings=looks)
        # Both move by most of their distance: by place the first is where the second was.
        moved = squares((60, 50, 0.9), (52, 50, 0.9))
        shown = tracker.update(moved, embeddings=looks if known else None)
        assert shown.detection.tolist() == ([0, 1] if known else [1, 0])


def test_embeddings_may_come_late_be_missing_and_not_change_their_length() -> None:
    tracker = make_tracker("tracktrack")
    look = np.array([[0, 1, 0]], np.float32)
    tracker.update(HERE)
    tracker.update(HERE, embeddings=look)
    tracker.update(HERE)
    tracker.update(HERE, embeddings=0 * look)
    np.testing.assert_allclose(tracker.state_dict()["embedding"], look)
    with pytest.raises(InputError, match="embeddings: found 2 numbers each, expected 3 as before"):
        tracker.update(HERE, embeddings=np.array([[0.6, 0.8]], np.float32))
    assert tracker.update(HERE).track_id.tolist() == [1]
    assert len(tracker.update(NOTHING, embeddings=np.zeros((0, 3), np.float32))) == 0


@pytest.mark.parametrize("hold_size", [True, False])
def test_the_size_of_a_lost_track_may_be_held(hold_size: bool) -> None:
    tracker = make_tracker("tracktrack", hold_size=hold_size)
    for grown in range(10):
        boxes = squares((50, 50, 0.9))
        boxes.xyxy[:, 2:] += 2 * grown
        tracker.update(boxes)
    sizes = []
    for _ in range(4):
        tracker.update(NOTHING)
        sizes.append(float(tracker.state_dict()["moments"][0, 0, 2]))
    assert (np.diff(sizes[1:]) == 0).all() == hold_size


def test_the_camera_may_be_found_from_the_boxes() -> None:
    # Nine objects that stand; then the picture jumps by a quarter of their width.
    grid = [(60.0 * column, 70.0 * row, 0.9) for column in range(3) for row in range(3)]
    for camera in (True, False):
        tracker = make_tracker("tracktrack", camera=camera)
        for _ in range(6):
            tracker.update(squares(*grid))
        shown = tracker.update(squares(*[(x + 5, y + 5, score) for x, y, score in grid]))
        assert (shown.track_id.tolist() == list(range(1, 10))) == camera


def test_a_turn_of_the_camera_turns_the_ways_of_the_corners() -> None:
    tracker = make_tracker("tracktrack")
    for step in range(6):
        tracker.update(squares((4 * step, 50, 0.9)))
    # One third of 1 + 1/2 + 1/3.
    np.testing.assert_allclose(tracker.state_dict()["ways"], [[[11 / 18, 0]] * 4], atol=1e-5)
    tracker.update(NOTHING, np.array([[0.0, -1, 100], [1, 0, 0]]))
    state = tracker.state_dict()
    np.testing.assert_allclose(state["ways"], [[[0, 11 / 18]] * 4], atol=1e-5)
    np.testing.assert_allclose(state["seen_box"][0, 0], [30, 20, 50, 40])
