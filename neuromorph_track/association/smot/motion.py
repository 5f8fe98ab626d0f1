"""Where a tracklet is expected in the next frame: eq. 2 of SMOT."""

from __future__ import annotations

from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from neuromorph_track.association import kalman
from neuromorph_track.association.interface import Warp
from neuromorph_track.association.smot.settings import SmotSettings
from neuromorph_track.association.smot.tracklets import Tracklets
from neuromorph_track.association.warps import warp_boxes, warp_moments

Boxes = NDArray[np.float32]


class Shifts(Protocol):
    """What knows the pictures: how far the inside of each box has moved since the last call of ``update``."""

    def __call__(self, xyxy: Boxes) -> NDArray[np.floating]:
        """Shifts (N, 2) in pixels, right and down, of boxes (N, 4) in the picture before."""
        ...


def expect(
    tracks: Tracklets,
    active: NDArray[np.int64],
    settings: SmotSettings,
    shifts: Shifts | None,
    warp: Warp | None,
    dt: int,
) -> Boxes:
    """Boxes (N, 4) at which the ``active`` (N,) tracks are expected; Kalman filters are moved on.

    Parameters
    ----------
    tracks : Tracklets
    active : (N,) int64
        Rows that have a tracklet.
    settings : SmotSettings
    shifts : Shifts or None
        Asked with the motion ``flow``, which sees the motion of the camera too.
    warp : (2, 3) float64 or None
        Motion of the camera.
    dt : int
        Frames since the last call.
    """
    if settings.motion == "flow":
        assert shifts is not None
        return tracks.box[active] + np.tile(shifts(tracks.box[active]), 2).astype(np.float32)
    if settings.motion == "none":
        box = tracks.box[active].astype(np.float64)
        return (box if warp is None else warp_boxes(box, warp)).astype(np.float32)
    moments = tracks.moments.take(active, axis=1)
    kalman.predict(moments, settings.noise, dt)
    if warp is not None:
        warp_moments(moments, warp, (1, 1))
    tracks.moments[:, active] = moments
    return kalman.boxes(moments)
