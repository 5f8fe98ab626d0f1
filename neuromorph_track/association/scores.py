"""Which detections are sure enough for a stage."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from neuromorph_track.data.detections import Detections


def of_score(detections: Detections, least: float) -> NDArray[np.bool_]:
    """Which detections have this score or more, (M,); doubles that suppression would remove have not."""
    enough = detections.score >= least
    return enough if detections.suppressed is None else enough & ~detections.suppressed
