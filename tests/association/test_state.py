"""A state that somebody kept: of this mode and whole, or refused by name."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from neuromorph_track.association.interface import Tracker
from neuromorph_track.association.modes import MODES, make_tracker
from neuromorph_track.errors import InputError
from tests.association.slow.scenes import random_calls


def running(mode: str) -> Tracker:
    tracker = make_tracker(mode)
    for call in random_calls(1, 10, 20):
        tracker.update(call.detections, embeddings=call.embeddings)
    return tracker


@pytest.mark.parametrize("kept", MODES)
@pytest.mark.parametrize("mode", MODES)
def test_only_the_state_of_the_same_mode_is_taken(mode: str, kept: str) -> None:
    state = running(kept).state_dict()
    if mode == kept:
        make_tracker(mode).load_state_dict(state)
        return
    with pytest.raises(InputError, match="tracker state: "):
        make_tracker(mode).load_state_dict(state)


BROKEN: list[tuple[str, Any]] = [
    ("moments", lambda moments: moments * np.nan),
    ("moments", lambda moments: moments.astype(str)),
    ("moments", lambda moments: "none"),
    ("moments", lambda moments: moments[:, :0]),
    ("score", lambda score: np.full(score.shape, np.inf)),
    ("track_id", lambda track_id: track_id + 0.5),
    ("track_id", lambda track_id: track_id[::-1]),
    ("track_id", lambda track_id: track_id - track_id[0]),
    ("track_id", lambda track_id: np.ones_like(track_id)),
    ("confirmed", lambda confirmed: np.full(confirmed.shape, 2)),
    ("class_id", lambda class_id: class_id.astype(object)),
    ("next_id", lambda next_id: 1),
    ("next_id", lambda next_id: -next_id),
    ("next_id", lambda next_id: next_id + 0.5),
    ("next_id", lambda next_id: float("nan")),
    ("next_id", lambda next_id: str(next_id)),
    ("next_id", lambda next_id: [next_id, next_id]),
]


@pytest.mark.parametrize(("name", "change"), BROKEN)
@pytest.mark.parametrize("mode", MODES)
def test_what_no_tracker_has_kept_is_refused_and_changes_nothing(mode: str, name: str, change: Any) -> None:
    tracker = running(mode)
    before = tracker.state_dict()
    assert len(before["track_id"]) > 3
    with pytest.raises(InputError, match="tracker state: "):
        tracker.load_state_dict({**before, name: change(before[name])})
    for column, value in tracker.state_dict().items():
        np.testing.assert_array_equal(value, before[column])


@pytest.mark.parametrize("mode", MODES)
def test_a_frame_that_is_broken_off_changes_nothing(mode: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The end of memory, or of the user's patience, in the last stage of a frame."""
    tracker, call = running(mode), random_calls(1, 11, 20)[-1]
    before = tracker.state_dict()

    def stop(self: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(type(tracker), "_report", stop)
    with pytest.raises(KeyboardInterrupt):
        tracker.update(call.detections, embeddings=call.embeddings)
    for column, value in tracker.state_dict().items():
        np.testing.assert_array_equal(value, before[column], err_msg=column)
