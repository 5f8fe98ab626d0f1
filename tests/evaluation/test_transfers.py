"""Transfers by hand, and the curves behind HOTA."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from neuromorph_track.evaluation import EvaluationSequence, evaluate_tracking

MakeSequence = Callable[..., EvaluationSequence]

# Two objects, 1 at 0 and 2 at 50 pixels, in four frames.
TRUTH = [(frame, number, 50 * (number - 1)) for frame in (1, 2, 3, 4) for number in (1, 2)]


@pytest.mark.parametrize(
    ("results", "transfers", "switches"),
    [
        ([(f, 1, 0) for f in (1, 2, 3, 4)], 0, 0),
        # The track of the first object is on the second from frame 3.
        ([(1, 1, 0), (2, 1, 0), (3, 1, 50), (4, 1, 50)], 1, 0),
        # A new track on the same object is a switch and no transfer.
        ([(1, 1, 0), (2, 1, 0), (3, 9, 0), (4, 9, 0)], 0, 1),
        # Both tracks change objects: two of each.
        ([(1, 1, 0), (1, 2, 50), (2, 1, 0), (2, 2, 50), (3, 1, 50), (3, 2, 0), (4, 1, 50), (4, 2, 0)], 2, 2),
        ([], 0, 0),
    ],
)
def test_by_hand(
    sequence: MakeSequence, results: list[tuple[int, int, int]], transfers: int, switches: int
) -> None:
    found = evaluate_tracking([sequence(TRUTH, results)], count_transfers=True).combined
    assert (found.Transfers, found.IDSW) == (transfers, switches)


def test_sequences_and_classes_add_up(sequence: MakeSequence) -> None:
    moved = [(1, 1, 0), (2, 1, 0), (3, 1, 50), (4, 1, 50)]
    both = [sequence(TRUTH, moved), sequence(TRUTH, moved, name="B")]
    assert evaluate_tracking(both, count_transfers=True).combined.Transfers == 2
    report = evaluate_tracking(both, {1: "cat", 2: "dog"}, count_transfers=True)
    assert [row.Transfers for row in report.rows] == [1, 1, 2, 0, 0, 0, 2, 2]


def test_not_asked_for_is_not_counted(sequence: MakeSequence) -> None:
    assert evaluate_tracking([sequence(TRUTH, TRUTH)]).combined.Transfers is None


def test_scores_are_means_of_their_curves(sequence: MakeSequence) -> None:
    report = evaluate_tracking([sequence(TRUTH, [(f, n, x + 2) for f, n, x in TRUTH])])
    assert [curve.sequence for curve in report.curves] == ["A", "COMBINED"]
    curve = report.curves[-1]
    assert curve.alpha == pytest.approx(np.arange(0.05, 0.99, 0.05))
    for name in ("HOTA", "DetA", "AssA"):
        assert np.mean(getattr(curve, name)) == pytest.approx(getattr(report.combined, name))
    # Squares of 10 pixels that are 2 apart: an IoU of 8 / 12.
    expected = [float(alpha < 8 / 12) for alpha in curve.alpha]
    assert list(curve.HOTA) == pytest.approx(expected)
