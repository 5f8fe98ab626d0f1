"""What OC-SORT makes of the boxes it saw: the way a track heads, and its motion while it was out of sight."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from neuromorph_track.association import area
from neuromorph_track.association.kalman import Moments

# Pixels: keeps the direction between two boxes on one spot at zero length.
TINY = 1e-6

Vectors = NDArray[np.float64]


def direction(first: NDArray[np.floating], second: NDArray[np.floating]) -> Vectors:
    """Unit vector (N, 2) from the centre of each box of ``first`` (N, 4) to that of ``second`` (N, 4)."""
    way = (second[:, :2] + second[:, 2:]) / 2 - (first[:, :2] + first[:, 2:]) / 2
    length = np.sqrt(way[:, 0] ** 2 + way[:, 1] ** 2)
    return way / (length + TINY)[:, None]


def consistency(heading: Vectors, way: Vectors) -> NDArray[np.float64]:
    """How well ``way`` (P, 2) goes on with ``heading`` (P, 2): 1/2 straight on, -1/2 straight back, 0 across.

    Cao et al., eq. 5: (pi/2 - angle) / pi, so that more is better; 0 where either has no length.
    """
    cosine = (heading * way).sum(axis=1)
    return 0.5 - np.arccos(np.clip(cosine, -1, 1)) / np.pi


def re_update(
    before: Moments, last: NDArray[np.float64], found: NDArray[np.floating], gap: NDArray[np.int64]
) -> Moments:
    """Filters of tracks that are found again, as if they had been seen all along (Cao et al., section 4.1).

    Parameters
    ----------
    before : (5, K, 4) float64
        Moments after the last box that was seen.
    last, found : (K, 4) floating
        That box, and the one found now. Between the two the track is taken to have moved evenly.
    gap : (K,) int64
        Frames from the one to the other, 1 or more.

    Returns
    -------
    (5, K, 4) float64
        Moments after the end of that line. The authors let the box found now be measured once more after it.
    """
    moments = before.copy()
    move = found.astype(np.float64) - last
    for step in range(1, int(gap.max(initial=0)) + 1):
        still = np.flatnonzero(gap >= step)
        part = moments.take(still, axis=1)
        area.predict(part)
        share = step / gap[still, None]
        area.correct(part, np.arange(len(still)), last[still] + share * move[still])
        moments[:, still] = part
    return moments
