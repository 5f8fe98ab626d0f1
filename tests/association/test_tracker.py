"""What the two-stage tracker does in small scenes whose outcome is known."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from neuromorph_track.association import TwoStageSettings, TwoStageTracker
from neuromorph_track.data.detections import Detections, Tracks
from neuromorph_track.errors import InputError

SIZE = 20.0


def frame(*boxes: tuple[float, float, float] | tuple[float, float, float, int]) -> Detections:
    """Squares given as left, top, score and class (0)."""
    rows = [(*box, 0)[:4] for box in boxes]
    table = np.array(rows, float).reshape(-1, 4)
    corner = table[:, :2]
    return Detections(
        np.concatenate([corner, corner + SIZE], axis=1).astype(np.float32),
        table[:, 2].astype(np.float32),
        table[:, 3].astype(np.int64),
    )


def identities(tracker: TwoStageTracker, *frames: Detections) -> list[list[int]]:
    return [tracker.update(boxes).track_id.tolist() for boxes in frames]


NOTHING = frame()
HERE = frame((50, 50, 0.8))


def test_a_track_of_the_first_frame_is_known_at_once_and_later_ones_on_the_second_hit() -> None:
    both = frame((50, 50, 0.8), (200, 50, 0.8))
    assert identities(TwoStageTracker(), HERE, both, both) == [[1], [1], [1, 2]]


def test_a_track_that_begins_very_surely_is_known_at_once() -> None:
    both = frame((50, 50, 0.8), (200, 50, 0.86))
    assert identities(TwoStageTracker(), HERE, both, both) == [[1], [1, 2], [1, 2]]
    strict = TwoStageTracker(TwoStageSettings(instant_score=0.9))
    assert identities(strict, HERE, both, both) == [[1], [1], [1, 2]]


@pytest.mark.parametrize(("confirm_after", "first_shown"), [(1, 0), (2, 1), (4, 3)])
def test_confirm_after(confirm_after: int, first_shown: int) -> None:
    tracker = TwoStageTracker(TwoStageSettings(confirm_after=confirm_after))
    shown = identities(tracker, NOTHING, *[HERE] * 5)
    assert shown == [[]] + [[]] * first_shown + [[1]] * (5 - first_shown)


def test_a_tentative_track_dies_at_its_first_miss() -> None:
    assert identities(TwoStageTracker(), NOTHING, HERE, NOTHING, HERE, HERE) == [[], [], [], [], [2]]


@pytest.mark.parametrize(
    ("score", "kept", "started"), [(0.05, [], []), (0.3, [1], []), (0.55, [1], []), (0.6, [1], [1])]
)
def test_scores_decide_who_may_go_on_and_who_may_begin(
    score: float, kept: list[int], started: list[int]
) -> None:
    weak = frame((50, 50, score))
    assert identities(TwoStageTracker(), HERE, weak)[1] == kept
    assert identities(TwoStageTracker(), NOTHING, weak, weak)[2] == started


def test_a_weak_detection_does_not_bring_back_a_lost_track() -> None:
    weak = frame((50, 50, 0.3))
    assert identities(TwoStageTracker(), HERE, NOTHING, weak, HERE) == [[1], [], [], [1]]


def test_a_sure_detection_goes_before_a_weak_one_that_lies_better() -> None:
    tracks = TwoStageTracker()
    tracks.update(HERE)
    shown = tracks.update(frame((50, 50, 0.3), (54, 50, 0.9)))
    assert shown.detection.tolist() == [1]
    assert shown.score.tolist() == pytest.approx([0.9])


@pytest.mark.parametrize(("gap", "again"), [(5, [1]), (6, [])])
def test_a_lost_track_is_kept_for_max_lost_frames(gap: int, again: list[int]) -> None:
    tracker = TwoStageTracker(TwoStageSettings(max_lost=5))
    assert identities(tracker, HERE, *[NOTHING] * gap, HERE)[-1] == again


def test_frames_that_are_left_out_count_as_lost_frames() -> None:
    tracker = TwoStageTracker(TwoStageSettings(max_lost=5))
    tracker.update(HERE)
    tracker.update(NOTHING, dt=5)
    assert tracker.update(HERE).track_id.tolist() == [1]
    tracker.update(NOTHING, dt=6)
    assert tracker.update(HERE).track_id.tolist() == []


def test_a_moving_track_is_found_where_it_went_after_frames_were_left_out() -> None:
    tracker = TwoStageTracker()
    for step in range(10):
        tracker.update(frame((4 * step, 50, 0.9)))
    assert tracker.update(frame((4 * 20, 50, 0.9)), dt=11).track_id.tolist() == [1]


def test_two_that_cross_keep_their_identities() -> None:
    tracker = TwoStageTracker()
    for step in range(30):
        shown = tracker.update(frame((5 * step, 50, 0.9), (150 - 5 * step, 56, 0.9)))
        assert shown.track_id.tolist() == [1, 2]
        assert shown.detection.tolist() == [0, 1]


def test_classes_never_mix() -> None:
    tracker = TwoStageTracker()
    tracker.update(frame((50, 50, 0.8, 3)))
    other = frame((50, 50, 0.8, 5))
    assert identities(tracker, other, other, frame((50, 50, 0.8, 5), (50, 50, 0.8, 3))) == [[], [2], [1, 2]]


@pytest.mark.parametrize(("duplicate_iou", "last"), [(0.7, []), (1.0, [2])])
def test_of_two_tracks_on_one_object_the_younger_goes(duplicate_iou: float, last: list[int]) -> None:
    tracker = TwoStageTracker(TwoStageSettings(high_gate=0.4, confirm_after=1, duplicate_iou=duplicate_iou))
    # Too far off to be taken by track 1, so track 2 begins; it then comes to lie on the lost track 1.
    frames = [frame((left, 50, 0.9)) for left in (50, 57, 55, 53)]
    assert identities(tracker, *frames) == [[1], [2], [2], last]


def test_the_report_lies_half_way_between_the_filtered_box_and_the_detection() -> None:
    tracker = TwoStageTracker()
    tracker.update(HERE)
    shown = tracker.update(frame((10, 10, 0.2), (52, 50, 0.8)))
    assert isinstance(shown, Tracks)
    assert shown.detection.tolist() == [1]
    centre, _, width, _ = tracker.state_dict()["moments"][0, 0]
    assert 50 < centre - width / 2 < 52
    assert shown.xyxy[0, 0] == pytest.approx((centre - width / 2 + 52) / 2)
    assert (shown.xyxy.dtype, shown.score.dtype) == (np.float32, np.float32)


def test_a_track_that_is_not_seen_keeps_its_size() -> None:
    tracker = TwoStageTracker()
    for size in range(20, 40, 2):
        corners = np.array([[50 - size / 2, 50 - size / 2, 50 + size / 2, 50 + size / 2]], np.float32)
        tracker.update(Detections(corners, np.ones(1, np.float32), np.zeros(1, np.int64)))
    sizes = []
    for _ in range(4):
        tracker.update(NOTHING)
        sizes.append(tracker.state_dict()["moments"][0, 0, 2])
    # It grows for one frame more: that it is missed is known only afterwards.
    assert sizes[0] > 38
    assert sizes[1:] == [sizes[0]] * 3


def test_empty_from_the_start() -> None:
    assert identities(TwoStageTracker(), NOTHING, NOTHING) == [[], []]


@pytest.mark.parametrize(
    ("boxes", "field"),
    [
        (Detections(np.full((1, 4), np.nan, np.float32), np.ones(1, np.float32), np.zeros(1, int)), "xyxy"),
        (frame((0, 0, 1.5)), "score"),
        (frame((0, 0, float("nan"))), "score"),
    ],
)
def test_refuses_what_is_no_detection_and_stays_as_it_was(boxes: Detections, field: str) -> None:
    tracker = TwoStageTracker()
    tracker.update(HERE)
    with pytest.raises(InputError, match=f"detections: {field}: "):
        tracker.update(boxes)
    assert tracker.update(HERE).track_id.tolist() == [1]


def test_refuses_to_go_back_in_time() -> None:
    with pytest.raises(InputError, match="dt"):
        TwoStageTracker().update(NOTHING, dt=0)


def random_frames(seed: int, frames: int, objects: int) -> list[Detections]:
    """Squares on straight ways in a small field, some missed, scores and classes of all kinds."""
    generator = np.random.default_rng(seed)
    place, speed = generator.uniform(0, 200, (objects, 2)), generator.normal(0, 4, (objects, 2))
    classes = generator.integers(0, 2, objects)
    result = []
    for _ in range(frames):
        place = place + speed
        seen = generator.random(objects) < 0.8
        corner = place[seen] + generator.normal(0, 1, (seen.sum(), 2))
        result.append(
            Detections(
                np.concatenate([corner, corner + SIZE], axis=1).astype(np.float32),
                generator.random(seen.sum(), np.float32),
                classes[seen],
            )
        )
    return result


def same(first: Tracks, second: Tracks) -> bool:
    names = ("xyxy", "score", "class_id", "track_id", "detection")
    return all(np.array_equal(getattr(first, name), getattr(second, name)) for name in names)


@given(st.integers(0, 2**32 - 1), st.integers(0, 25))
def test_a_detection_belongs_to_one_track_and_an_identity_to_one_class(seed: int, objects: int) -> None:
    tracker = TwoStageTracker()
    class_of: dict[int, int] = {}
    for boxes in random_frames(seed, 12, objects):
        shown = tracker.update(boxes)
        assert len(set(shown.detection.tolist())) == len(shown)
        assert (np.diff(shown.track_id) > 0).all()
        np.testing.assert_array_equal(shown.score, boxes.score[shown.detection])
        np.testing.assert_array_equal(shown.class_id, boxes.class_id[shown.detection])
        for identity, class_id in zip(shown.track_id.tolist(), shown.class_id.tolist(), strict=True):
            assert class_of.setdefault(identity, class_id) == class_id


def test_goes_on_from_a_saved_state_as_if_nothing_had_happened() -> None:
    frames = random_frames(5, 40, 30)
    tracker = TwoStageTracker()
    for boxes in frames[:20]:
        tracker.update(boxes)
    state = tracker.state_dict()
    expected = [tracker.update(boxes) for boxes in frames[20:]]
    other = TwoStageTracker()
    other.load_state_dict(state)
    assert all(same(other.update(boxes), wanted) for boxes, wanted in zip(frames[20:], expected, strict=True))


def test_a_broken_state_is_refused_and_changes_nothing() -> None:
    tracker = TwoStageTracker()
    tracker.update(HERE)
    for name in ("next_id", "frame", "calls", "moments", "measured"):
        state = tracker.state_dict()
        del state[name]
        with pytest.raises(InputError, match=f"tracker state: {name}: "):
            tracker.load_state_dict(state)
    assert tracker.update(HERE).track_id.tolist() == [1]


def test_reset_begins_anew() -> None:
    frames = random_frames(6, 20, 30)
    tracker = TwoStageTracker()
    first = [tracker.update(boxes) for boxes in frames]
    tracker.reset()
    assert all(same(tracker.update(boxes), wanted) for boxes, wanted in zip(frames, first, strict=True))
