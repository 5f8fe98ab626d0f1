"""Truth and results of a sequence, frame by frame and by the classes that its rules score."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from neuromorph_track.data.kitti import TYPES
from neuromorph_track.data.motchallenge import MotBoxes
from neuromorph_track.errors import InputError
from neuromorph_track.evaluation import EvaluationSequence, rules_classes
from neuromorph_track.evaluation.sequences import by_frame

MakeBoxes = Callable[..., MotBoxes]
MakeSequence = Callable[..., EvaluationSequence]


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
