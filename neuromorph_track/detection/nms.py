"""One box per object: greedy suppression by overlap and by containment."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from neuromorph_track.data.detections import Detections

CONTAINED = 0.9
ANY_CLASS = 0.8


def non_maximum_suppression(found: Detections, threshold: float) -> NDArray[np.int64]:
    """Indices of the boxes to keep, best first.

    A box is dropped when a better one of its class overlaps it by more than ``threshold`` (IoU),
    or holds it, or is held by it, to more than nine tenths of the smaller one; and when a better one of
    any class overlaps it by more than 0.8: two names for one object.

    Parameters
    ----------
    found : Detections
    threshold : float
        IoU, 0 to 1.

    Examples
    --------
    The second box doubles the first, the third stands elsewhere:

    >>> boxes = np.array([[0, 0, 10, 10], [1, 0, 11, 10], [40, 0, 50, 10]], np.float32)
    >>> found = Detections(boxes, np.array([0.9, 0.8, 0.7], np.float32), np.zeros(3, np.int64))
    >>> non_maximum_suppression(found, 0.5).tolist()
    [0, 2]
    """
    order = np.argsort(-found.score, kind="stable")
    boxes, classes = found.xyxy[order], found.class_id[order]
    area = np.prod(boxes[:, 2:] - boxes[:, :2], axis=1)
    alive = np.ones(len(order), bool)
    kept = []
    for index in range(len(order)):
        if not alive[index]:
            continue
        kept.append(index)
        rest = slice(index + 1, None)
        overlap, iou = overlaps(boxes[index], boxes[rest], area[index], area[rest])
        held = overlap / np.maximum(np.minimum(area[index], area[rest]), 1e-9)
        same = classes[rest] == classes[index]
        alive[rest] &= ~(same & ((iou > threshold) | (held > CONTAINED)) | (iou > ANY_CLASS))
    return order[np.array(kept, np.int64)]


def overlaps(
    box: NDArray[Any], boxes: NDArray[Any], area: Any, areas: NDArray[Any]
) -> tuple[NDArray[Any], NDArray[Any]]:
    """Area that a box (4,) shares with others (N, 4), and their IoU, (N,) each, in the boxes' precision."""
    low, high = np.maximum(box[:2], boxes[:, :2]), np.minimum(box[2:], boxes[:, 2:])
    shared = np.prod(np.clip(high - low, 0, None), axis=1)
    return shared, shared / np.maximum(area + areas - shared, 1e-9)
