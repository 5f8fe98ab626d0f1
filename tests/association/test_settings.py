"""Settings that cannot be meant are refused by name."""

from __future__ import annotations

from typing import Any

import pytest

from neuromorph_track.association import TwoStageSettings, tracker_settings
from neuromorph_track.errors import InputError


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"high_score": 1.1}, "high_score"),
        ({"low_score": -0.1}, "low_score"),
        ({"high_gate": float("nan")}, "high_gate"),
        ({"low_gate": 2}, "low_gate"),
        ({"tentative_gate": -1}, "tentative_gate"),
        ({"duplicate_iou": 1.5}, "duplicate_iou"),
        ({"low_score": 0.65}, "low_score"),
        ({"new_track_score": 0.5}, "new_track_score"),
        ({"confirm_after": 0}, "confirm_after"),
        ({"confirm_after": 1.5}, "confirm_after"),
        ({"max_lost": float("nan")}, "max_lost"),
        ({"max_lost": -1}, "max_lost"),
        ({"instant_score": 1.1}, "instant_score"),
        ({"camera_chance": 0}, "camera_chance"),
        ({"camera_chance": 1}, "camera_chance"),
    ],
)
def test_refused(given: dict[str, Any], field: str) -> None:
    with pytest.raises(InputError, match=f"tracker settings: {field}: "):
        TwoStageSettings(**given)


def test_the_edges_are_allowed() -> None:
    settings = TwoStageSettings(
        high_score=0.5, low_score=0.5, new_track_score=0.5, high_gate=1, confirm_after=1, max_lost=0
    )
    assert settings.max_lost == 0


@pytest.mark.parametrize(
    ("threshold", "high", "low", "new"),
    [(0.25, 0.25, 0.1, 0.35), (0.05, 0.05, 0.05, 0.15), (0.0, 0.0, 0.0, 0.1), (1.0, 1.0, 0.1, 1.0)],
)
def test_scores_for_a_detector(threshold: float, high: float, low: float, new: float) -> None:
    settings = tracker_settings(threshold)
    assert (settings.high_score, settings.low_score) == (high, low)
    assert settings.new_track_score == pytest.approx(new)
