"""Of boxes that overlap too much the best one stays."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from neuromorph_track.association.overlap import measured_pairs


def best_of_rivals(
    xyxy: NDArray[np.float32],
    score: NDArray[np.floating],
    class_id: NDArray[np.int64],
    most: float,
    allowed: NDArray[np.bool_] | None = None,
) -> NDArray[np.bool_]:
    """Class-wise greedy non-maximum suppression.

    Parameters
    ----------
    xyxy : (N, 4) float32
    score : (N,) floating
    class_id : (N,) int64
    most : float
        IoU above which of two boxes of a class the better one, if it stays, removes the other; of equal
        scores the earlier row is the better.
    allowed : (N,) bool, optional
        Boxes that are out from the start, and remove none, are false.

    Returns
    -------
    (N,) bool
        True for those that stay.
    """
    alive = np.ones(len(score), bool) if allowed is None else allowed.copy()
    rank = np.empty(len(score), np.int64)
    rank[np.argsort(-score, kind="stable")] = np.arange(len(score))
    pairs = measured_pairs(xyxy, xyxy)
    rivals = (pairs.iou > most) & (rank[pairs.row] < rank[pairs.column])
    rivals &= class_id[pairs.row] == class_id[pairs.column]
    better, worse = pairs.row[rivals], pairs.column[rivals]
    # From the best on, so that the fate of each is known before it is asked for.
    order = np.argsort(rank[better], kind="stable")
    better, worse = better[order], worse[order]
    starts = np.flatnonzero(np.diff(better, prepend=-1))
    for start, end in zip(starts, np.append(starts, len(better))[1:], strict=True):
        if alive[better[start]]:
            alive[worse[start:end]] = False
    return alive
