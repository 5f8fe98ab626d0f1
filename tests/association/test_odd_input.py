"""What no detector should send: taken in, or refused by name with the tracker as before."""

from __future__ import annotations

import numpy as np
import pytest

from neuromorph_track.association import overlap
from neuromorph_track.association.interface import Tracker
from neuromorph_track.association.modes import MODES, make_tracker
from neuromorph_track.data.detections import Detections
from neuromorph_track.errors import InputError

FIELDS = ("xyxy", "score", "class_id")


def detections(*corners: tuple[float, float, float, float], score: float = 0.9) -> Detections:
    xyxy = np.array(corners, np.float32).reshape(-1, 4)
    return Detections(xyxy, np.full(len(xyxy), score, np.float32), np.zeros(len(xyxy), np.int64))


GOOD = detections((50, 50, 90, 150), (300, 50, 340, 150))


@pytest.fixture(params=MODES)
def tracker(request: pytest.FixtureRequest) -> Tracker:
    made = make_tracker(request.param)
    for _ in range(4):
        made.update(GOOD)
    return made


@pytest.mark.parametrize(
    ("corners", "name"),
    [
        ((50, 50, 50, 150), "no width"),
        ((50, 50, 90, 50), "no height"),
        ((50, 50, 50, 50), "a point"),
        ((90, 150, 50, 50), "inside out"),
        ((-40, -80, -1, -1), "outside of the picture"),
        ((-1e6, -1e6, 1e6, 1e6), "huge"),
    ],
)
def test_a_strange_box_disturbs_no_track(
    tracker: Tracker, corners: tuple[float, float, float, float], name: str
) -> None:
    with_it = detections(*GOOD.xyxy.tolist(), corners)
    for _ in range(4):
        shown = tracker.update(with_it)
        assert np.isfinite(shown.xyxy).all(), name
        assert (shown.xyxy[:, 2:] >= shown.xyxy[:, :2]).all() or name == "inside out"
        assert shown.track_id[:2].tolist() == [1, 2]


def test_a_box_that_comes_twice_is_taken_once(tracker: Tracker) -> None:
    twice = Detections(*(np.concatenate([getattr(GOOD, name)] * 2) for name in FIELDS))
    for _ in range(4):
        shown = tracker.update(twice)
        assert shown.track_id[:2].tolist() == [1, 2]
        assert len(set(shown.detection.tolist())) == len(shown)


@pytest.mark.parametrize("shape", [(0, 0), (20, 0), (0, 20), (-5, -20), (20, -20)])
def test_many_boxes_without_an_area_on_their_places(tracker: Tracker, shape: tuple[float, float]) -> None:
    """Enough of them to tell a motion of the camera, were they boxes."""
    width, height = shape
    corners = [(40 + 100 * k, 400, 40 + 100 * k + width, 400 + height) for k in range(8)]
    still = detections(*GOOD.xyxy.tolist(), *corners)
    for _ in range(4):
        shown = tracker.update(still)
        assert np.isfinite(shown.xyxy).all()
        assert shown.track_id[:2].tolist() == [1, 2]


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf, 1e10, -3e38])
def test_what_is_not_finite_is_refused(tracker: Tracker, value: float) -> None:
    with pytest.raises(InputError, match="detections: xyxy: "):
        tracker.update(detections((value, 0, 10, 10)))
    assert tracker.update(GOOD).track_id.tolist() == [1, 2]


@pytest.mark.parametrize(
    ("arguments", "field"),
    [
        ({"dt": 0}, "tracker: dt"),
        ({"dt": -3}, "tracker: dt"),
        ({"warp": np.eye(3)}, "tracker: warp"),
        ({"warp": np.full((2, 3), np.nan)}, "tracker: warp"),
        ({"warp": np.full((2, 3), 1e200)}, "tracker: warp"),
        ({"warp": [["right", 0, 0], [0, 1, 0]]}, "tracker: warp"),
        ({"embeddings": np.zeros((3, 8), np.float32)}, "tracker: embeddings"),
        ({"embeddings": np.zeros(2, np.float32)}, "tracker: embeddings"),
        ({"embeddings": np.full((2, 8), 5, np.float32)}, "tracker: embeddings: found one of length 14.1421"),
        ({"embeddings": np.full((2, 8), np.nan, np.float32)}, "tracker: embeddings"),
    ],
)
def test_arguments_that_cannot_be_meant_are_refused(tracker: Tracker, arguments: dict, field: str) -> None:
    with pytest.raises(InputError, match=field):
        tracker.update(GOOD, **arguments)
    assert tracker.update(GOOD).track_id.tolist() == [1, 2]


def test_arrays_that_do_not_go_together_are_refused(tracker: Tracker) -> None:
    for broken in (
        Detections(GOOD.xyxy[:1], GOOD.score, GOOD.class_id),
        Detections(GOOD.xyxy, GOOD.score, GOOD.class_id[:1]),
        Detections(GOOD.xyxy[:, :3], GOOD.score, GOOD.class_id),
        Detections(GOOD.xyxy, GOOD.score[:, None], GOOD.class_id),
        Detections(GOOD.xyxy, GOOD.score, GOOD.class_id + 0.5),  # type: ignore[arg-type]
        Detections(GOOD.xyxy, GOOD.score, GOOD.class_id, anchor=GOOD.xyxy[:1]),
        Detections(GOOD.xyxy, GOOD.score, GOOD.class_id, suppressed=np.zeros(1, bool)),
        # 0 and 1 are no truth values: "not" makes 255 and 254 of them.
        Detections(GOOD.xyxy, GOOD.score, GOOD.class_id, suppressed=np.zeros(2, np.uint8)),  # type: ignore[arg-type]
    ):
        with pytest.raises(InputError, match="detections: "):
            tracker.update(broken)
    assert tracker.update(GOOD).track_id.tolist() == [1, 2]


def test_too_many_overlaps_are_refused_and_change_nothing(
    tracker: Tracker, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = tracker.state_dict()
    monkeypatch.setattr(overlap, "MOST_PAIRS", 20)
    crowd = detections(*[(50, 50, 90, 150)] * 30)
    with pytest.raises(InputError, match="boxes: overlaps: "):
        tracker.update(crowd)
    for name, value in tracker.state_dict().items():
        np.testing.assert_array_equal(value, before[name])


@pytest.mark.slow
def test_a_million_boxes() -> None:
    generator = np.random.default_rng(0)

    def frame(width: float) -> Detections:
        corner = generator.uniform(0, width, (1_000_000, 2)).astype(np.float32)
        xyxy = np.concatenate([corner, corner + 20], axis=1)
        return Detections(xyxy, np.full(len(xyxy), 0.9, np.float32), np.zeros(len(xyxy), np.int64))

    # In a wide field, where each lies on one other, they are tracked.
    tracker, wide = make_tracker("two-stage"), frame(40_000)
    tracker.update(wide)
    assert len(tracker.update(wide)) == 1_000_000
    # In the picture of a camera each lies on hundreds of others.
    tracker, narrow = make_tracker("two-stage"), frame(2_000)
    tracker.update(narrow)
    with pytest.raises(InputError, match="boxes: overlaps: "):
        tracker.update(narrow)
