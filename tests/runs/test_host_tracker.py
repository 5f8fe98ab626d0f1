"""Every registered tracker over a real run; what each is given."""

from __future__ import annotations

import json
from pathlib import Path

import cv2
import numpy as np
import pytest

from neuromorph_track.association.modes import MODES
from neuromorph_track.association.smot import SmotSettings
from neuromorph_track.data.detections import Detections
from neuromorph_track.data.motchallenge import read_detections
from neuromorph_track.errors import InputError
from neuromorph_track.netx import Network
from neuromorph_track.runs import RunOptions, track
from neuromorph_track.runs.host_tracker import HostTracker, chosen_features, fitted_settings

SCENE = "scene:seed=3,frames=10"
CHIP = ("loihi2-oheogulch",)


@pytest.mark.parametrize("mode", MODES)
def test_every_mode_tracks(mode: str, tmp_path: Path) -> None:
    options = RunOptions(quiet=True, tracker=mode, hardware=CHIP)
    run = track(SCENE, "scenes-nano", tmp_path / "run", options)
    described = json.loads((run.folder / "run.json").read_text())
    boxes = read_detections(run.folder / "tracks.txt")
    assert run.tracks is not None
    assert run.tracks >= 4
    assert set(boxes.frame) > {5, 6, 7, 8, 9, 10}
    assert described["features"] == ("1 conv" if mode == "smot" else None)
    assert set(described["tracker"]) == set(vars(MODES[mode].settings()))
    assert run.warnings == ()


def test_settings_from_a_file(tmp_path: Path) -> None:
    """Flow is asked for there; a run in which nothing is sure enough has no tracks."""
    file = tmp_path / "smot.toml"
    file.write_text('tracker = "smot"\n[settings]\nmotion = "flow"\nanchors = 5\n')
    run = track(
        SCENE, "scenes-nano", tmp_path / "a", RunOptions(quiet=True, settings=str(file), hardware=CHIP)
    )
    described = json.loads((run.folder / "run.json").read_text())["tracker"]
    assert (described["motion"], described["anchors"]) == ("flow", 5)
    assert run.tracks
    file.write_text('tracker = "smot"\n[settings]\nnew_track_score = 1.0\n')
    run = track(
        SCENE, "scenes-nano", tmp_path / "b", RunOptions(quiet=True, settings=str(file), hardware=CHIP)
    )
    assert run.tracks == 0
    with pytest.raises(InputError, match="settings of ocsort"):
        track(SCENE, "scenes-nano", tmp_path / "c", RunOptions(settings=str(file), tracker="ocsort"))


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("sure", [0.0, 0.25, 0.4, 0.95, 1.0])
def test_settings_fit_the_detector(mode: str, sure: float) -> None:
    settings = fitted_settings(mode, sure)
    for name in ("high_score", "new_track_score"):
        if hasattr(settings, name):
            assert sure <= getattr(settings, name) <= min(sure + 0.25, 1.0)
    if isinstance(settings, SmotSettings):
        assert settings.active_score <= sure


def test_embeddings_are_asked_for_where_they_are_of_use(network: Network) -> None:
    def asked(mode: str, features: str | None = None, backend: str = "fixed") -> tuple[str | None, int]:
        layer, warnings = chosen_features(network, features, backend, HostTracker(mode, 0.25))
        return layer, len(warnings)

    assert asked("smot") == ("1 conv", 0)
    assert asked("smot", features="0 input") == ("0 input", 0)
    assert asked("tracktrack") == (None, 0)
    assert asked("tracktrack", features="1 conv") == ("1 conv", 0)
    assert asked("two-stage") == (None, 0)
    assert asked("smot", backend="lava") == (None, 1)
    with pytest.raises(InputError, match="smot, tracktrack"):
        asked("two-stage", features="1 conv")


def test_unknown_and_misplaced_trackers_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="two-stage, bytetrack"):
        HostTracker("nope", 0.5)
    options = RunOptions(tracker="ocsort", backend="lava", association="lava")
    with pytest.raises(InputError, match="Lava's graph"):
        track(SCENE, "scenes-nano", tmp_path / "run", options)
    assert not (tmp_path / "run").exists()


@pytest.mark.parametrize(("motion", "identities"), [("flow", [1]), ("none", [2])])
def test_flow_follows_what_the_pictures_show(motion: str, identities: list[int]) -> None:
    """Everything moves by 8 pixels; a box of 12 does not overlap its old place enough."""
    tracker = HostTracker("smot", 0.25, SmotSettings(motion=motion))  # type: ignore[arg-type]
    noise = np.random.default_rng(0).integers(0, 255, (60, 90, 3)).astype(np.uint8)
    wide = np.asarray(cv2.GaussianBlur(noise, (0, 0), 3) * 3, np.uint8)
    for x, picture in ((20, wide[:, 8:]), (28, wide[:, :-8])):
        box = np.array([[x, 20, x + 12, 32]], np.float32)
        found = Detections(box, np.ones(1, np.float32), np.zeros(1, np.int64))
        tracks = tracker.update(np.ascontiguousarray(picture), found)
    assert tracks.track_id.tolist() == identities
