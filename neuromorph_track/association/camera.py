"""The camera's motion from boxes alone: where the tracks were expected, and where detections lie."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.special import fdtri

from neuromorph_track.association.interface import Warp
from neuromorph_track.association.loops.camera import fit_similarity, mutual_nearest

Centres = NDArray[np.float64]

# Fewer pairs than this tell nothing of a shift and a scale, more tracks than that nothing new.
FEWEST_PAIRS = 4
MOST_TRACKS = 1000
# Lengths in heights of the boxes: how far a pair may be apart, and what is no more than jitter.
REACH = 0.5
JITTER = 0.075
ROUNDS = 5
# A shift and a scale: what the fit is free to choose.
FREEDOMS = 3


def camera_motion(expected: Centres, found: Centres, chance: float) -> Warp | None:
    """Shift and scale of the picture that no motion of single objects explains.

    Each expected box and the detection that are each other's nearest make a pair, and a similarity
    without rotation is fitted to their centres, robustly. Where at least half of the pairs then lie
    within twice the jitter, an F test compares what the fit leaves with what the prediction alone leaves;
    a motion that noise would show with a probability above ``chance`` is none. What remains is shrunk by the
    part that noise explains, so that the estimate fades in and a camera on a tripod stays where it is.

    Parameters
    ----------
    expected : (N, 4) float64
        Centre x, centre y, width and height of tracks seen in the frame before, where they should be now;
        the first thousand are looked at.
    found : (M, 4) float64
        The same of sure detections.
    chance : float
        Between 0 and 1, both excluded.

    Returns
    -------
    (2, 3) float64 or None
        None where the boxes show no such motion.
    """
    expected = expected[:MOST_TRACKS]
    if len(expected) < FEWEST_PAIRS or len(found) < FEWEST_PAIRS:
        return None
    partner = mutual_nearest(expected, found, np.argsort(found[:, 0], kind="stable"), REACH)
    paired = np.flatnonzero(partner >= 0)
    if len(paired) < FEWEST_PAIRS:
        return None
    before, after = expected[paired], found[partner[paired]]
    scale, shift_x, shift_y, fitting, points, square_before, square_after = fit_similarity(
        before, after, JITTER, ROUNDS
    )
    freedoms = 2 * points - FREEDOMS
    if 2 * fitting < len(paired) or freedoms <= 0:
        return None
    gained = square_before - square_after
    by_chance = fdtri(FREEDOMS, freedoms, 1 - chance) * FREEDOMS * square_after / freedoms
    if gained <= by_chance:
        return None
    part = 1 - by_chance / gained
    scale = 1 + part * (scale - 1)
    return np.array([[scale, 0, part * shift_x], [0, scale, part * shift_y]])
