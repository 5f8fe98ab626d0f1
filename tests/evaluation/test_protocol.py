"""Which truth counts and which forgives, by the rules of each benchmark."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from neuromorph_track.data.kitti import TYPES
from neuromorph_track.data.motchallenge import MotBoxes
from neuromorph_track.errors import InputError
from neuromorph_track.evaluation import PROTOCOLS, EvaluationSequence, protocol_for, rules_classes
from neuromorph_track.evaluation.sequences import by_frame

MakeBoxes = Callable[..., MotBoxes]
MakeSequence = Callable[..., EvaluationSequence]

# Mark and class of the truth boxes of each case.
PEDESTRIAN, IGNORED, CAR, VEHICLE, STATIC = (1, 1), (0, 1), (1, 3), (0, 6), (0, 7)


@pytest.mark.parametrize(
    ("name", "counts", "forgives"),
    [
        ("plain", [PEDESTRIAN, CAR], [IGNORED, VEHICLE, STATIC]),
        ("mot15", [PEDESTRIAN, CAR], []),
        ("mot17", [PEDESTRIAN], [STATIC]),
        ("mot20", [PEDESTRIAN], [VEHICLE, STATIC]),
    ],
)
def test_rules(
    squares: MakeBoxes, name: str, counts: list[tuple[int, int]], forgives: list[tuple[int, int]]
) -> None:
    kinds = [PEDESTRIAN, IGNORED, CAR, VEHICLE, STATIC]
    truth = squares([(1, i, 0, *kind) for i, kind in enumerate(kinds)])
    protocol = PROTOCOLS[name]
    assert [k for k, yes in zip(kinds, protocol.counts(truth), strict=True) if yes] == counts
    assert [k for k, yes in zip(kinds, protocol.forgives(truth), strict=True) if yes] == forgives


@pytest.mark.parametrize(
    ("sequence_name", "protocol"),
    [
        ("MOT17-02-FRCNN", "mot17"),
        ("MOT16-02", "mot16"),
        ("mot20-01", "mot20"),
        ("PETS09-S2L1", "mot15"),
        ("scene", "plain"),
    ],
)
def test_rules_by_name(sequence_name: str, protocol: str) -> None:
    assert protocol_for(sequence_name) == PROTOCOLS[protocol]


def test_classes_that_rules_score_apart(sequence: MakeSequence) -> None:
    kitti, plain = sequence([(1, 1)], [], protocol="kitti"), sequence([(1, 1)], [])
    assert rules_classes([kitti]) == {TYPES["Car"]: "car", TYPES["Pedestrian"]: "pedestrian"}
    assert rules_classes([kitti], ["pedestrian"]) == {TYPES["Pedestrian"]: "pedestrian"}
    assert rules_classes([plain]) is None
    for sequences, only, message in (
        ([kitti], ["bus"], "classes: found bus, expected some of car, pedestrian"),
        ([plain], ["car"], "classes: found car, expected none"),
        ([kitti, plain], None, "A, A: benchmark: found rules with different classes"),
    ):
        with pytest.raises(InputError, match=message):
            rules_classes(sequences, only)


def test_boxes_of_each_frame_in_their_order(squares: MakeBoxes) -> None:
    frames = by_frame(squares([(3, 1), (1, 2), (3, 3), (1, 4)]), frames=4)
    assert [boxes.track_id.tolist() for boxes in frames] == [[2, 4], [], [1, 3], []]


@pytest.mark.parametrize("field", ["truth", "results"])
@pytest.mark.parametrize("frame", [0, 11])
def test_refuses_frames_the_sequence_has_not(sequence: MakeSequence, field: str, frame: int) -> None:
    boxes = {"truth": [(1, 1)], "results": [(1, 1)], field: [(frame, 1)]}
    with pytest.raises(InputError, match=f"A: {field}: .* frames 1 to 10"):
        sequence(**boxes)


def test_until_cuts_truth_and_results(sequence: MakeSequence) -> None:
    cut = sequence([(1, 1), (5, 1)], [(2, 1), (6, 1)]).until(4)
    assert (cut.truth.frame.tolist(), cut.results.frame.tolist(), cut.frames) == ([1], [2], 4)
    assert cut.until(100).frames == 4
