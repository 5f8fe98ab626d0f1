"""Trackers by name, and what every one of them promises."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from dataclasses import fields, is_dataclass

import numpy as np
import pytest

from neuromorph_track.association import TwoStageSettings
from neuromorph_track.association.modes import DEFAULT_MODE, MODES, make_tracker
from neuromorph_track.data.detections import Detections
from neuromorph_track.errors import InputError

DIGEST = "import runpy; print(runpy.run_path({path!r})['digest']({mode!r}))"


def digest(mode: str) -> str:
    """Of all identities and boxes of a scene: much is missed, much overlaps, the camera moves, looks tell."""
    generator = np.random.default_rng(11)
    place, speed = generator.uniform(0, 600, (60, 2)), generator.normal(0, 4, (60, 2))
    looks = generator.normal(size=(60, 32))
    tracker, total = make_tracker(mode, **WITH_LOOKS.get(mode, {})), hashlib.sha256()
    for _ in range(60):
        place = place + speed
        seen = generator.random(60) < 0.85
        corner = place[seen] + generator.normal(0, 1, (seen.sum(), 2))
        xyxy = np.concatenate([corner, corner + np.array([30, 60])], axis=1).astype(np.float32)
        score = generator.uniform(0.2, 1, seen.sum()).astype(np.float32)
        look = looks[seen] + generator.normal(0, 0.3, (seen.sum(), 32))
        look /= np.linalg.norm(look, axis=1, keepdims=True)
        warp = np.array([[1.01, 0, 2], [0, 1.01, -1]])
        shown = tracker.update(
            Detections(xyxy, score, np.arange(60)[seen] % 3), warp, look.astype(np.float32)
        )
        for array in (shown.track_id, shown.xyxy, shown.detection):
            total.update(np.ascontiguousarray(array).tobytes())
    return total.hexdigest()


# Far enough that tracks are linked.
WITH_LOOKS = {"smot": {"link_distance": 0.3}}
BOX_MODES = sorted(MODES.keys() - {"smot"})


def test_the_default_is_a_mode() -> None:
    assert DEFAULT_MODE in MODES
    assert make_tracker().settings == TwoStageSettings()  # type: ignore[attr-defined]


@pytest.mark.parametrize("mode", MODES)
def test_settings_are_frozen_and_all_have_defaults(mode: str) -> None:
    kind = MODES[mode].settings
    assert MODES[mode].name == mode
    assert is_dataclass(kind)
    settings = kind()
    with pytest.raises(AttributeError):
        setattr(settings, fields(kind)[0].name, 0)


def test_settings_can_be_given_and_changed() -> None:
    tracker = make_tracker("two-stage", TwoStageSettings(high_score=0.4), new_track_score=0.5)
    assert tracker.settings == TwoStageSettings(high_score=0.4, new_track_score=0.5)  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("mode", "settings", "changes", "field"),
    [
        ("deep", None, {}, "tracker: mode: found 'deep', expected one of two-stage"),
        ("two-stage", None, {"speed": 3}, "tracker settings: speed: "),
        ("two-stage", "fast", {}, "tracker: settings: found str, expected TwoStageSettings"),
        ("two-stage", None, {"max_lost": -1}, "tracker settings: max_lost: "),
    ],
)
def test_what_is_not_there_is_refused(mode: str, settings: object, changes: dict, field: str) -> None:
    with pytest.raises(InputError, match=field):
        make_tracker(mode, settings, **changes)


@pytest.mark.parametrize("mode", BOX_MODES)
def test_stages_are_timed(mode: str) -> None:
    tracker = make_tracker(mode)
    boxes = Detections(np.array([[0, 0, 10, 20]], np.float32), np.ones(1, np.float32), np.zeros(1, np.int64))
    for _ in range(3):
        tracker.update(boxes)
    stages = tracker.stages
    assert stages.frames == 3
    assert stages.bytes_in == 3 * (16 + 4 + 8)
    assert {"predict", "match", "report"} <= stages.seconds.keys()
    assert min(stages.seconds.values()) >= 0
    tracker.reset()
    assert tracker.stages.frames == 0


@pytest.mark.slow
@pytest.mark.parametrize("mode", MODES)
def test_the_same_in_another_process_with_other_hashes_and_threads(mode: str) -> None:
    here = digest(mode)
    for seed, threads in (("1", "1"), ("2", "2")):
        environment = {**os.environ, "PYTHONHASHSEED": seed, "NUMBA_NUM_THREADS": threads}
        environment |= {"OMP_NUM_THREADS": threads, "OPENBLAS_NUM_THREADS": threads}
        program = DIGEST.format(path=__file__, mode=mode)
        done = subprocess.run(
            [sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=True
        )
        assert done.stdout.strip() == here
