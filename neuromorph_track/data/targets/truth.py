"""What is true of a target in one frame, counted from the pixels that were drawn."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from neuromorph_track.data.targets.placing import Placed

# Frames in which less is seen do not count.
LEAST_VISIBILITY = 0.1


@dataclass(frozen=True)
class TargetTruth:
    """Where the target is and how much of it is seen.

    Attributes
    ----------
    box : (4,) float32
        Left, top, right, bottom in pixels around the whole target, hidden parts too, cut at the edges of the
        picture; NaN where nothing of it is seen.
    visibility : float
        Share of the target's pixels that are inside the picture and not hidden.
    inside : float
        Share of them that are inside the picture.
    """

    box: NDArray[np.float32]
    visibility: float
    inside: float

    @classmethod
    def of(cls, target: Placed, before: list[Placed], height: int, width: int) -> TargetTruth:
        """Count it from the target's silhouette and what was painted over it."""
        free = np.ones((height, width), np.bool_)
        for placed in before:
            placed.hide(free)
        window, own = target.layer.window(height, width)
        solid = target.solid[own]
        whole = max(int(np.count_nonzero(target.solid)), 1)
        inside, seen = int(np.count_nonzero(solid)), int(np.count_nonzero(solid & free[window]))
        around = target.box()
        if not seen or around is None:
            return cls(np.full(4, np.nan, np.float32), 0.0, inside / whole)
        box = np.array(around, np.float32).clip(0, [width, height] * 2).astype(np.float32)
        return cls(box, seen / whole, inside / whole)
