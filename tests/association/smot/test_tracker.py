"""The re-detecting tracker on scenes made by hand."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
import pytest
from numpy.typing import NDArray

from neuromorph_track.association.interface import Embeddings
from neuromorph_track.association.modes import make_tracker
from neuromorph_track.association.smot import SmotSettings, SmotTracker
from neuromorph_track.data.detections import Detections, Tracks
from neuromorph_track.errors import InputError
from tests.association.smot.conftest import Cells

RED, BLUE = [1.0, 0.0, 0.0], [0.0, 1.0, 0.0]


def box(x: float, y: float, width: float = 24, height: float = 28) -> list[float]:
    return [x, y, x + width, y + height]


def looks(detections: Detections, colour: Callable[[float], list[float]]) -> Embeddings:
    """Embeddings by the left edge of what a cell sees; zeros for a cell that sees nothing."""
    rows = [
        colour(float(x)) if s > 0 else [0, 0, 0]
        for x, s in zip(detections.xyxy[:, 0], detections.score, strict=True)
    ]
    return np.array(rows, np.float32).reshape(-1, 3)


class Told:
    """Shifts that a test tells."""

    def __init__(self, dx: float, dy: float = 0.0) -> None:
        self.shift = (dx, dy)

    def __call__(self, xyxy: NDArray[np.float32]) -> NDArray[np.float64]:
        return np.tile(np.array(self.shift), (len(xyxy), 1))


def walk(cells: Cells, frames: int, speed: float) -> Iterator[Detections]:
    return (cells([box(20 + speed * frame, 40)]) for frame in range(frames))


def identities(tracks: list[Tracks]) -> list[list[int]]:
    return [each.track_id.tolist() for each in tracks]


@pytest.mark.parametrize("motion", ["none", "kalman"])
@pytest.mark.parametrize("overlap", ["anchor", "box"])
def test_one_object_is_one_track_from_its_first_frame(cells: Cells, motion: str, overlap: str) -> None:
    tracker = SmotTracker(SmotSettings(motion=motion, overlap=overlap))  # type: ignore[arg-type]
    for frame, found in enumerate(walk(cells, 30, 2.0)):
        tracks = tracker.update(found)
        assert tracks.track_id.tolist() == [1]
        np.testing.assert_allclose(tracks.xyxy, [box(20 + 2 * frame, 40)], atol=1e-3)
        assert found.score[tracks.detection[0]] > 0.3
        assert tracks.xyxy.dtype == tracks.score.dtype == np.float32


def test_what_moves_fast_needs_motion(cells: Cells) -> None:
    """28 pixels a frame: next frame the old place has no anchor that sees it."""
    counts = {}
    for motion in ("none", "flow"):
        shifts = Told(28.0) if motion == "flow" else None
        tracker = SmotTracker(SmotSettings(motion=motion), shifts)  # type: ignore[arg-type]
        seen = identities([tracker.update(found) for found in walk(cells, 5, 28.0)])
        counts[motion] = len({number for frame in seen for number in frame})
    assert counts == {"none": 5, "flow": 1}


def test_equation_2_moves_the_box_by_the_shift(cells: Cells) -> None:
    """The anchors that vote lie around the shifted box: a wrong shift finds nothing."""
    found = cells([box(40, 40)])
    for dx, dy, stays in ((0, 0, True), (3, -2, True), (80, 0, False), (0, 60, False)):
        tracker = SmotTracker(SmotSettings(motion="flow", link_distance=0), Told(dx, dy))
        tracker.update(found)
        assert (tracker.update(found).track_id.tolist() == [1]) == stays


def test_kalman_learns_a_speed(cells: Cells) -> None:
    """Speeding up to 13 pixels a frame, which a box at rest loses; a second walker stands still."""
    places = np.cumsum([0] + [2] * 3 + [4] * 3 + [7] * 3 + [10] * 3 + [13] * 3)
    kept = {}
    for motion in ("none", "kalman"):
        tracker = SmotTracker(SmotSettings(motion=motion))  # type: ignore[arg-type]
        seen = identities([tracker.update(cells([box(8 + x, 20), box(8, 80)])) for x in places])
        kept[motion] = seen == [[1, 2]] * len(places)
    assert kept == {"none": False, "kalman": True}


def test_the_camera_moves_the_boxes(cells: Cells) -> None:
    warp = np.array([[1.0, 0, 40], [0, 1, 0]])
    for motion in ("none", "kalman"):
        tracker = SmotTracker(SmotSettings(motion=motion))  # type: ignore[arg-type]
        seen = [
            tracker.update(found, warp=warp if frame else None).track_id.tolist()
            for frame, found in enumerate(walk(cells, 4, 40.0))
        ]
        assert seen == [[1]] * 4


@pytest.mark.parametrize(("active_score", "stays"), [(0.1, True), (0.9, False)])
def test_a_tracklet_ends_below_the_active_score(cells: Cells, active_score: float, stays: bool) -> None:
    tracker = SmotTracker(SmotSettings(active_score=active_score, new_track_score=0.9, link_distance=0))
    assert len(tracker.update(cells([box(40, 40)], score=0.95))) == 1
    vote = tracker.update(cells([box(40, 40)], score=0.5))
    assert (len(vote) == 1) == stays


def test_what_is_gone_is_gone_at_once(cells: Cells) -> None:
    tracker = SmotTracker()
    tracker.update(cells([box(40, 40)]))
    assert len(tracker.update(cells([]))) == 0
    assert len(tracker.update(Detections.empty())) == 0


def test_classes_never_mix(cells: Cells) -> None:
    tracker = SmotTracker()
    tracker.update(cells([box(40, 40)], classes=[0]))
    tracks = tracker.update(cells([box(40, 40)], classes=[1]))
    assert (tracks.track_id.tolist(), tracks.class_id.tolist()) == ([2], [1])


def test_no_second_tracklet_where_one_is(cells: Cells) -> None:
    """Also where the detector's best cell is another one in each frame."""
    tracker = SmotTracker()
    for shift in (0, 3, -3, 5, 0):
        assert tracker.update(cells([box(60 + shift, 40)])).track_id.tolist() == [1]


def test_of_two_tracklets_on_one_object_one_ends(cells: Cells) -> None:
    tracker = SmotTracker(SmotSettings(link_distance=0))
    assert len(tracker.update(cells([box(40, 40), box(60, 40)]))) == 2
    tracks = tracker.update(cells([box(50, 40)]))
    assert len(tracks) == 1
    assert tracker.state_dict()["track_id"].tolist() == tracks.track_id.tolist()


def hidden_walk(
    cells: Cells, gap: int, colour: Callable[[float], list[float]], **changes: object
) -> list[list[int]]:
    """A walker goes behind something and comes out elsewhere."""
    tracker = SmotTracker(SmotSettings(**changes))  # type: ignore[arg-type]
    scenes = [[box(20, 40)]] * 3 + [[]] * gap + [[box(120, 40)]] * 3
    tracks = []
    for boxes in scenes:
        found = cells(boxes)
        tracks.append(tracker.update(found, embeddings=looks(found, colour)))
    return identities(tracks)


def test_a_new_tracklet_that_looks_alike_continues_the_track(cells: Cells) -> None:
    assert hidden_walk(cells, 4, lambda x: RED) == [[1]] * 3 + [[]] * 4 + [[1]] * 3


def test_one_that_looks_different_is_a_new_track(cells: Cells) -> None:
    assert hidden_walk(cells, 4, lambda x: RED if x < 60 else BLUE) == [[1]] * 3 + [[]] * 4 + [[2]] * 3


@pytest.mark.parametrize(
    ("changes", "linked"),
    [({}, True), ({"link_distance": 0.0}, False), ({"remember": 4}, False), ({"remember": 5}, True)],
)
def test_links_can_be_switched_off_and_end(cells: Cells, changes: dict[str, object], linked: bool) -> None:
    """The new tracklet begins five frames after the last frame in which the old one was seen."""
    last = hidden_walk(cells, 4, lambda x: RED, **changes)[-1]
    assert last == ([1] if linked else [2])


def test_two_that_come_back_are_told_apart(cells: Cells) -> None:
    """They have changed sides while nothing was seen."""
    tracker = SmotTracker()

    def see(places: dict[str, float]) -> dict[str, int]:
        found = cells([box(x, 40) for x in places.values()])
        red = places.get("red", -1000)
        tracks = tracker.update(found, embeddings=looks(found, lambda x: RED if abs(x - red) < 5 else BLUE))
        sides = {
            round(float(left)): number
            for left, number in zip(tracks.xyxy[:, 0], tracks.track_id, strict=True)
        }
        return {colour: sides[round(x)] for colour, x in places.items()}

    first = see({"red": 20, "blue": 120})
    tracker.update(cells([]), embeddings=np.zeros((24 * 16, 3), np.float32))
    assert see({"red": 120, "blue": 20}) == first


def test_a_track_without_a_look_cannot_be_continued(cells: Cells) -> None:
    tracker = SmotTracker()
    tracker.update(cells([box(20, 40)]))
    tracker.update(cells([]))
    assert len(tracker.state_dict()["track_id"]) == 0


def test_frames_that_were_left_out_count(cells: Cells) -> None:
    tracker = SmotTracker(SmotSettings(remember=10))
    for dt, boxes, expected in ((1, [box(20, 40)], [1]), (8, [], []), (3, [box(120, 40)], [2])):
        found = cells(boxes)
        assert (
            tracker.update(found, embeddings=looks(found, lambda x: RED), dt=dt).track_id.tolist() == expected
        )


def crowd(cells: Cells, frames: int = 12) -> list[tuple[Detections, Embeddings]]:
    generator = np.random.default_rng(5)
    start, speed = generator.uniform(10, 150, (8, 2)), generator.normal(0, 6, (8, 2))
    speed[:, 1] /= 3
    sequence = []
    for frame in range(frames):
        there = generator.random(8) < 0.8
        places = np.clip((start + frame * speed)[there], 0, [160, 95])
        found = cells([box(x, y) for x, y in places], classes=(np.arange(8) % 2)[there].tolist())
        colours = generator.normal(size=(len(found), 3)) * 0.1 + np.eye(3)[found.class_id]
        sequence.append(
            (found, (colours / np.linalg.norm(colours, axis=1, keepdims=True)).astype(np.float32))
        )
    return sequence


def same(first: Tracks, second: Tracks) -> None:
    for name in ("xyxy", "score", "class_id", "track_id", "detection"):
        np.testing.assert_array_equal(getattr(first, name), getattr(second, name))


def test_the_same_calls_give_the_same_tracks(cells: Cells) -> None:
    one, other = SmotTracker(), make_tracker("smot")
    for _ in range(2):
        for found, embeddings in crowd(cells):
            same(one.update(found, embeddings=embeddings), other.update(found, embeddings=embeddings))
        one.reset()
        other.reset()
    assert one.stages.frames == 0


@pytest.mark.parametrize("after", [0, 1, 6])
def test_state_goes_on_where_it_was_taken(cells: Cells, after: int) -> None:
    one, other = SmotTracker(), SmotTracker()
    for frame, (found, embeddings) in enumerate(crowd(cells)):
        if frame == after:
            other.load_state_dict(one.state_dict())
        tracks = one.update(found, embeddings=embeddings)
        if frame >= after:
            same(tracks, other.update(found, embeddings=embeddings))


@pytest.mark.parametrize("name", ["box", "looks", "looks_taken", "next_id", "track_id", "moments"])
@pytest.mark.parametrize("found", [None, np.zeros((3, 7, 2))])
def test_a_broken_state_is_refused(cells: Cells, name: str, found: object) -> None:
    tracker = SmotTracker()
    sequence = crowd(cells)
    tracker.update(sequence[0][0], embeddings=sequence[0][1])
    state = tracker.state_dict()
    broken = {**state, name: found}
    if found is None:
        del broken[name]
    with pytest.raises(InputError):
        tracker.load_state_dict(broken)
    np.testing.assert_array_equal(tracker.state_dict()["box"], state["box"])


def test_stages_take_the_time_of_a_frame(cells: Cells) -> None:
    tracker = SmotTracker()
    for found, embeddings in crowd(cells, 3):
        tracker.update(found, embeddings=embeddings)
    stages = tracker.stages
    assert list(stages.seconds) == ["predict", "match", "correct", "drop", "begin", "report"]
    # Boxes and anchors 16 bytes each, score 4, class 8, suppressed 1, embedding 12.
    assert (stages.frames, stages.bytes_in) == (3, 3 * 24 * 16 * (16 + 16 + 4 + 8 + 1 + 12))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"xyxy": np.full((3, 4), np.nan, np.float32)}, "xyxy"),
        ({"anchor": np.full((3, 4), np.inf, np.float32)}, "anchor"),
        ({"anchor": np.zeros((2, 4), np.float32)}, "anchor"),
        ({"suppressed": np.zeros(2, bool)}, "suppressed"),
        ({"score": np.full(3, 1.5, np.float32)}, "score"),
        ({"class_id": np.zeros(2, np.int64)}, "class_id"),
    ],
)
def test_hostile_input_is_refused_and_nothing_changes(
    cells: Cells, change: dict[str, NDArray[np.generic]], message: str
) -> None:
    tracker = SmotTracker()
    tracker.update(cells([box(40, 40)]))
    before = tracker.state_dict()
    good = {
        "xyxy": np.tile(np.array(box(40, 40), np.float32), (3, 1)),
        "score": np.ones(3, np.float32),
        "class_id": np.zeros(3, np.int64),
    }
    with pytest.raises(InputError, match=message):
        tracker.update(Detections(**{**good, **change}))  # type: ignore[arg-type]
    for name, array in tracker.state_dict().items():
        np.testing.assert_array_equal(array, before[name])


def test_too_many_overlaps_are_refused_and_nothing_changes() -> None:
    """Five thousand boxes on one place, none of them suppressed."""
    pile = Detections(
        np.tile(np.array(box(40, 40), np.float32), (5000, 1)),
        np.ones(5000, np.float32),
        np.zeros(5000, np.int64),
    )
    tracker = SmotTracker()
    assert len(tracker.update(pile)) == 5000
    before = tracker.state_dict()
    with pytest.raises(InputError, match="pairs"):
        tracker.update(pile)
    for name, array in tracker.state_dict().items():
        np.testing.assert_array_equal(array, before[name])


def test_embeddings_of_another_length_are_refused(cells: Cells) -> None:
    tracker = SmotTracker()
    found = cells([box(40, 40)])
    tracker.update(found, embeddings=looks(found, lambda x: RED))
    with pytest.raises(InputError, match="embeddings"):
        tracker.update(found, embeddings=np.zeros((len(found), 5), np.float32))
    assert tracker.update(found).track_id.tolist() == [1]


def test_boxes_without_an_area_and_negative_ones_begin_tracks_that_end(cells: Cells) -> None:
    """They overlap nothing, not even themselves."""
    odd = np.array([[5, 5, 5, 5], [9, 9, 2, 2], [-50, -50, -20, -20]], np.float32)
    given = Detections(odd, np.ones(3, np.float32), np.zeros(3, np.int64))
    tracker = SmotTracker(SmotSettings(link_distance=0))
    assert tracker.update(given).track_id.tolist() == [1, 2, 3]
    assert tracker.update(given).track_id.tolist() == [3, 4, 5]


def test_plain_detections_do(cells: Cells) -> None:
    """Without anchors and doubles: a file of detections."""
    tracker = SmotTracker(SmotSettings(motion="kalman"))
    for frame in range(10):
        places = np.array([box(20 + 3 * frame, 40), box(120 - 3 * frame, 60)], np.float32)
        found = Detections(places, np.full(2, 0.8, np.float32), np.zeros(2, np.int64))
        tracks = tracker.update(found)
        assert tracks.track_id.tolist() == [1, 2]
        np.testing.assert_allclose(tracks.xyxy, places, atol=0.01)


def test_flow_without_pictures_is_refused() -> None:
    with pytest.raises(InputError, match="pictures"):
        make_tracker("smot", motion="flow")


@pytest.mark.parametrize(
    "changes",
    [
        {"anchors": 0},
        {"weighting": "best"},
        {"overlap": "cell"},
        {"motion": "magic"},
        {"active_score": 0.6, "new_track_score": 0.5},
        {"link_distance": -0.1},
        {"least_overlap": 1.5},
        {"remember": -1},
    ],
)
def test_settings_out_of_range_are_refused(changes: dict[str, object]) -> None:
    with pytest.raises(InputError, match=next(reversed(changes))):
        SmotSettings(**changes)  # type: ignore[arg-type]


def test_memory_is_flat(cells: Cells) -> None:
    """Objects come and go for ever; what is remembered is bounded by `remember`."""
    tracker = SmotTracker(SmotSettings(remember=20))
    generator = np.random.default_rng(0)
    most = 0
    for _ in range(150):
        found = cells([box(*generator.uniform([0, 0], [160, 95])) for _ in range(4)])
        noise = generator.normal(size=(len(found), 3)).astype(np.float32)
        tracker.update(found, embeddings=noise / np.linalg.norm(noise, axis=1, keepdims=True))
        most = max(most, len(tracker.state_dict()["track_id"]))
    assert most <= 4 * 22
