"""Tracking scores against hand-worked values and against TrackEval's own reading of a real sequence."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pytest

from neuromorph_track.data.motchallenge import MotBoxes, read_detections, read_truth
from neuromorph_track.errors import InputError
from neuromorph_track.evaluation import PROTOCOLS, EvaluationSequence, evaluate_tracking
from tests.evaluation.trackeval_folders import challenge, scores_of

MakeSequence = Callable[..., EvaluationSequence]

FOUR = [(frame, 1) for frame in (1, 2, 3, 4)]
SWITCH = [(1, 1), (2, 1), (3, 2), (4, 2)]


def test_perfect(sequence: MakeSequence) -> None:
    scores = evaluate_tracking([sequence(FOUR, FOUR)]).to_rows()[-1]
    assert (scores["HOTA"], scores["DetA"], scores["AssA"], scores["LocA"]) == pytest.approx((1, 1, 1, 1))
    assert (scores["MOTA"], scores["IDF1"]) == (1, 1)
    assert (scores["IDSW"], scores["FP"], scores["FN"]) == (0, 0, 0)
    assert (scores["Dets"], scores["GT_Dets"], scores["IDs"], scores["GT_IDs"]) == (4, 4, 1, 1)


def test_one_switch_halfway(sequence: MakeSequence) -> None:
    scores = evaluate_tracking([sequence(FOUR, SWITCH)]).to_rows()[-1]
    # Each pair of identities shares 2 of 4 boxes: AssA = 2 / (4 + 2 - 2).
    assert scores["AssA"] == pytest.approx(0.5)
    assert scores["HOTA"] == pytest.approx(np.sqrt(0.5))
    assert scores["MOTA"] == pytest.approx(1 - 1 / 4)
    # One of the two is taken for the object: 2 right, 2 missed, 2 wrong.
    assert scores["IDF1"] == pytest.approx(2 / (2 + 1 + 1))
    assert scores["IDSW"] == 1


def test_misses_and_false_alarms(sequence: MakeSequence) -> None:
    scores = evaluate_tracking([sequence(FOUR, [(1, 1), (2, 1), (3, 1, 50)])]).to_rows()[-1]
    assert (scores["FP"], scores["FN"]) == (1, 2)
    assert scores["DetA"] == pytest.approx(2 / 5)
    assert scores["MOTA"] == pytest.approx(1 - 3 / 4)


def test_no_results_at_all(sequence: MakeSequence) -> None:
    scores = evaluate_tracking([sequence(FOUR, [])]).to_rows()[-1]
    assert (scores["HOTA"], scores["MOTA"], scores["IDF1"], scores["FN"]) == (0, 0, 0, 4)


def test_combined_pools_the_boxes_of_all_sequences(sequence: MakeSequence) -> None:
    first = sequence(FOUR, FOUR)
    second = sequence([(1, 1)] + [(f, 2, 50) for f in range(1, 6)], [], name="B")
    report = evaluate_tracking([first, second])
    assert [row.sequence for row in report.rows] == ["A", "B", "COMBINED"]
    assert report.to_rows()[-1]["MOTA"] == pytest.approx(1 - 6 / 10)
    assert report.combined.GT_IDs == 3


@pytest.mark.parametrize(
    ("protocol", "mark", "class_id", "wrong"),
    [
        ("plain", 1, 7, 0),
        ("plain", 0, 1, 0),
        ("mot15", 0, 1, 1),
        ("mot17", 0, 7, 0),
        ("mot17", 1, 7, 0),
        ("mot17", 0, 3, 1),
        ("mot17", 0, 1, 1),
        ("mot17", 0, 6, 1),
        ("mot20", 0, 6, 0),
    ],
)
def test_a_result_on_a_box_that_forgives_is_not_wrong(
    sequence: MakeSequence, protocol: str, mark: int, class_id: int, wrong: int
) -> None:
    truth = [*FOUR, (2, 9, 100, mark, class_id)]
    scores = evaluate_tracking([sequence(truth, [*FOUR, (2, 5, 101)], protocol=protocol)]).to_rows()[-1]
    assert scores["FP"] == wrong


@pytest.mark.parametrize(("left", "wrong"), [(103.3, 0), (103.4, 1)], ids=["above", "below"])
def test_forgiveness_needs_half_an_overlap(sequence: MakeSequence, left: float, wrong: int) -> None:
    results = [*FOUR, (2, 5, left)]
    assert evaluate_tracking([sequence([*FOUR, (2, 9, 100, 0)], results)]).to_rows()[-1]["FP"] == wrong


def test_forgiveness_is_for_one_result_and_not_for_one_that_found_something(sequence: MakeSequence) -> None:
    truth = [(1, 1, 0), (1, 9, 2, 0)]
    scores = evaluate_tracking([sequence(truth, [(1, 1, 0), (1, 2, 2), (1, 3, 2)])]).to_rows()[-1]
    assert (scores["FP"], scores["FN"]) == (1, 0)


def test_classes(sequence: MakeSequence) -> None:
    truth = [*FOUR, *[(f, 2, 50, 1, 2) for f in (1, 2)]]
    results = [*FOUR, (1, 7, 50, 1, 2), (2, 8, 50, 1, 3)]
    mixed = evaluate_tracking([sequence(truth, results)])
    assert [(row.sequence, row.class_name) for row in mixed.rows] == [("A", "ALL"), ("COMBINED", "ALL")]
    assert [mixed.to_rows()[-1][name] for name in ("FP", "FN", "IDSW")] == [0, 0, 1]

    report = evaluate_tracking([sequence(truth, results)], classes={1: "cat", 2: "dog", 4: "owl"})
    assert [(row.sequence, row.class_name) for row in report.rows] == [
        ("A", "cat"),
        ("COMBINED", "cat"),
        ("A", "dog"),
        ("COMBINED", "dog"),
        ("A", "owl"),
        ("COMBINED", "owl"),
        ("COMBINED", "CLASS_AVERAGE"),
        ("COMBINED", "ALL"),
    ]
    assert [row["MOTA"] for row in report.to_rows()[-2:]] == pytest.approx([(1 + 0.5) / 2, 5 / 6])
    assert report.combined is report.rows[-1]

    alone = evaluate_tracking([sequence(truth, results)], classes={1: "cat"})
    assert alone.rows == report.rows[:2]


def test_rows_have_trackevals_names_and_fractions(sequence: MakeSequence) -> None:
    row = evaluate_tracking([sequence(FOUR, SWITCH)]).to_rows()[0]
    assert {"HOTA", "DetA", "AssA", "MOTA", "IDF1", "IDSW", "FP", "FN"} <= row.keys()
    assert row["MOTA"] == 0.75


def test_says_nothing(
    sequence: MakeSequence, capfd: pytest.CaptureFixture[str], recwarn: pytest.WarningsRecorder
) -> None:
    evaluate_tracking([sequence(FOUR, []), sequence(FOUR, SWITCH, name="B")], classes={1: "cat", 2: "dog"})
    assert capfd.readouterr() == ("", "")
    assert not recwarn.list


@pytest.mark.parametrize(
    ("boxes", "classes", "message"),
    [
        ([], None, "evaluation: truth: found none"),
        ([([(1, 1, 0, 0)], FOUR)], None, "A: truth: found none"),
        ([(FOUR, FOUR)], {2: "dog"}, "expected a box of dog that counts"),
        ([(FOUR, FOUR)] * 2, None, "A more than once"),
        ([(FOUR, [(1, 5), (1, 5, 60)])], None, "A: results: found identity 5 more than once in frame 1"),
        ([([*FOUR, (4, 1, 9)], [])], None, "A: truth: found identity 1 more than once in frame 4"),
    ],
)
def test_refuses(
    sequence: MakeSequence,
    boxes: list[tuple[Sequence[tuple[float, ...]], ...]],
    classes: dict[int, str] | None,
    message: str,
) -> None:
    with pytest.raises(InputError, match=message):
        evaluate_tracking([sequence(truth, results) for truth, results in boxes], classes)


def distorted(truth: MotBoxes, seed: int) -> MotBoxes:
    """Results made of a truth file: shifted, some missing, identities that change now and then."""
    generator = np.random.default_rng(seed)
    kept = truth[generator.random(len(truth)) < 0.85]
    # Quarters of a pixel are exact in text, in float32 and in TrackEval's float64.
    shift = np.round(generator.normal(0, 6, (len(kept), 4))) / 4
    changes = (kept.frame + 13 * kept.track_id) // 60
    return MotBoxes(
        kept.frame,
        kept.track_id * 100 + changes,
        (kept.xyxy + shift).astype(np.float32),
        np.ones(len(kept), np.float32),
        np.ones(len(kept), np.int64),
        kept.visibility,
    )


def write_results(boxes: MotBoxes, path: Path) -> None:
    size = boxes.xyxy[:, 2:] - boxes.xyxy[:, :2]
    table = np.column_stack([boxes.frame, boxes.track_id, boxes.xyxy[:, :2], size, boxes.score])
    np.savetxt(path, np.column_stack([table, np.full((len(boxes), 3), -1)]), fmt="%.2f", delimiter=",")


@pytest.mark.parametrize(
    ("folder", "protocol", "benchmark"),
    [
        ("mot_text/MOT17-10-halfval", "mot17", "MOT17"),
        ("mot_text/MOT17-02-halfval", "mot20", "MOT20"),
        ("mot_text/ADL-Rundle-6", "mot15", "MOT15"),
    ],
)
def test_equals_trackevals_own_reading(
    folder: str, protocol: str, benchmark: str, shared_data: Path, tmp_path: Path
) -> None:
    truth = read_truth(shared_data / folder / "gt.txt")
    results_file = tmp_path / "tracker" / "S.txt"
    results_file.parent.mkdir()
    write_results(distorted(truth, seed=3), results_file)
    frames = int(truth.frame.max())

    own = EvaluationSequence("S", truth, read_detections(results_file), frames, PROTOCOLS[protocol])
    scores = evaluate_tracking([own]).to_rows()[-1]
    assert 0 < scores["MOTA"] < 1
    dataset = challenge(shared_data / folder / "gt.txt", tmp_path, "S", frames, benchmark)
    expected = scores_of(dataset, "S", "pedestrian")
    for name, value in expected.items():
        assert scores[name] == pytest.approx(value, abs=1e-9), name
