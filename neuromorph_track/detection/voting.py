"""What several cells say about one object, averaged."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from neuromorph_track.data.detections import Detections
from neuromorph_track.detection.nms import overlaps


def voted_boxes(found: Detections, chosen: NDArray[np.int64], threshold: float) -> NDArray[np.float32]:
    """Boxes of the chosen detections, each the mean of those that lie where it does, by their scores.

    Box voting of Gidaris and Komodakis (2015, arXiv 1505.01749, section 4): neighbouring cells see an object
    from a place of their own each, and not all of their errors are the same.

    Parameters
    ----------
    found : Detections
        N of them, before any was suppressed.
    chosen : (M,) int
        Those that were kept.
    threshold : float
        Least IoU with the chosen box, of its class, for a vote.

    Returns
    -------
    (M, 4) float32
    """
    boxes, score = found.xyxy.astype(np.float64), found.score.astype(np.float64)
    area = np.prod(boxes[:, 2:] - boxes[:, :2], axis=1)
    voted = boxes[chosen]
    for row, index in enumerate(chosen):
        _, iou = overlaps(boxes[index], boxes, area[index], area)
        votes = score * ((iou >= threshold) & (found.class_id == found.class_id[index]))
        if votes.any():
            voted[row] = votes @ boxes / votes.sum()
    return voted.astype(np.float32)
