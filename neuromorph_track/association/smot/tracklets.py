"""The tracks of the re-detecting tracker, and what it asks of the candidates that a detector gives it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from neuromorph_track.association.table import TrackTable
from neuromorph_track.data.detections import Detections
from neuromorph_track.errors import InputError


@dataclass
class Tracklets(TrackTable):
    """The tracks; one with ``unseen`` above 0 has no tracklet and waits for one to continue it.

    Attributes
    ----------
    box : (N, 4) float32
        Where it was seen last.
    """

    box: NDArray[np.float32]

    @classmethod
    def empty(cls) -> Tracklets:
        return cls(**TrackTable.empty().to_arrays(), box=np.zeros((0, 4), np.float32))


def check_candidates(detections: Detections) -> None:
    """Refuse anchors and marks that do not go with the boxes.

    Raises
    ------
    InputError
    """
    anchor, suppressed = detections.anchor, detections.suppressed
    if anchor is not None:
        if anchor.shape != detections.xyxy.shape:
            raise InputError(
                "detections", "anchor", f"shape {anchor.shape}", f"shape {detections.xyxy.shape}"
            )
        if not np.isfinite(anchor).all():
            raise InputError("detections", "anchor", "a value that is not finite", "finite pixels")
    if suppressed is not None and suppressed.shape != detections.score.shape:
        expected = f"shape {detections.score.shape}"
        raise InputError("detections", "suppressed", f"shape {suppressed.shape}", expected)
