"""VisEvent's, COESOT's and EventVOT's rules: hand-worked, and worked out again row by row."""

from __future__ import annotations

import math

import numpy as np
import pytest

from neuromorph_track.data.single import SingleSequence
from neuromorph_track.evaluation.single import evaluate_single, score_sequence
from neuromorph_track.evaluation.single.scores import SequenceResult
from tests.evaluation.single.made import random_boxes, sequence

KINDS = ("visevent", "coesot", "eventvot")
STILL = [[10.0, 10, 20, 20]] * 5
GONE = [0.0] * 4


def score(truth: SingleSequence, found: object) -> SequenceResult:
    return score_sequence(truth, [np.array(found, np.float64)], "ours")


@pytest.mark.parametrize("kind", KINDS)
def test_by_hand(kind: str) -> None:
    """Five frames, the third without the object; the last box is 10 pixels, half a width, to the right."""
    truth = sequence([STILL[0], STILL[1], GONE, STILL[3], STILL[4]], kind=kind)
    found = score(truth, [[90, 90, 5, 5], STILL[1], STILL[2], [math.nan] * 4, [20, 10, 20, 20]]).scores
    # The first frame is right, the fourth has the third one's box; four of five frames can be right. Three
    # overlap wholly (20 of 21 thresholds), one by a third (7 of 21: 0 to 0.3).
    assert pytest.approx((3 * 20 + 7) / 21 / 5) == found.AUC
    assert pytest.approx(4 / 5) == found.precision
    # 51 thresholds: three frames at all, one from 10 on.
    assert pytest.approx((3 * 51 + 41) / 51 / 5) == found.precision_AUC
    assert pytest.approx(3 / 5) == found.norm_precision
    # Half a width is the last threshold.
    assert pytest.approx((3 * 51 + 1) / 51 / 5) == found.norm_precision_AUC


@pytest.mark.parametrize("kind", KINDS)
def test_a_perfect_tracker_has_what_is_present(kind: str) -> None:
    truth = sequence([STILL[0], GONE, STILL[2], STILL[3]], kind=kind)
    found = score(truth, STILL[:4]).scores
    assert pytest.approx(20 / 21 * 3 / 4) == found.AUC
    assert (found.precision, found.norm_precision) == (3 / 4, 3 / 4)


@pytest.mark.parametrize(
    ("edge", "overlaps"), [([0.0, 10, 20, 20], 0), ([10, -3, 20, 20], 0), ([1, 1, 20, 20], 1)]
)
def test_a_truth_at_the_left_or_upper_edge(edge: list[float], overlaps: int) -> None:
    """It is no success whatever is found, and precise whatever is found."""
    truth = sequence([STILL[0], edge], kind="visevent")
    for box in (edge, [300, 300, 20, 20]):
        right = overlaps and box == edge
        found = score(truth, [STILL[0], box]).scores
        assert pytest.approx(20 / 21 * (1 + right) / 2) == found.AUC
        assert found.precision == (1 if right or not overlaps else 0.5)
    assert (
        pytest.approx(20 / 21) == score(sequence([STILL[0], edge], kind="otb"), [STILL[0], edge]).scores.AUC
    )


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("seed", range(4))
def test_worked_out_again(seed: int, kind: str) -> None:
    rng = np.random.default_rng(seed)
    truth = random_boxes(rng, 60)
    truth[10:14, 0] = -2.0
    truth[40] = [0, 0, 30, 30]
    gone = rng.random(60) < 0.2
    gone[0] = False
    found = truth + rng.normal(0, 8, truth.shape)
    found[rng.random(60) < 0.1] = rng.choice([math.nan, 0.0])
    truth[gone] = 0
    result = score(sequence(truth, kind=kind), found)
    success, pixels, shares = worked_out(truth.tolist(), found.tolist())
    assert result.success == pytest.approx(success)
    assert result.precision == pytest.approx(pixels)
    assert result.norm_precision == pytest.approx(shares)
    assert result.scores.precision_AUC == pytest.approx(sum(pixels) / 51)


def worked_out(
    truth: list[list[float]], found: list[list[float]]
) -> tuple[list[float], list[float], list[float]]:
    """Curves by corners that belong to the boxes, first and last pixel included."""
    hits, near, near_shares = [0] * 21, [0] * 51, [0] * 51
    last = truth[0]
    for number, (there, box) in enumerate(zip(truth, found, strict=True)):
        if number == 0:
            box = there
        elif any(math.isnan(value) for value in box) or box[2] <= 0 or box[3] <= 0:
            box = last
        last = box
        if there == [0, 0, 0, 0]:
            continue
        overlap = off = share = -1.0
        if min(there) > 0:
            ends = [[b[i] + b[i + 2] - 1 for i in (0, 1)] for b in (there, box)]
            sides = [min(ends[0][i], ends[1][i]) - max(there[i], box[i]) + 1 for i in (0, 1)]
            shared = max(sides[0], 0) * max(sides[1], 0)
            # What rounding adds to 1 is cut.
            overlap = min(shared / (there[2] * there[3] + box[2] * box[3] - shared), 1)
            middles = [[b[i] + (b[i + 2] - 1) / 2 for i in (0, 1)] for b in (there, box)]
            way = [middles[0][i] - middles[1][i] for i in (0, 1)]
            off = math.dist(*middles)
            share = math.hypot(way[0] / there[2], way[1] / there[3])
        for step in range(21):
            hits[step] += overlap > 0.05 * step
        for step in range(51):
            near[step] += off <= step
            near_shares[step] += share <= step / 100
    return tuple([count / len(truth) for count in counts] for counts in (hits, near, near_shares))  # type: ignore[return-value]


def test_every_sequence_counts_the_same() -> None:
    sequences = [sequence(STILL[:length], kind="eventvot", name=str(length)) for length in (2, 5)]
    far = {"2": np.array(STILL[:2]), "5": np.array([STILL[0], *[[200, 200, 5, 5]] * 4])}
    report = evaluate_single(sequences, far, "ours")
    assert pytest.approx((1 + 1 / 5) / 2) == report.combined.precision
    assert pytest.approx((1 + 1 / 5) / 2) == report.combined.precision_AUC
    assert "precision_AUC_low" in report.combined.to_dict()
