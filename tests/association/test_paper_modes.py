"""The modes after papers: against the same trackers written object by object, and what holds for all."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from neuromorph_track.association.bytetrack import ByteTrackSettings
from neuromorph_track.association.interface import Tracker
from neuromorph_track.association.modes import MODES, make_tracker
from neuromorph_track.association.ocsort_table import OcSortSettings
from neuromorph_track.association.tracktrack_table import TrackTrackSettings
from neuromorph_track.data.detections import Detections, Tracks
from neuromorph_track.data.motchallenge import MotBoxes, read_detections, read_seqinfo, read_truth
from neuromorph_track.errors import InputError
from neuromorph_track.evaluation import EvaluationSequence, evaluate_tracking, protocol_for
from neuromorph_track.evaluation.sequences import by_frame
from tests.association.slow.bytetrack import SlowByteTracker
from tests.association.slow.ocsort import SlowOcSortTracker
from tests.association.slow.scenes import Call, random_calls
from tests.association.slow.tracktrack import SlowTrackTracker

NAMES = ("bytetrack", "ocsort", "tracktrack")


def run(tracker: Tracker, calls: list[Call]) -> list[Tracks]:
    return [tracker.update(call.detections, call.warp, call.embeddings, call.dt) for call in calls]


def same(first: list[Tracks], second: list[Tracks]) -> bool:
    names = ("xyxy", "score", "class_id", "track_id", "detection")
    pairs = zip(first, second, strict=True)
    return all(np.array_equal(getattr(a, name), getattr(b, name)) for a, b in pairs for name in names)


def squares(*boxes: tuple[float, float, float], class_id: int = 0) -> Detections:
    """20 pixels wide, given as left, top and score."""
    table = np.array(boxes, float).reshape(-1, 3)
    corner = table[:, :2]
    return Detections(
        np.concatenate([corner, corner + 20], axis=1).astype(np.float32),
        table[:, 2].astype(np.float32),
        np.full(len(table), class_id),
    )


NOTHING = squares()
HERE = squares((50, 50, 0.9))


@pytest.mark.parametrize(
    ("settings", "slow", "appearance"),
    [
        pytest.param(ByteTrackSettings(), SlowByteTracker, False, id="bytetrack"),
        pytest.param(ByteTrackSettings(max_lost=2, duplicate_iou=0.5), SlowByteTracker, False, id="doubles"),
        pytest.param(OcSortSettings(), SlowOcSortTracker, False, id="ocsort"),
        pytest.param(OcSortSettings(byte_stage=True, max_lost=4), SlowOcSortTracker, False, id="ocsort-byte"),
        pytest.param(
            OcSortSettings(inertia=0.8, delta_t=5, min_hits=1), SlowOcSortTracker, False, id="inertia"
        ),
        pytest.param(TrackTrackSettings(camera=False), SlowTrackTracker, False, id="tracktrack"),
        pytest.param(TrackTrackSettings(camera=False), SlowTrackTracker, True, id="appearance"),
        pytest.param(
            TrackTrackSettings(
                camera=False, gate=0.9, gate_step=0.2, angle_weight=0.5, score_weight=0.5, max_lost=3
            ),
            SlowTrackTracker,
            True,
            id="terms",
        ),
    ],
)
@pytest.mark.parametrize("skips", [False, True], ids=["every-frame", "skips-and-camera"])
def test_equals_the_slow_tracker(
    settings: Any, slow: Callable[[Any], Any], appearance: bool, skips: bool
) -> None:
    name = next(mode.name for mode in MODES.values() if mode.settings is type(settings))
    shown = 0
    for seed in range(2):
        calls = random_calls(seed, skips=skips)
        calls = calls if appearance else [replace(call, embeddings=None) for call in calls]
        tracker, expected = make_tracker(name, settings), slow(settings)
        for call in calls:
            tracks, wanted = run(tracker, [call])[0], expected.update(call)
            assert tracks.track_id.tolist() == sorted(wanted)
            for identity, box in zip(tracks.track_id.tolist(), tracks.xyxy, strict=True):
                np.testing.assert_allclose(box, wanted[identity], atol=2e-3)
            shown += len(tracks)
            state = tracker.state_dict()
            assert state["track_id"].tolist() == [track.identity for track in expected.tracks]
            for row, track in enumerate(expected.tracks):
                np.testing.assert_allclose(
                    state["moments"][0, row], track.filter.mean[:4], rtol=1e-4, atol=1e-3
                )
    assert shown > 200


@pytest.mark.parametrize("name", NAMES)
def test_the_same_again_after_a_reset_and_from_another_tracker(name: str) -> None:
    calls = random_calls(3, objects=25, skips=True)
    tracker = make_tracker(name)
    first = run(tracker, calls)
    tracker.reset()
    assert same(run(tracker, calls), first)
    assert same(run(make_tracker(name), calls), first)
    assert tracker.stages.frames == len(calls)


@pytest.mark.parametrize("name", NAMES)
def test_goes_on_from_a_saved_state_as_if_nothing_had_happened(name: str) -> None:
    calls = random_calls(4, objects=25, skips=True)
    tracker = make_tracker(name)
    run(tracker, calls[:20])
    state = tracker.state_dict()
    expected = run(tracker, calls[20:])
    other = make_tracker(name)
    other.load_state_dict(state)
    assert same(run(other, calls[20:]), expected)


@pytest.mark.parametrize("name", NAMES)
def test_a_broken_state_is_refused_and_changes_nothing(name: str) -> None:
    calls = random_calls(5)
    tracker = make_tracker(name)
    run(tracker, calls[:20])
    good = tracker.state_dict()
    for key in good:
        for broken in ({k: v for k, v in good.items() if k != key}, {**good, key: np.zeros((3, 2, 1))}):
            # All columns are measured by this one, so without it another is named.
            named = "" if key == "track_id" else f"{key}: "
            with pytest.raises(InputError, match=f"tracker state: {named}"):
                tracker.load_state_dict(broken)
    other = make_tracker(name)
    other.load_state_dict(good)
    assert same(run(tracker, calls[20:]), run(other, calls[20:]))


@pytest.mark.parametrize("name", NAMES)
def test_rows_are_in_order_and_say_which_detection_they_took(name: str) -> None:
    class_of: dict[int, int] = {}
    for call in (calls := random_calls(6, objects=25, skips=True)):
        assert call.detections.suppressed is not None
    for tracks, call in zip(run(make_tracker(name), calls), calls, strict=True):
        found = call.detections
        assert (np.diff(tracks.track_id) > 0).all()
        assert len(set(tracks.detection.tolist())) == len(tracks)
        np.testing.assert_array_equal(tracks.score, found.score[tracks.detection])
        np.testing.assert_array_equal(tracks.class_id, found.class_id[tracks.detection])
        for identity, class_id in zip(tracks.track_id.tolist(), tracks.class_id.tolist(), strict=True):
            assert class_of.setdefault(identity, class_id) == class_id
    assert len(class_of) > 20


@pytest.mark.parametrize("name", NAMES)
def test_classes_never_mix(name: str) -> None:
    tracker = make_tracker(name)
    for _ in range(5):
        tracker.update(HERE)
    shown = [tracker.update(squares((50, 50, 0.9), class_id=1)) for _ in range(5)]
    assert all(1 not in tracks.track_id for tracks in shown)
    assert shown[-1].track_id.tolist() == [2]
    assert tracker.update(HERE).track_id.tolist() == ([] if name == "ocsort" else [1])


@pytest.mark.parametrize("name", NAMES)
def test_empty_frames(name: str) -> None:
    tracker = make_tracker(name)
    assert [len(tracker.update(NOTHING)) for _ in range(3)] == [0, 0, 0]
    for _ in range(5):
        shown = tracker.update(HERE)
    assert shown.track_id.tolist() == [1]
    assert len(tracker.update(Detections.empty())) == 0


@pytest.mark.parametrize("name", NAMES)
def test_a_moving_track_is_found_where_it_went_after_frames_were_left_out(name: str) -> None:
    tracker = make_tracker(name)
    for step in range(15):
        tracker.update(squares((4 * step, 50, 0.9)))
    assert tracker.update(squares((4 * 25, 50, 0.9)), dt=11).track_id.tolist() == [1]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(("gap", "again"), [(5, [1]), (6, [])])
def test_frames_that_are_left_out_count_as_lost(name: str, gap: int, again: list[int]) -> None:
    tracker = make_tracker(name, max_lost=5)
    for _ in range(5):
        tracker.update(HERE)
    tracker.update(NOTHING, dt=gap)
    shown = [tracker.update(HERE).track_id.tolist() for _ in range(3)]
    assert shown[-1 if name == "ocsort" else 0] == again


@pytest.mark.parametrize("name", NAMES)
def test_two_that_cross_keep_their_identities(name: str) -> None:
    tracker = make_tracker(name)
    for step in range(30):
        shown = tracker.update(squares((5 * step, 50, 0.9), (150 - 5 * step, 56, 0.9)))
        if step >= 5:
            assert shown.track_id.tolist() == [1, 2]
            assert shown.detection.tolist() == [0, 1]


@pytest.mark.parametrize("name", NAMES)
def test_a_known_warp_takes_the_tracks_along(name: str) -> None:
    jump = np.array([[1.0, 0, 200], [0, 1, -30]])
    with_warp, without = make_tracker(name), make_tracker(name)
    for tracker in (with_warp, without):
        for _ in range(5):
            tracker.update(HERE)
    there = squares((250, 20, 0.9))
    assert with_warp.update(there, jump).track_id.tolist() == [1]
    assert 1 not in without.update(there).track_id


@pytest.mark.parametrize("name", NAMES)
def test_doubles_that_suppression_would_have_removed_begin_no_track(name: str) -> None:
    boxes = squares((50, 50, 0.95), (52, 50, 0.9))
    boxes = replace(boxes, suppressed=np.array([False, True]))
    tracker = make_tracker(name)
    for _ in range(6):
        shown = tracker.update(boxes)
    assert shown.track_id.tolist() == [1]


def hostile(change: str) -> Detections:
    boxes = squares((50, 50, 0.9), (80, 50, 0.8))
    xyxy, score = boxes.xyxy.copy(), boxes.score.copy()
    if change == "box":
        xyxy[0, 2] = np.nan
    elif change == "far":
        xyxy[0, 2] = np.inf
    elif change == "score":
        score[1] = np.nan
    elif change == "sure":
        score[1] = 1.5
    elif change == "length":
        score = score[:1]
    return replace(boxes, xyxy=xyxy, score=score)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("change", ["box", "far", "score", "sure", "length"])
def test_refuses_what_is_no_detection_and_stays_as_it_was(name: str, change: str) -> None:
    tracker = make_tracker(name)
    for _ in range(5):
        tracker.update(HERE)
    with pytest.raises(InputError, match="detections: "):
        tracker.update(hostile(change))
    for dt in (0, -1, 1.5, 10**12):
        with pytest.raises(InputError, match="tracker: dt: "):
            tracker.update(HERE, dt=dt)  # type: ignore[arg-type]
    with pytest.raises(InputError, match="tracker: warp: "):
        tracker.update(HERE, np.eye(3))
    with pytest.raises(InputError, match="tracker: embeddings: "):
        tracker.update(HERE, embeddings=np.ones((2, 3), np.float32))
    assert tracker.stages.frames == 5
    assert tracker.update(HERE).track_id.tolist() == [1]


@pytest.mark.parametrize("name", NAMES)
def test_boxes_without_an_area_and_inside_out_overlap_nothing(name: str) -> None:
    odd = np.array(
        [[50, 50, 50, 70], [50, 50, 70, 50], [50, 50, 50, 50], [70, 70, 50, 50], [0, 90, 30, 60]], np.float32
    )
    boxes = Detections(odd, np.full(len(odd), 0.9, np.float32), np.zeros(len(odd), np.int64))
    tracker = make_tracker(name)
    for _ in range(5):
        tracker.update(boxes)
    for _ in range(4):
        shown = tracker.update(HERE)
        assert np.isfinite(shown.xyxy).all()
    assert len(shown) == 1


@pytest.mark.parametrize("name", NAMES)
def test_very_far_and_very_many_boxes(name: str) -> None:
    tracker = make_tracker(name)
    far = squares((1e7, -1e7, 0.9))
    for _ in range(5):
        shown = tracker.update(far)
    assert shown.track_id.tolist() == [1]
    corner = np.stack(np.meshgrid(np.arange(150) * 25.0, np.arange(150) * 25.0), axis=-1).reshape(-1, 2)
    scores = np.full(len(corner), 0.9, np.float32)
    many = Detections(
        np.concatenate([corner, corner + 20], axis=1).astype(np.float32), scores, np.zeros(len(corner), int)
    )
    for _ in range(5):
        shown = tracker.update(many)
    assert len(shown) == len(corner)


@pytest.mark.parametrize("name", NAMES)
def test_memory_stays_flat(name: str) -> None:
    tracker = make_tracker(name)
    generator = np.random.default_rng(0)
    for _ in range(150):
        place = generator.uniform(0, 5000, (10, 2))
        tracker.update(squares(*((x, y, 0.9) for x, y in place)))
    assert len(tracker.state_dict()["track_id"]) <= 10 * 62


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("value", [-0.1, 1.5, float("nan")])
def test_settings_out_of_range_are_refused(name: str, value: float) -> None:
    refused = ["high_score", "low_score", "max_lost"]
    refused += {"bytetrack": ["high_gate"], "ocsort": ["inertia"], "tracktrack": ["begin_iou"]}[name]
    for field in refused:
        with pytest.raises(InputError, match=f"tracker settings: {field}: "):
            make_tracker(name, **{field: value})
    if name == "tracktrack":
        # Where noise never or always moves the camera, nothing is left to weigh.
        for never in (0.0, 1.0):
            with pytest.raises(InputError, match="tracker settings: camera_chance: "):
                make_tracker(name, camera_chance=never)
    with pytest.raises(InputError, match="expected at least low_score"):
        make_tracker(name, high_score=0.05)


@pytest.mark.parametrize(
    ("name", "least"),
    [
        ("bytetrack", {"HOTA": 0.535, "MOTA": 0.66, "IDF1": 0.66}),
        ("ocsort", {"HOTA": 0.513, "MOTA": 0.61, "IDF1": 0.635}),
        ("tracktrack", {"HOTA": 0.532, "MOTA": 0.648, "IDF1": 0.645}),
    ],
)
def test_scores_on_real_detections(name: str, least: dict[str, float], shared_data: Path) -> None:
    sequences = []
    for number in ("02", "05", "09", "10"):
        path = shared_data / "mot_text" / f"MOT17-{number}-halfval"
        frames = read_seqinfo(path / "seqinfo.ini").frames
        found = by_frame(read_detections(path / "det_yolox_x.txt"), frames)
        tracker = make_tracker(name)
        shown = [tracker.update(Detections(here.xyxy, here.score, here.class_id)) for here in found]
        results = MotBoxes(
            frame=np.repeat(np.arange(1, frames + 1), [len(tracks) for tracks in shown]),
            track_id=np.concatenate([tracks.track_id for tracks in shown]),
            xyxy=np.concatenate([tracks.xyxy for tracks in shown]),
            score=np.concatenate([tracks.score for tracks in shown]),
            class_id=np.concatenate([tracks.class_id for tracks in shown]),
            visibility=np.ones(sum(len(tracks) for tracks in shown), np.float32),
        )
        truth = read_truth(path / "gt.txt")
        sequences.append(EvaluationSequence(path.name, truth, results, frames, protocol_for(path.name)))
    scores = evaluate_tracking(sequences).to_rows()[-1]
    for measure, value in least.items():
        assert scores[measure] >= value, measure
