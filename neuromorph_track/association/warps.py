"""What a motion of the camera does to tracks: centres go along, sizes grow with the picture."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from neuromorph_track.association.interface import Warp
from neuromorph_track.association.kalman import Moments

# Below this a warp leaves nothing of the picture.
TINY = 1e-9


def warp_moments(moments: Moments, warp: Warp, powers: tuple[int, int]) -> None:
    """Take the filters of tracks along, in place.

    Parameters
    ----------
    moments : (5, N, 4) float64
        Of centre x, centre y and two quantities of size.
    warp : (2, 3) float64
        As a :class:`~neuromorph_track.association.interface.Tracker` takes it.
    powers : (int, int)
        How the two quantities grow with the picture: 1 for a length, 2 for an area, 0 for a ratio.

    Notes
    -----
    The covariance of x with y that a rotation makes is left out, so that the filters stay separate.
    """
    matrix, shift = warp[:, :2], warp[:, 2]
    moments[0, :, :2] = moments[0, :, :2] @ matrix.T + shift
    moments[1, :, :2] = moments[1, :, :2] @ matrix.T
    moments[2:, :, :2] = moments[2:, :, :2] @ (matrix**2).T
    grown = _growth(warp) ** np.array(powers)
    moments[:2, :, 2:] *= grown
    moments[2:, :, 2:] *= grown**2


def warp_boxes(xyxy: NDArray[np.float64], warp: Warp) -> NDArray[np.float64]:
    """Boxes (..., 4), left, top, right, bottom, where the camera's motion puts them; they stay upright."""
    centre = (xyxy[..., :2] + xyxy[..., 2:]) / 2 @ warp[:, :2].T + warp[:, 2]
    half = (xyxy[..., 2:] - xyxy[..., :2]) / 2 * _growth(warp)
    return np.concatenate([centre - half, centre + half], axis=-1)


def warp_directions(ways: NDArray[np.float64], warp: Warp) -> NDArray[np.float64]:
    """Directions (..., 2) as they look after the camera's motion, about as long as before."""
    return ways @ warp[:, :2].T / max(_growth(warp), TINY)


def _growth(warp: Warp) -> np.float64:
    """By how much lengths grow, the mean over all directions."""
    return np.sqrt(np.abs(np.linalg.det(warp[:, :2])))
