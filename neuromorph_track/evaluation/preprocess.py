"""From truth and results to the arrays that TrackEval's metrics take."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

from neuromorph_track.association.overlap import iou_matrix
from neuromorph_track.data.motchallenge import MotBoxes
from neuromorph_track.errors import InputError
from neuromorph_track.evaluation.sequences import EvaluationSequence, by_frame

# IoU from which a result is taken to lie on a truth box.
MATCH_IOU = 0.5


def sequence_data(sequence: EvaluationSequence) -> dict[str, Any]:
    """What ``eval_sequence`` of a TrackEval metric wants to know of one sequence.

    In each frame the results are matched with all truth boxes (largest sum of IoU, at least 0.5);
    those on a box that forgives are taken out, then all truth that does not count. Identities
    are numbered from 0 without gaps.

    Raises
    ------
    InputError
        When an identity comes twice in one frame.
    """
    truth, results = sequence.truth, sequence.results
    truth_ids, result_ids, similarities = [], [], []
    for here, found in zip(by_frame(truth, sequence.frames), by_frame(results, sequence.frames), strict=True):
        similarity = iou_matrix(here.xyxy.astype(np.float64), found.xyxy.astype(np.float64))
        kept = ~_forgiven(similarity, sequence.protocol.forgives(here))
        counted = sequence.protocol.counts(here)
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


def _forgiven(similarity: NDArray[np.floating], forgiving: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Which results (columns) lie on a truth box (row) that forgives."""
    forgiven = np.zeros(similarity.shape[1], bool)
    if forgiving.any():
        # The tolerance is TrackEval's: an IoU of exactly one half must match.
        near = np.where(similarity >= MATCH_IOU - np.finfo(float).eps, similarity, 0)
        row, column = linear_sum_assignment(near, maximize=True)
        matched = near[row, column] > 0
        forgiven[column[matched & forgiving[row]]] = True
    return forgiven


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
