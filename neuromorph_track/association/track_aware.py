"""Where a new track may begin: not on a track, and not beside a surer detection of the same object."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from neuromorph_track.association.overlap import measured_pairs
from neuromorph_track.association.suppression import best_of_rivals
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
    return best_of_rivals(boxes, detections.score, detections.class_id, gate, allowed)
