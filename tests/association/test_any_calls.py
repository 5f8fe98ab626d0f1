"""What holds for every mode and any calls: hostile boxes, gaps, cameras, looks."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from neuromorph_track.association.interface import Tracker
from neuromorph_track.association.modes import MODES, make_tracker
from neuromorph_track.data.detections import Detections, Tracks
from tests.association.slow.scenes import Call

# A coarse grid makes boxes meet, double and turn inside out; the others are as far and as thin as can be.
ODD = np.array([-1e9, -30.0, -1e-38, 1e-45, 1e-3, 33.3, 1e9])
SCORES = np.array([0.0, 0.1, 0.3, 0.6, 0.7, 0.9, 1.0], np.float32)
LOOKS = np.concatenate([np.eye(3), np.zeros((1, 3))]).astype(np.float32)
GAPS = [1, 1, 1, 1, 2, 7, 10**6]
WARPS = [
    None,
    None,
    None,
    np.eye(2, 3),
    np.array([[1.1, 0, 7], [0, 1.1, -5]]),
    np.array([[0.0, -1, 100], [1, 0, 0]]),
    np.zeros((2, 3)),
]


def hostile_calls(seed: int) -> list[Call]:
    """Twelve frames around a few places; embeddings in all, in some, or in none."""
    generator = np.random.default_rng(seed)
    looked = generator.choice([0.0, 0.5, 1.0])
    places = 10.0 * generator.integers(0, 8, (6, 2))
    return [_call(generator, places, looked) for _ in range(12)]


def _call(generator: np.random.Generator, places: np.ndarray, looked: float) -> Call:
    count = int(generator.integers(0, 10))
    corner = generator.choice(places, count) + generator.choice([0, 0, 3], (count, 2))
    xyxy = np.concatenate([corner, corner + np.array([30, 50])], axis=1)
    odd = generator.random(count) < 0.2
    xyxy[odd] = generator.choice(np.concatenate([ODD, 10.0 * np.arange(8)]), (odd.sum(), 4))
    xyxy = xyxy.astype(np.float32)
    found = Detections(
        xyxy,
        generator.choice(SCORES, count),
        generator.integers(0, 2, count),
        anchor=None if generator.random() < 0.7 else xyxy + np.float32(3),
        suppressed=None if generator.random() < 0.5 else generator.random(count) < 0.3,
    )
    embeddings = LOOKS[generator.integers(0, 4, count)] if generator.random() < looked else None
    warp, dt = WARPS[generator.integers(len(WARPS))], GAPS[generator.integers(len(GAPS))]
    return Call(found, warp, embeddings, dt)


CALLS = st.integers(0, 2**32 - 1).map(hostile_calls)


def step(tracker: Tracker, call: Call) -> Tracks:
    return tracker.update(call.detections, call.warp, call.embeddings, call.dt)


def assert_same(first: Tracks, second: Tracks) -> None:
    for name, array in vars(first).items():
        assert array.dtype == getattr(second, name).dtype
        np.testing.assert_array_equal(array, getattr(second, name), err_msg=name)


def as_from_a_file(state: dict[str, Any]) -> dict[str, Any]:
    """The state as a file of arrays gives it back: that knows no plain numbers."""
    return {name: np.array(value) for name, value in state.items()}


@pytest.mark.parametrize("mode", MODES)
def test_every_frame_is_taken_in_and_told_soundly(mode: str) -> None:
    ages: list[int] = []

    @settings(max_examples=40)
    @given(CALLS)
    def check(given_calls: list[Call]) -> None:
        tracker = make_tracker(mode)
        class_of: dict[int, int] = {}
        newest = 0
        for call in given_calls:
            shown, found = step(tracker, call), call.detections
            assert (shown.xyxy.dtype, shown.score.dtype) == (np.float32, np.float32)
            assert np.isfinite(shown.xyxy).all()
            assert ((shown.score >= 0) & (shown.score <= 1)).all()
            assert (np.diff(shown.track_id) > 0).all()
            assert ((shown.detection >= 0) & (shown.detection < len(found))).all()
            np.testing.assert_array_equal(shown.class_id, found.class_id[shown.detection])
            for identity, class_id in zip(shown.track_id.tolist(), shown.class_id.tolist(), strict=True):
                assert class_of.setdefault(identity, class_id) == class_id
            if mode != "smot":
                assert len(set(shown.detection.tolist())) == len(shown)
                np.testing.assert_array_equal(shown.score, found.score[shown.detection])
            state = tracker.state_dict()
            assert int(state["next_id"]) >= newest
            newest = int(state["next_id"])
            ages.extend(state["hits"].tolist())

    check()
    # Tracks go on in spite of all.
    assert max(ages) >= 5


@pytest.mark.parametrize("mode", MODES)
def test_a_tracker_that_is_made_anew_before_every_frame_tells_the_same(mode: str) -> None:
    @settings(max_examples=15)
    @given(CALLS)
    def check(given_calls: list[Call]) -> None:
        tracker, state = make_tracker(mode), make_tracker(mode).state_dict()
        for call in given_calls:
            again = make_tracker(mode)
            again.load_state_dict(as_from_a_file(state))
            assert_same(step(again, call), step(tracker, call))
            state = again.state_dict()
            for name, value in tracker.state_dict().items():
                np.testing.assert_array_equal(state[name], value, err_msg=name)

    check()


@pytest.mark.parametrize("mode", MODES)
def test_wide_arrays_and_lists_tell_the_same(mode: str) -> None:
    @settings(max_examples=10)
    @given(CALLS)
    def check(given_calls: list[Call]) -> None:
        tracker, other = make_tracker(mode), make_tracker(mode)
        for call in given_calls:
            found = call.detections
            wide = replace(
                found,
                xyxy=np.asfortranarray(found.xyxy, np.float64),
                score=found.score.tolist(),
                class_id=found.class_id.astype(np.int32),
            )
            warp = None if call.warp is None else call.warp.tolist()
            embeddings = None if call.embeddings is None else call.embeddings.astype(np.float64)
            again = other.update(wide, warp, embeddings, np.int32(call.dt))  # type: ignore[arg-type]
            assert_same(again, step(tracker, call))

    check()


@pytest.mark.parametrize("mode", MODES)
def test_each_class_is_tracked_as_if_it_were_alone(mode: str) -> None:
    """But for the camera's motion, which all boxes tell together, and the numbers of the tracks."""
    changes = {"camera": False} if mode in ("two-stage", "tracktrack") else {}

    @settings(max_examples=15)
    @given(CALLS)
    def check(given_calls: list[Call]) -> None:
        together = make_tracker(mode, **changes)
        alone = [make_tracker(mode, **changes) for _ in range(2)]
        known: dict[tuple[int, int], int] = {}
        for call in given_calls:
            shown = step(together, call)
            for class_id, tracker in enumerate(alone):
                here = np.flatnonzero(call.detections.class_id == class_id)
                looks = None if call.embeddings is None else call.embeddings[here]
                own = step(tracker, replace(call, detections=call.detections[here], embeddings=looks))
                of_class = shown.class_id == class_id
                np.testing.assert_array_equal(shown.xyxy[of_class], own.xyxy)
                np.testing.assert_array_equal(shown.detection[of_class], here[own.detection])
                for number, identity in zip(
                    own.track_id.tolist(), shown.track_id[of_class].tolist(), strict=True
                ):
                    assert known.setdefault((class_id, number), identity) == identity
        assert len(set(known.values())) == len(known)

    check()
