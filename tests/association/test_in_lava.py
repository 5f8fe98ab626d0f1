"""What crosses to a tracker in Lava and back; no Lava is needed here."""

from __future__ import annotations

import json
from dataclasses import asdict

import numpy as np
import pytest

from neuromorph_track.association import TwoStageSettings
from neuromorph_track.association.in_lava import LavaAssociation, read_settings, tracks_of_frames
from neuromorph_track.association.kalman import MotionNoise
from neuromorph_track.association.rows import NO_FRAME, to_rows
from neuromorph_track.backends.lava_worker import tail as module
from neuromorph_track.data.detections import Tracks
from neuromorph_track.detection import FrameEncoder
from tests.association.test_stepwise import CONTRACT


@pytest.mark.parametrize("class_ids", [None, [0, 2]])
def test_settings_survive_the_wire(class_ids: list[int] | None) -> None:
    settings = TwoStageSettings(high_score=1 / 3, max_lost=7, noise=MotionNoise(position=1 / 7))
    tail = LavaAssociation((1920, 1081), settings, max_tracks=9).tail(CONTRACT, class_ids)
    sent = module.Tail(**json.loads(json.dumps(asdict(tail))))
    assert read_settings(sent.settings) == {
        "contract": CONTRACT,
        "placement": FrameEncoder(CONTRACT.input).placement(1920, 1081),
        "settings": settings,
        "class_ids": class_ids,
        "max_tracks": 9,
    }
    assert tail.step_bytes == 8 * 9 * 7 + 4


@pytest.mark.parametrize(("width", "height"), [(96, 64), (200, 100), (31, 333), (1, 1)])
@pytest.mark.parametrize("fit", ["letterbox", "stretch"])
def test_the_placement_of_a_size_is_that_of_its_frames(width: int, height: int, fit: str) -> None:
    encoder = FrameEncoder(CONTRACT.input.model_copy(update={"fit": fit}))
    assert encoder.placement(width, height) == encoder(np.zeros((height, width, 3), np.uint8))[1]


def test_only_steps_that_end_a_frame_count() -> None:
    two = Tracks(np.ones((2, 4), np.float32), np.ones(2, np.float32), np.array([0, 1]), np.array([3, 8]))
    rows, nothing = to_rows(two, 4), np.zeros((4, 7))
    sent = {
        "tracks": np.stack([nothing, rows, nothing, nothing, rows]),
        "count": np.array([[NO_FRAME], [2], [NO_FRAME], [0], [1]]),
    }
    assert [tracks.track_id.tolist() for tracks in tracks_of_frames(sent)] == [[3, 8], [], [3]]


def test_the_worker_imports_no_other_module() -> None:
    with pytest.raises(ValueError, match="os is none of the modules that may be imported here"):
        module.attach(module.Tail("os", {}, (), 0), None, 0)
