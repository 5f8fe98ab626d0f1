"""What ByteTrack does in small scenes whose outcome is known."""

from __future__ import annotations

import numpy as np
import pytest

from neuromorph_track.association.modes import make_tracker
from tests.association.test_paper_modes import HERE, NOTHING, squares


def identities(frames: list, **changes: float) -> list[list[int]]:
    tracker = make_tracker("bytetrack", **changes)
    return [tracker.update(boxes).track_id.tolist() for boxes in frames]


def test_known_at_once_in_the_first_frame_and_later_on_the_second_hit() -> None:
    both = squares((50, 50, 0.9), (200, 50, 0.9))
    assert identities([HERE, both, both]) == [[1], [1], [1, 2]]
    assert identities([NOTHING, HERE, NOTHING, HERE, HERE]) == [[], [], [], [], [2]]


@pytest.mark.parametrize(
    ("score", "kept", "started"), [(0.05, [], []), (0.3, [1], []), (0.65, [1], []), (0.75, [1], [1])]
)
def test_doubtful_boxes_go_on_with_a_track_and_begin_none(
    score: float, kept: list[int], started: list[int]
) -> None:
    weak = squares((50, 50, score))
    assert identities([HERE, weak])[1] == kept
    assert identities([NOTHING, weak, weak])[2] == started


def test_a_doubtful_box_does_not_bring_back_a_lost_track() -> None:
    assert identities([HERE, NOTHING, squares((50, 50, 0.3)), HERE]) == [[1], [], [], [1]]


def test_the_score_counts_in_the_first_stage_and_not_in_the_second() -> None:
    # IoU 0.54: times 0.9 it costs less than the gate of 0.6, times 0.65 more.
    for score, expected in ((0.9, [1]), (0.65, [])):
        assert identities([HERE, squares((56, 50, score))], high_gate=0.6)[1] == expected
    assert identities([HERE, squares((56, 50, 0.2))])[1] == [1]


def test_of_two_tracks_on_one_object_the_one_followed_longer_stays() -> None:
    # Track 1 is seen once and lost; track 2 begins too far off to be taken by it, and comes to lie on it.
    frames = [squares((left, 50, 1.0)) for left in (50, 55, 53, 52.5, 52, 51.7, 51.4)]
    tracker = make_tracker("bytetrack", high_gate=0.2)
    assert [tracker.update(boxes).track_id.tolist() for boxes in frames] == [[1], [], *[[2]] * 5]
    assert tracker.state_dict()["track_id"].tolist() == [2]
    # Of two followed for as long the one that is seen goes.
    tracker = make_tracker("bytetrack", high_gate=0.05)
    tracker.update(squares((50, 50, 1.0)))
    tracker.update(squares((51.4, 50, 1.0)))
    assert tracker.state_dict()["track_id"].tolist() == [1]
    # As long as a track has not been followed for longer than the lost one, it is the one to go.
    tracker = make_tracker("bytetrack", high_gate=0.05, low_gate=0.05, tentative_gate=0.05)
    for left in (50, 50, 50, 51.4):
        tracker.update(squares((left, 50, 1.0)))
    assert tracker.state_dict()["track_id"].tolist() == [1]


def test_the_height_of_a_lost_track_stays() -> None:
    tracker = make_tracker("bytetrack")
    for size in range(20, 40, 2):
        tracker.update(squares((50, 50, 0.9)))
        grown = squares((50, 50, 0.9))
        grown.xyxy[:, 3] += size
        tracker.update(grown)
    heights = []
    for _ in range(4):
        tracker.update(NOTHING)
        heights.append(tracker.state_dict()["moments"][0, 0, 3])
    np.testing.assert_allclose(heights[1:], heights[0])
