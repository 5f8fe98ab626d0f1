"""What OC-SORT does in small scenes whose outcome is known."""

from __future__ import annotations

import numpy as np
import pytest

from neuromorph_track.association import area, ocsort
from neuromorph_track.association.modes import make_tracker
from neuromorph_track.errors import InputError
from tests.association.test_paper_modes import HERE, NOTHING, squares


def identities(frames: list, **changes: float) -> list[list[int]]:
    tracker = make_tracker("ocsort", **changes)
    return [tracker.update(boxes).track_id.tolist() for boxes in frames]


def test_shown_after_three_hits_in_a_row_and_at_once_in_the_first_frames() -> None:
    assert identities([HERE] * 5) == [[1]] * 5
    late = [NOTHING] * 3 + [HERE] * 5
    assert identities(late) == [[]] * 6 + [[1]] * 2
    # After a gap it has to show itself again.
    assert identities([HERE] * 5 + [NOTHING] + [HERE] * 4)[5:] == [[], [], [], [1], [1]]
    assert identities(late, min_hits=0) == [[]] * 3 + [[1]] * 5


def test_the_box_of_the_detection_is_reported() -> None:
    tracker = make_tracker("ocsort")
    tracker.update(HERE)
    there = squares((53, 51, 0.8))
    np.testing.assert_array_equal(tracker.update(there).xyxy, there.xyxy)


def test_of_two_boxes_the_one_straight_ahead_is_preferred() -> None:
    frames = [squares((50 + 2 * step, 50, 0.9)) for step in range(8)]
    # It is expected at 66, 50. The first overlaps that by 0.75 but lies to the side, the second by 0.74.
    choice = squares((65, 48, 0.9), (69, 50, 0.9))
    for inertia, taken in ((0.0, [0]), (0.2, [1])):
        tracker = make_tracker("ocsort", inertia=inertia)
        for boxes in frames:
            tracker.update(boxes)
        shown = tracker.update(choice)
        assert shown.detection[shown.track_id == 1].tolist() == taken


def stopped(frames: int) -> list:
    """An object that moves by 6 pixels a frame, is out of sight, and comes back where it was lost."""
    moving = [squares((6 * step, 50, 0.9)) for step in range(10)]
    return moving + [NOTHING] * frames + [squares((54, 50, 0.9))] * 4


def test_a_track_is_recovered_by_the_last_box_seen_of_it() -> None:
    assert identities(stopped(8))[-1] == [1]
    # By where it is expected alone, 50 pixels further, it would be another.
    tracker = make_tracker("bytetrack")
    assert [tracker.update(boxes).track_id.tolist() for boxes in stopped(8)][-1] == [2]


def only_predicted(before: np.ndarray, last: object, found: object, gap: np.ndarray) -> np.ndarray:
    """SORT's filter of a track that is found again, in the place of the re-update."""
    moments = before.copy()
    area.predict(moments, int(gap[0]))
    return moments


def test_a_track_that_is_found_again_goes_on_from_the_line_to_there(monkeypatch: pytest.MonkeyPatch) -> None:
    def found_at(place: float) -> np.ndarray:
        """Centre x of a track that came on by 2 a frame to 58, after being found 8 frames later."""
        tracker = make_tracker("ocsort", iou_gate=0.05)
        for step in range(30):
            tracker.update(squares((2 * step, 50, 0.9)))
        for _ in range(7):
            tracker.update(NOTHING)
        tracker.update(squares((place, 50, 0.9)))
        state = tracker.state_dict()
        assert state["track_id"].tolist() == [1]
        return state["moments"][:, 0, 0]

    np.testing.assert_allclose(found_at(58 + 16)[:2], [84, 2], atol=0.01)
    # It came on by 4 only: with the boxes between, the filter is nearer to where it is, and surer.
    along = found_at(58 + 4)
    monkeypatch.setattr(ocsort, "re_update", only_predicted)
    jumped = found_at(58 + 4)
    assert 0 < along[0] - 72 < (jumped[0] - 72) / 2
    assert along[1] < jumped[1]
    assert along[2] < jumped[2] / 2


def test_the_second_stage_of_bytetrack_is_an_option() -> None:
    frames = [HERE] * 4 + [squares((50, 50, 0.3))] + [HERE]
    assert identities(frames)[4:] == [[], []]
    assert identities(frames, byte_stage=True)[4:] == [[1], [1]]


def test_a_gap_made_by_frames_left_out_is_not_walked_through(monkeypatch: pytest.MonkeyPatch) -> None:
    walked = []

    def counted(before: np.ndarray, last: object, found: object, gap: np.ndarray) -> np.ndarray:
        walked.extend(gap.tolist())
        return only_predicted(before, last, found, gap)

    monkeypatch.setattr(ocsort, "re_update", counted)
    tracker = make_tracker("ocsort", max_lost=4)
    # Left out before: that is no loss. One frame without it: that is. Then too many to look at one by one.
    for boxes, dt in ((HERE, 1), (HERE, 3), (NOTHING, 1), (HERE, 2), (NOTHING, 1), (HERE, 1_000_000)):
        shown = tracker.update(boxes, dt=dt)
    assert walked == [3]
    assert np.isfinite(shown.xyxy).all()


def test_a_turn_of_the_camera_turns_the_way_of_a_track() -> None:
    tracker = make_tracker("ocsort")
    for step in range(5):
        tracker.update(squares((4 * step, 50, 0.9)))
    np.testing.assert_allclose(tracker.state_dict()["heading"], [[1, 0]], atol=1e-6)
    tracker.update(NOTHING, np.array([[0.0, -1, 100], [1, 0, 0]]))
    state = tracker.state_dict()
    np.testing.assert_allclose(state["heading"], [[0, 1]], atol=1e-6)
    np.testing.assert_allclose(state["seen_box"][0, 0], [30, 16, 50, 36])
    np.testing.assert_allclose(state["settled"][0, 1, :2], [0, 4], atol=0.1)


@pytest.mark.parametrize("delta_t", [0, 7, 1.5])
def test_refuses_to_look_further_back_than_it_remembers(delta_t: float) -> None:
    with pytest.raises(InputError, match="delta_t"):
        make_tracker("ocsort", delta_t=delta_t)
