"""Eq. 1 and the suppression of tracks against loops over every pair."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from neuromorph_track.association.overlap import iou_matrix
from neuromorph_track.association.smot.redetection import poll, same_class_pairs
from neuromorph_track.association.smot.settings import SmotSettings
from neuromorph_track.data.detections import Detections

TRACKS, CANDIDATES = 12, 300


def boxes(generator: np.random.Generator, count: int) -> NDArray[np.float32]:
    low = generator.uniform(-10, 150, (count, 2))
    return np.concatenate([low, low + generator.uniform(5, 60, (count, 2))], 1).astype(np.float32)


def scene(seed: int) -> tuple[NDArray[np.float32], NDArray[np.int64], Detections]:
    generator = np.random.default_rng(seed)
    candidates = Detections(
        xyxy=boxes(generator, CANDIDATES),
        score=generator.random(CANDIDATES).astype(np.float32),
        class_id=generator.integers(0, 3, CANDIDATES),
        anchor=boxes(generator, CANDIDATES),
    )
    return boxes(generator, TRACKS), generator.integers(0, 3, TRACKS), candidates


def voted(
    expected: NDArray[np.float32], class_id: int, candidates: Detections, settings: SmotSettings
) -> tuple[NDArray[np.float64], float] | None:
    """Eq. 1 of one track, read off the paper; anchors that do not overlap have no say."""
    assert candidates.anchor is not None
    place = candidates.anchor if settings.overlap == "anchor" else candidates.xyxy
    speaks = candidates.score >= (0 if settings.overlap == "anchor" else settings.active_score)
    own = np.flatnonzero((candidates.class_id == class_id) & speaks)
    overlap = iou_matrix(expected[None].astype(float), place[own].astype(float))[0]
    best = np.argsort(-overlap, kind="stable")[: 1 if settings.weighting == "max" else settings.anchors]
    if overlap[best[0]] < settings.least_overlap:
        return None
    best = best[overlap[best] > 0]
    weight = overlap[best] if settings.weighting == "iou" else np.ones(len(best))
    box = sum(w * candidates.xyxy[own[k]] for w, k in zip(weight, best, strict=True)) / weight.sum()
    score = sum(w * candidates.score[own[k]] for w, k in zip(weight, best, strict=True)) / weight.sum()
    return np.asarray(box), float(score)


@pytest.mark.parametrize("weighting", ["iou", "avg", "max"])
@pytest.mark.parametrize("anchors", [1, 2, 5, 10, 1000])
@pytest.mark.parametrize("least", [0.0, 0.1, 0.45])
@pytest.mark.parametrize("what", ["anchor", "box"])
def test_the_vote_is_the_weighted_mean_of_the_nearest_anchors(
    anchors: int, weighting: str, least: float, what: str
) -> None:
    settings = SmotSettings(anchors=anchors, weighting=weighting, least_overlap=least, overlap=what)  # type: ignore[arg-type]
    valid = 0
    for seed in range(5):
        expected, class_id, candidates = scene(seed)
        votes = poll(expected, class_id, candidates, settings)
        box, score = (votes.mean(v, TRACKS) for v in (candidates.xyxy, candidates.score))
        leader = votes.leader(TRACKS)
        for track in range(TRACKS):
            oracle = voted(expected[track], class_id[track], candidates, settings)
            assert (leader[track] < 0) == (oracle is None)
            if oracle is not None:
                valid += 1
                np.testing.assert_allclose(box[track], oracle[0], atol=1e-4)
                assert score[track] == pytest.approx(oracle[1], rel=1e-6)
    assert valid > (5 if least > 0.4 else 50)


def test_weights_of_a_track_sum_to_one() -> None:
    expected, class_id, candidates = scene(7)
    votes = poll(expected, class_id, candidates, SmotSettings())
    total = np.bincount(votes.track, votes.weight, TRACKS)
    np.testing.assert_allclose(total[np.unique(votes.track)], 1)


def test_of_anchors_that_hold_the_box_the_nearest_votes() -> None:
    anchor = np.array([[0, 0, 30, 30], [4, 0, 34, 30], [8, 0, 38, 30]], np.float32)
    candidates = Detections(anchor + 100, np.ones(3, np.float32), np.zeros(3, np.int64), anchor)
    expected = np.array([[14, 10, 24, 20]], np.float32)
    settings = SmotSettings(anchors=1, overlap="anchor", least_overlap=0.1)
    votes = poll(expected, np.zeros(1, np.int64), candidates, settings)
    assert votes.candidate.tolist() == [1]


def test_without_anchors_boxes_take_their_place() -> None:
    expected, class_id, candidates = scene(3)
    plain = Detections(candidates.xyxy, candidates.score, candidates.class_id)
    by_box = poll(expected, class_id, candidates, SmotSettings(overlap="box"))
    for first, second in zip(
        poll(expected, class_id, plain, SmotSettings(overlap="anchor")), by_box, strict=True
    ):
        np.testing.assert_array_equal(first, second)
    assert len(by_box.track) > 5


@pytest.mark.parametrize("tracks", [0, 4])
@pytest.mark.parametrize("candidates", [0, 3])
def test_nothing_to_vote(tracks: int, candidates: int) -> None:
    far = np.full((candidates, 4), 1e4, np.float32) + np.array([0, 0, 10, 10], np.float32)
    given = Detections(far, np.ones(candidates, np.float32), np.zeros(candidates, np.int64), far)
    expected = np.tile(np.array([0, 0, 10, 10], np.float32), (tracks, 1))
    votes = poll(expected, np.zeros(tracks, np.int64), given, SmotSettings(least_overlap=0))
    assert votes.leader(tracks).tolist() == [-1] * tracks
    assert votes.mean(given.xyxy, tracks).shape == (tracks, 4)


def test_pairs_of_a_class_are_those_of_a_loop() -> None:
    expected, class_id, candidates = scene(1)
    overlap = iou_matrix(expected, candidates.xyxy) * (class_id[:, None] == candidates.class_id)
    row, column, shared = same_class_pairs(expected, class_id, candidates.xyxy, candidates.class_id)
    found = np.zeros_like(overlap)
    found[row, column] = shared
    np.testing.assert_allclose(found, overlap, atol=1e-6)
    assert len(row) == (overlap > 0).sum() > 100
