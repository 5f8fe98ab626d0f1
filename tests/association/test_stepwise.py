"""Which steps end a frame, and that the tracks are those of decoder and tracker on their own."""

from __future__ import annotations

import numpy as np
import pytest

from neuromorph_track.association import TwoStageTracker, tracker_settings
from neuromorph_track.association.stepwise import StepwiseAssociation, head_channels
from neuromorph_track.data.detections import Tracks
from neuromorph_track.detection import FrameEncoder, HeadDecoder, Placement
from neuromorph_track.errors import InputError
from neuromorph_track.netx import Head, InputSpec, RunContract

CONTRACT = RunContract(
    name="grid",
    input=InputSpec(height=64, width=96),
    head=Head(anchors=((1.0, 2.0), (2.0, 1.0))),
    classes=("one", "two", "three"),
)
FRAMES = 9


def placement() -> Placement:
    return FrameEncoder(CONTRACT.input).placement(200, 100)


def potentials() -> np.ndarray:
    """(FRAMES, 16, 8, 12): sure boxes that wander, come and go, in noise."""
    noise = np.random.default_rng(0)
    heads = noise.integers(-40, 40, (FRAMES, 2, 8, 8, 12)) << 12
    heads[:, :, 4] -= 6 << 18
    # Of the first class at one anchor, of the last at the other.
    heads[:, 0, 5] += 6 << 18
    heads[:, 1, 7] += 6 << 18
    for frame in range(FRAMES):
        heads[frame, 0, 4, 2, 1 + frame // 3] += 12 << 18
        if frame > 3:
            heads[frame, 1, 4, 6, 9] += 12 << 18
        if frame < 5:
            heads[frame, 0, 4, 5, 4] += 12 << 18
    return heads.reshape(FRAMES, 16, 8, 12).astype(np.int32)


def assert_same(found: Tracks, expected: Tracks) -> None:
    for name in ("xyxy", "score", "class_id", "track_id", "detection"):
        np.testing.assert_array_equal(getattr(found, name), getattr(expected, name), err_msg=name)


@pytest.mark.parametrize("dtype", [np.int32, np.float64])
@pytest.mark.parametrize(("latency", "steps_per_frame"), [(0, 1), (3, 1), (0, 4), (5, 2)])
@pytest.mark.parametrize("class_ids", [None, [0, 2]])
def test_a_frame_ends_where_it_should(
    latency: int, steps_per_frame: int, dtype: type, class_ids: list[int] | None
) -> None:
    contract = CONTRACT.model_copy(update={"steps_per_frame": steps_per_frame})
    settings = tracker_settings(0.5)
    decoder = HeadDecoder(contract, score_threshold=settings.low_score, class_ids=class_ids)
    tracker = TwoStageTracker(settings)
    association = StepwiseAssociation(contract, placement(), latency, settings, class_ids)
    # Steps that end no frame hold boxes too: those of another frame.
    frames = potentials()
    assert all(association(frames[-1].astype(dtype)) is None for _ in range(latency))
    shown = set()
    for number, frame in enumerate(frames):
        for _ in range(steps_per_frame - 1):
            assert association(frames[number - 3].astype(dtype)) is None
        found = association(frame.astype(dtype))
        assert found is not None
        assert_same(found, tracker.update(decoder(frame, placement())))
        shown |= set(found.track_id.tolist())
    assert len(shown) >= 2


def test_settings_follow_the_contract() -> None:
    association = StepwiseAssociation(CONTRACT.model_copy(update={"score_threshold": 0.4}), placement(), 0)
    assert association.tracker.settings == tracker_settings(0.4)
    assert association.decoder.score_threshold == 0.1


def test_negative_latency() -> None:
    with pytest.raises(InputError, match="association: latency: found -1"):
        StepwiseAssociation(CONTRACT, placement(), -1)


def test_channels_of_the_head() -> None:
    assert head_channels(CONTRACT) == potentials().shape[1]
