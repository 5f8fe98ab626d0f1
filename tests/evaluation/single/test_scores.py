"""Scores of a sequence: hand-worked, by each benchmark's rules, and against loops that follow their words."""

from __future__ import annotations

import math

import numpy as np
import pytest

from neuromorph_track.data.single import SingleSequence
from neuromorph_track.errors import InputError
from neuromorph_track.evaluation.single import score_sequence
from neuromorph_track.evaluation.single.scores import SequenceResult
from tests.evaluation.single.made import random_boxes, sequence

STILL = [[10.0, 10, 20, 20]] * 4
LOST = [math.nan] * 4


def score(truth: SingleSequence, found: object) -> SequenceResult:
    return score_sequence(truth, [np.array(found, np.float64)], "ours")


def test_a_perfect_tracker_has_twenty_of_twenty_one() -> None:
    found = score(sequence(STILL), STILL).scores
    assert pytest.approx(20 / 21) == found.AUC
    assert (found.precision, found.norm_precision, found.norm_precision_AUC) == (1, 1, 1)
    assert (found.AO, found.SR50, found.SR75, found.frames) == (1, 1, 1, 4)


def test_by_hand() -> None:
    # Overlaps 1, 1/3, 0.5, 0; centres off by 0, 10, 5, 100 pixels; of 20 pixels: 0, 0.5, 0.25, 5.
    boxes = [[0, 0, 1, 1], [20, 10, 20, 20], [10, 10, 20, 10], [110, 10, 20, 20]]
    found = score(sequence(STILL), boxes)
    above = [1, *[3 / 4] * 6, *[1 / 2] * 3, *[1 / 4] * 10, 0]
    above[0] = 3 / 4
    assert found.success == pytest.approx(above)
    assert pytest.approx(sum(above) / 21) == found.scores.AUC
    assert found.precision[[0, 4, 5, 9, 10, 50]].tolist() == [0.25, 0.25, 0.5, 0.5, 0.75, 0.75]
    assert found.scores.precision == 0.75
    assert found.norm_precision[[20, 24, 25, 49, 50]].tolist() == [0.25, 0.25, 0.5, 0.5, 0.75]
    assert found.scores.norm_precision == 0.25
    # Without the first frame, and 0.5 is not above 0.5.
    assert pytest.approx((1 / 3 + 0.5) / 3) == found.scores.AO
    assert (found.scores.SR50, found.scores.SR75) == (0, 0)


def test_width_and_height_are_measures_of_their_own() -> None:
    truth = sequence([[0, 0, 10, 100]] * 2)
    # 3 pixels to the right and 40 down: 0.3 widths and 0.4 heights.
    found = score(truth, [[0, 0, 10, 100], [3, 40, 10, 100]])
    assert found.norm_precision[[49, 50]].tolist() == [0.5, 1]


@pytest.mark.parametrize("given", [LOST, [10, 10, 0, 20], [10, 10, 20, -1]])
def test_a_frame_without_a_box(given: list[float]) -> None:
    found = score(sequence(STILL), [STILL[0], STILL[1], given, STILL[3]]).scores
    # The last one in the curves, none in AO.
    assert pytest.approx(20 / 21) == found.AUC
    assert pytest.approx(2 / 3) == found.AO


@pytest.mark.parametrize(
    ("kind", "auc", "precision"),
    [("otb", 20 / 21, 1), ("lasot", 10 / 21, 1 / 2), ("uav123", 10 / 21, 1), ("targets", 20 / 21, 1)],
)
def test_frames_in_which_the_object_is_absent(kind: str, auc: float, precision: float) -> None:
    truth = sequence(STILL, [False, True, False, True], kind)
    found = score(truth, [STILL[0], [90, 90, 5, 5], STILL[0], LOST]).scores
    assert pytest.approx(auc) == found.AUC
    assert (found.precision, found.norm_precision, found.frames) == (precision, precision, 2)
    assert found.AO == 1


def test_got10k_cuts_boxes_to_the_picture() -> None:
    truth = [[90, 0, 10, 10], [90, 0, 30, 10]]
    boxes = [[90, 0, 10, 10], [90, 0, 60, 10]]
    assert pytest.approx(0.5) == score(sequence(truth), boxes).scores.AO
    assert pytest.approx(1) == score(sequence(truth, size=(100, 50)), boxes).scores.AO
    # The curves are of boxes as they are.
    assert score(sequence(truth, size=(100, 50)), boxes).success[10] == 0.5


def test_repetitions_are_averaged() -> None:
    runs = [np.array(STILL), np.array([STILL[0], *[[500, 500, 20, 20]] * 3])]
    both = score_sequence(sequence(STILL), runs, "ours").scores
    each = [score_sequence(sequence(STILL), [run], "ours").scores for run in runs]
    for name in ("AUC", "precision", "norm_precision", "AO", "SR50", "SR75"):
        assert getattr(both, name) == pytest.approx(np.mean([getattr(one, name) for one in each]))


@pytest.mark.parametrize("whole", [False, True])
@pytest.mark.parametrize("kind", ["otb", "lasot", "uav123"])
@pytest.mark.parametrize("seed", range(3))
def test_against_loops(seed: int, kind: str, whole: bool) -> None:
    rng = np.random.default_rng(seed)
    truth = random_boxes(rng, 80, whole)
    found = truth + rng.normal(0, 6, truth.shape).round(0 if whole else 9)
    found[:, 2:] = abs(found[:, 2:]) + 1
    absent = [False, *(rng.random(79) < 0.2).tolist()]
    result = score(sequence(truth, absent, kind, size=(200, 150)), found)
    success, precision, norm, ao = loops(truth, found, absent, kind, (200, 150))
    assert result.success == pytest.approx(success)
    assert result.precision == pytest.approx(precision)
    assert result.norm_precision == pytest.approx(norm)
    assert pytest.approx(ao) == result.scores.AO


def loops(
    truth: np.ndarray, found: np.ndarray, absent: list[bool], kind: str, size: tuple[int, int]
) -> tuple[list[float], list[float], list[float], float]:
    """The same frame by frame and threshold by threshold, the last pixel counted in as in OTB's toolkit."""
    overlap, pixels, shares, cut = [], [], [], []
    for frame, (there, box, gone) in enumerate(zip(truth.tolist(), found.tolist(), absent, strict=True)):
        if gone:
            overlap.append(-1.0)
            off = {"lasot": math.inf, "uav123": -1.0, "otb": math.inf}[kind]
            pixels.append(off)
            shares.append(off)
            continue
        if frame:
            cut.append(iou(clipped(there, size), clipped(box, size)))
        else:
            box = there
        overlap.append(min(iou(there, box), 1))
        dx, dy = ((box[i] + (box[i + 2] - 1) / 2) - (there[i] + (there[i + 2] - 1) / 2) for i in (0, 1))
        pixels.append(math.sqrt(dx * dx + dy * dy))
        shares.append(math.sqrt((dx / there[2]) ** 2 + (dy / there[3]) ** 2))
    frames = len(absent) if kind != "otb" else absent.count(False)
    success = [sum(value > step / 20 for value in overlap) / frames for step in range(21)]
    precision = [sum(value <= step for value in pixels) / frames for step in range(51)]
    norm = [sum(value <= step / 100 for value in shares) / frames for step in range(51)]
    return success, precision, norm, sum(cut) / len(cut)


def iou(a: list[float], b: list[float]) -> float:
    width = min(a[0] + a[2] - 1, b[0] + b[2] - 1) - max(a[0], b[0]) + 1
    height = min(a[1] + a[3] - 1, b[1] + b[3] - 1) - max(a[1], b[1]) + 1
    shared = max(width, 0) * max(height, 0)
    union = a[2] * a[3] + b[2] * b[3] - shared
    return shared / union if union else 0.0


def clipped(box: list[float], size: tuple[int, int]) -> list[float]:
    x, y = (min(max(box[i], 0), size[i]) for i in (0, 1))
    return [x, y, min(max(box[2], 0), size[0] - x), min(max(box[3], 0), size[1] - y)]


@pytest.mark.parametrize(
    ("absent", "boxes", "fault"),
    [
        ([False, True, True, True], STILL, "A: truth: found none after the first frame"),
        (None, STILL[:3], "A: boxes of ours: found 3, expected 4, one for each frame"),
        (None, [*STILL, STILL[0]], "A: boxes of ours: found 5, expected 4"),
    ],
)
def test_faults(absent: list[bool] | None, boxes: list[list[float]], fault: str) -> None:
    with pytest.raises(InputError, match=fault):
        score(sequence(STILL, absent), boxes)
