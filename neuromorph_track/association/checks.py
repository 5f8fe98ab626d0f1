"""What every tracker asks of its input, before it changes anything."""

from __future__ import annotations

import numpy as np

from neuromorph_track.association.interface import Embeddings, Warp
from neuromorph_track.data.detections import Detections
from neuromorph_track.errors import InputError

# Frames that may be left out at once: a day at 30 a second is less than three of these.
LONGEST_GAP = 1_000_000


def check_input(
    detections: Detections, warp: Warp | None = None, embeddings: Embeddings | None = None, dt: int = 1
) -> None:
    """Refuse what is no frame of detections. Boxes without an area are allowed: they overlap nothing.

    Arguments as for :meth:`~neuromorph_track.association.interface.Tracker.update`.

    Raises
    ------
    InputError
        When ``dt`` is no number of frames, the shapes of arrays do not go together, a number is not finite,
        or a score is not between 0 and 1.
    """
    if not (isinstance(dt, int | np.integer) and 1 <= dt <= LONGEST_GAP):
        raise InputError("tracker", "dt", repr(dt), f"an integer from 1 to {LONGEST_GAP} frames")
    _check_boxes(detections)
    if warp is not None:
        if np.shape(warp) != (2, 3):
            raise InputError("tracker", "warp", f"shape {np.shape(warp)}", "shape (2, 3)")
        if not np.isfinite(warp).all():
            raise InputError("tracker", "warp", "a value that is not finite", "finite numbers")
    if embeddings is not None:
        boxes = len(detections)
        if np.ndim(embeddings) != 2 or len(embeddings) != boxes:
            shape = np.shape(embeddings)
            raise InputError("tracker", "embeddings", f"shape {shape}", f"a row for each of {boxes} boxes")
        if not np.isfinite(embeddings).all():
            raise InputError("tracker", "embeddings", "a value that is not finite", "finite numbers")


def _check_boxes(detections: Detections) -> None:
    score, xyxy = detections.score, detections.xyxy
    if xyxy.shape != (len(score), 4):
        raise InputError("detections", "xyxy", f"shape {xyxy.shape}", f"shape {(len(score), 4)}")
    if detections.class_id.shape != score.shape:
        shape = detections.class_id.shape
        raise InputError("detections", "class_id", f"shape {shape}", f"shape {score.shape}")
    if detections.suppressed is not None and detections.suppressed.shape != score.shape:
        shape = detections.suppressed.shape
        raise InputError("detections", "suppressed", f"shape {shape}", f"shape {score.shape}")
    if not np.isfinite(xyxy).all():
        raise InputError("detections", "xyxy", "a value that is not finite", "finite pixels")
    if not ((score >= 0) & (score <= 1)).all():
        raise InputError("detections", "score", f"{score.min()} to {score.max()}", "0 to 1")
