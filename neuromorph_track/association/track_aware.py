"""Where a new track may begin: not on a track, and not beside a surer detection of the same object."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from neuromorph_track.association.overlap import measured_pairs
from neuromorph_track.data.detections import Detections


def may_begin(
    tracks: NDArray[np.float32], class_id: NDArray[np.int64], detections: Detections, gate: float
) -> NDArray[np.bool_]:
    """Track-aware initialisation of TrackTrack (Shim et al., CVPR 2025): suppression that knows the tracks.

    Parameters
    ----------
    tracks, class_id : (N, 4) float32, (N,) int64
        The tracks that are seen in this frame.
    detections : Detections
        Those at which a track might begin.
    gate : float
        A detection that overlaps a track of its class by more (IoU) begins none, nor does one that so
        overlaps a surer detection of its class that does begin one; of equally sure ones the first does.

    Returns
    -------
    (M,) bool
    """
    boxes = detections.xyxy
    pairs = measured_pairs(boxes, tracks)
    covered = (pairs.iou > gate) & (detections.class_id[pairs.row] == class_id[pairs.column])
    allowed = np.ones(len(boxes), bool)
    allowed[pairs.row[covered]] = False

    rank = np.empty(len(boxes), np.int64)
    rank[np.argsort(-detections.score, kind="stable")] = np.arange(len(boxes))
    pairs = measured_pairs(boxes, boxes)
    better, worse = pairs.row, pairs.column
    rivals = (pairs.iou > gate) & (rank[better] < rank[worse])
    rivals &= detections.class_id[better] == detections.class_id[worse]
    better, worse = better[rivals], worse[rivals]
    # From the surest on, so that the fate of each is known before it is asked for.
    order = np.argsort(rank[better], kind="stable")
    better, worse = better[order], worse[order]
    starts = np.flatnonzero(np.diff(better, prepend=-1))
    for start, end in zip(starts, np.append(starts, len(better))[1:], strict=True):
        if allowed[better[start]]:
            allowed[worse[start:end]] = False
    return allowed
