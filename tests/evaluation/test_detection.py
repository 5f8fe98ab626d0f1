"""Average precision against hand-worked precision-recall curves."""

from __future__ import annotations

import math
from collections.abc import Callable

import pytest

from neuromorph_track.errors import InputError
from neuromorph_track.evaluation import EvaluationSequence, evaluate_detections

MakeSequence = Callable[..., EvaluationSequence]

# Two objects in frame 1. A detection is (frame, identity, left, score).
TWO = [(1, 1, 0), (1, 2, 100)]
RIGHT, RIGHT_TOO, WRONG = (0, 0), (100, 0), (50, 0)

# 101 recalls: 0 ... 0.50 are reached by the first of two objects, 0.51 ... 1 by the second.
HALF, REST = 51 / 101, 50 / 101


@pytest.mark.parametrize(
    ("results", "ap50", "recall"),
    [
        pytest.param([(1, 0, 0, 0.9), (1, 0, 100, 0.8)], 1, 1, id="all-right"),
        pytest.param([(1, 0, 0, 0.9)], HALF, 0.5, id="one-missed"),
        pytest.param(
            [(1, 0, 0, 0.9), (1, 0, 50, 0.8), (1, 0, 100, 0.7)], HALF + REST * 2 / 3, 1, id="wrong-second"
        ),
        # Precision at a recall is the best at this or a higher one, so the first rank does not stay at 0.
        pytest.param([(1, 0, 50, 0.9), (1, 0, 0, 0.8), (1, 0, 100, 0.7)], 2 / 3, 1, id="wrong-first"),
        pytest.param(
            [(1, 0, 0, 0.9), (1, 0, 0, 0.8), (1, 0, 100, 0.7)], HALF + REST * 2 / 3, 1, id="twice-on-one"
        ),
        pytest.param([(1, 0, 0, 0.9), (2, 0, 100, 0.8)], HALF, 0.5, id="in-the-wrong-frame"),
        pytest.param([], 0, 0, id="none"),
    ],
)
def test_ap50(sequence: MakeSequence, results: list[tuple[float, ...]], ap50: float, recall: float) -> None:
    scores = evaluate_detections([sequence(TWO, results)]).to_rows()[-1]
    assert scores["AP50"] == pytest.approx(ap50)
    assert scores["recall50"] == pytest.approx(recall)
    assert (scores["truth"], scores["detections"]) == (2, len(results))


def test_ap_is_the_mean_over_ten_thresholds(sequence: MakeSequence) -> None:
    # Shifted by 2 of 10 pixels: IoU 8/12, which passes at 0.50, 0.55, 0.60 and 0.65.
    scores = evaluate_detections([sequence([(1, 1, 0)], [(1, 0, 2, 0.9)])]).to_rows()[-1]
    assert scores["AP"] == pytest.approx(0.4)
    assert scores["AP50"] == pytest.approx(1)


def test_ignored_truth_is_neither_missed_nor_are_detections_on_it_wrong(sequence: MakeSequence) -> None:
    truth = [*TWO, (1, 9, 200, 0)]
    found = [(1, 0, 0, 0.5), (1, 0, 100, 0.4)]
    for on_ignored in ([], [(1, 0, 200, 0.9)], [(1, 0, 200, 0.9), (1, 0, 203, 0.8)]):
        scores = evaluate_detections([sequence(truth, [*on_ignored, *found])]).to_rows()[-1]
        assert (scores["AP50"], scores["truth"]) == (pytest.approx(1), 2)
    scores = evaluate_detections([sequence(truth, [(1, 0, 300, 0.9), *found])]).to_rows()[-1]
    assert scores["AP50"] == pytest.approx(2 / 3)


def test_a_detection_goes_to_the_object_before_the_ignored_box(sequence: MakeSequence) -> None:
    scores = evaluate_detections([sequence([(1, 1, 2), (1, 9, 0, 0)], [(1, 0, 0, 0.9)])]).to_rows()[-1]
    assert scores["recall50"] == 1


def test_rules_of_the_benchmark(sequence: MakeSequence) -> None:
    # A static person (7) forgives, a car (3) does not and is not to be found.
    truth = [*TWO, (1, 8, 200, 0, 7), (1, 9, 300, 0, 3)]
    found = [(1, 0, 0, 0.5), (1, 0, 100, 0.4)]
    static, car = [(1, 0, 200, 0.9)], [(1, 0, 300, 0.9)]
    for extra, ap50 in ((static, 1), (car, 2 / 3)):
        scores = evaluate_detections([sequence(truth, [*extra, *found], protocol="mot17")]).to_rows()[-1]
        assert scores["AP50"] == pytest.approx(ap50)


def test_a_crowd_of_more_than_a_hundred(sequence: MakeSequence) -> None:
    crowd = [(1, i, 20 * i) for i in range(150)]
    results = [(1, 0, 20 * i, 0.9) for i in range(150)]
    scores = evaluate_detections([sequence(crowd, results)]).to_rows()[-1]
    assert scores["AP"] == pytest.approx(1)
    capped = evaluate_detections([sequence(crowd, results)], max_detections=75).to_rows()[-1]
    assert capped["recall50"] == pytest.approx(0.5)


def test_combined_ranks_the_detections_of_all_sequences_together(sequence: MakeSequence) -> None:
    sure = sequence([(1, 1, 0)], [(1, 0, 0, 0.9)])
    # Its wrong detection lies where the other sequence has an object in the same frame.
    fooled = sequence([(1, 1, 100)], [(1, 0, 0, 0.95), (1, 0, 100, 0.5)], name="B")
    report = evaluate_detections([sure, fooled])
    assert [(row.sequence, row.AP50) for row in report.rows] == [
        ("A", pytest.approx(1)),
        ("B", pytest.approx(0.5)),
        ("COMBINED", pytest.approx(2 / 3)),
    ]


def test_classes_and_their_mean(sequence: MakeSequence) -> None:
    truth = [(1, 1, 0, 1, 1), (1, 2, 100, 1, 2)]
    results = [(1, 0, 0, 0.9, 1), (1, 0, 100, 0.9, 1), (2, 0, 0, 0.9, 3)]
    report = evaluate_detections([sequence(truth, results)], classes={1: "cat", 2: "dog", 3: "owl"})
    pooled = [(row.class_name, row.AP50) for row in report.rows if row.sequence == "COMBINED"]
    assert pooled == [
        ("cat", pytest.approx(1)),
        ("dog", 0),
        ("owl", pytest.approx(math.nan, nan_ok=True)),
        ("CLASS_AVERAGE", pytest.approx(0.5)),
    ]
    assert report.combined is report.rows[-1]
    assert len(report.to_rows()) == 7


def test_says_nothing(
    sequence: MakeSequence, capfd: pytest.CaptureFixture[str], recwarn: pytest.WarningsRecorder
) -> None:
    evaluate_detections([sequence(TWO, [])], classes={1: "cat", 2: "dog"})
    assert capfd.readouterr() == ("", "")
    assert not recwarn.list


def test_refuses_to_score_where_nothing_could_be_found(sequence: MakeSequence) -> None:
    with pytest.raises(InputError, match="A: truth: found none"):
        evaluate_detections([sequence([(1, 1, 0, 0)], [])])
