"""Scores by frame add up to those of a sequence, and intervals know that neighbours are alike."""

from __future__ import annotations

import numpy as np
import pytest

from neuromorph_track.evaluation.single import score_sequence
from neuromorph_track.evaluation.single.blocks import block_interval, frame_scores
from tests.evaluation.single.made import sequence

FRAMES = 60


@pytest.mark.parametrize("kind", ["otb", "lasot", "uav123", "got10k", "visevent"])
def test_the_mean_over_frames_is_the_sequence_s_score(kind: str) -> None:
    drawn = np.random.default_rng(3)
    boxes = np.column_stack([drawn.uniform(0, 40, (FRAMES, 2)), drawn.uniform(20, 60, (FRAMES, 2))])
    boxes[20:23, 0] = 0
    found = boxes + drawn.normal(0, 12, boxes.shape)
    found[7] = np.nan
    absent = [index % 9 == 4 for index in range(FRAMES)]
    given = sequence(boxes, absent, kind=kind)
    expected = score_sequence(given, [found], "tracker").scores
    scores = frame_scores(given, found)
    assert scores.success.mean() == pytest.approx(expected.AUC, abs=1e-12)
    assert scores.precise.mean() == pytest.approx(expected.precision, abs=1e-12)
    # Where frames without the object count, they are in their places.
    counted = FRAMES if kind in ("lasot", "uav123", "visevent") else FRAMES - sum(absent)
    assert scores.success.shape == scores.precise.shape == (counted,)
    if counted == FRAMES:
        assert not scores.success[absent].any()
        assert set(scores.precise[absent]) == {float(kind == "uav123")}


def test_frames_by_themselves_have_the_interval_of_the_normal_distribution() -> None:
    values = np.random.default_rng(0).random(400)
    low, high = block_interval([values], block=1)
    assert (low + high) / 2 == pytest.approx(values.mean(), abs=0.005)
    assert high - low == pytest.approx(2 * 1.96 * values.std() / np.sqrt(400), rel=0.06)


def test_neighbours_that_are_alike_make_it_wider_and_sequences_narrower() -> None:
    """Ten frames each of 0 and 1, in turn: forty facts, not four hundred."""
    drawn = np.random.default_rng(1)
    values = np.repeat((drawn.random(40) > 0.5).astype(float), 10)
    alone, together = (np.diff(block_interval([values], block))[0] for block in (1, 20))
    assert together > 2 * alone
    two = np.diff(block_interval([values, values]))[0]
    assert two == pytest.approx(together / np.sqrt(2), rel=0.1)


def test_first_and_last_frames_count_as_much_as_others() -> None:
    """A tracker that is right in the first ten frames of forty alone."""
    values = np.concatenate([np.ones(10), np.zeros(30)])
    low, high = block_interval([values] * 200)
    assert (low + high) / 2 == pytest.approx(0.25, abs=0.01)
    assert high - low < 0.05


def test_the_same_each_time_and_sure_of_what_does_not_vary() -> None:
    values = [np.random.default_rng(2).random(50), np.full(30, 0.5)]
    assert block_interval(values) == block_interval(values)
    assert block_interval([np.full(5, 0.25), np.full(1, 0.75)]) == (0.5, 0.5)
