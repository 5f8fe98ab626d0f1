"""From truth and results to the arrays that TrackEval's metrics take."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

from neuromorph_track.association.overlap import iou_matrix
from neuromorph_track.data.benchmark_rules import Mask, Protocol
from neuromorph_track.data.motchallenge import MotBoxes
from neuromorph_track.errors import InputError
from neuromorph_track.evaluation.sequences import EvaluationSequence, by_frame

# IoU from which a result is taken to lie on a truth box.
MATCH_IOU = 0.5
# Part of a result that lies in a region without truth, from which it is not counted.
REGION_COVER = 0.5


def sequence_data(sequence: EvaluationSequence) -> dict[str, Any]:
    """What ``eval_sequence`` of a TrackEval metric wants to know of one sequence.

    In each frame the results are matched with all truth boxes (largest sum of IoU, at least 0.5);
    those on a box that forgives are taken out; of those that match nothing, the small ones and those in a
    region without truth, where the rules say so; then all truth that does not count. Identities are numbered
    from 0 without gaps.

    Raises
    ------
    InputError
        When an identity comes twice in one frame.
    """
    rules = sequence.protocol
    region = np.isin(sequence.truth.class_id, list(rules.regions))
    truth, results, regions = (
        by_frame(boxes, sequence.frames)
        for boxes in (sequence.truth[~region], sequence.results, sequence.truth[region])
    )
    truth_ids, result_ids, similarities = [], [], []
    for here, found, blind in zip(truth, results, regions, strict=True):
        similarity = iou_matrix(here.xyxy.astype(np.float64), found.xyxy.astype(np.float64))
        kept = ~_left_out(rules, similarity, here, found, blind)
        counted = rules.counts(here)
        _require_distinct(sequence.name, "truth", here[counted])
        _require_distinct(sequence.name, "results", found)
        truth_ids.append(here.track_id[counted])
        result_ids.append(found.track_id[kept])
        similarities.append(similarity[np.ix_(counted, kept)])
    truth_numbers, truth_tracks = _renumber(truth_ids)
    result_numbers, result_tracks = _renumber(result_ids)
    return {
        "seq": sequence.name,
        "num_timesteps": sequence.frames,
        "gt_ids": truth_numbers,
        "tracker_ids": result_numbers,
        "similarity_scores": similarities,
        "num_gt_ids": truth_tracks,
        "num_tracker_ids": result_tracks,
        "num_gt_dets": sum(map(len, truth_ids)),
        "num_tracker_dets": sum(map(len, result_ids)),
    }


def _left_out(
    rules: Protocol, similarity: NDArray[np.floating], truth: MotBoxes, found: MotBoxes, regions: MotBoxes
) -> Mask:
    """Which results (N,) of a frame are neither right nor wrong; ``similarity`` is (truth, N)."""
    row, column = _matches(similarity)
    out = np.zeros(len(found), bool)
    out[column[rules.forgives(truth)[row]]] = True
    alone = np.ones(len(found), bool)
    alone[column] = False
    if len(regions):
        out |= alone & (_covered(found, regions) > REGION_COVER + np.finfo(float).eps)
    if rules.smallest is not None:
        height = found.xyxy[:, 3] - found.xyxy[:, 1]
        out |= alone & (height <= rules.smallest + np.finfo(float).eps)
    return out


def _matches(similarity: NDArray[np.floating]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Truth and result of each pair, by the largest sum of IoU."""
    # The tolerance is TrackEval's: an IoU of exactly one half must match.
    near = np.where(similarity >= MATCH_IOU - np.finfo(float).eps, similarity, 0)
    row, column = linear_sum_assignment(near, maximize=True)
    matched = near[row, column] > 0
    return row[matched], column[matched]


def _covered(boxes: MotBoxes, regions: MotBoxes) -> NDArray[np.float64]:
    """The largest part of each box (N,) that lies in one of the regions."""
    own, other = boxes.xyxy.astype(np.float64)[:, None], regions.xyxy.astype(np.float64)[None]
    sides = np.minimum(own[..., 2:], other[..., 2:]) - np.maximum(own[..., :2], other[..., :2])
    shared = np.prod(np.maximum(sides, 0), axis=2)
    area = np.prod(own[..., 2:] - own[..., :2], axis=2)
    return np.divide(shared, area, out=np.zeros_like(shared), where=area > 0).max(axis=1)


def _require_distinct(name: str, which: str, boxes: MotBoxes) -> None:
    identities, count = np.unique(boxes.track_id, return_counts=True)
    if (count > 1).any():
        twice = identities[count > 1][0]
        found = f"identity {twice} more than once in frame {boxes.frame[0]}"
        raise InputError(name, which, found, "each identity once a frame")


def _renumber(ids: list[NDArray[np.int64]]) -> tuple[list[NDArray[np.int64]], int]:
    """The same identities numbered from 0, per frame, and how many there are."""
    if not ids:
        return [], 0
    distinct, number = np.unique(np.concatenate(ids), return_inverse=True)
    return np.split(number, np.cumsum([len(frame) for frame in ids])[:-1]), len(distinct)
