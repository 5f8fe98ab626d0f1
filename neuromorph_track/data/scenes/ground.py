"""The flat street and the pinhole camera that looks along it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from neuromorph_track.data.scenes.spec import SceneSpec

Floats = NDArray[np.float64]
_Metres = TypeVar("_Metres", float, Floats)

PERSON_METRES = 1.7
# Shares of the picture height: where the horizon lies, and where the feet of the nearest object stand.
_HORIZON = 0.36
_NEAREST = 1.02
# Strips of the street, as shares of the way from the horizon down to the lower edge of the picture:
# where the houses stand, the kerbs of the road, and where the front strip begins.
HOUSES, FAR_KERB, NEAR_KERB, FRONT = 0.24, 0.40, 0.80, 0.93


@dataclass(frozen=True)
class Ground:
    """Projection of ground points to pixels.

    World coordinates are metres: ``x`` to the right of the middle, ``z`` along the line of sight.
    The focal length in pixels equals the picture width (53 degrees of view).

    Attributes
    ----------
    width, height : int
        Picture size in pixels.
    horizon : float
        Row of the horizon.
    eye : float
        Height of the camera over the ground in metres; a person at the nearest allowed place is
        ``size_max`` pixels tall.
    nearest : float
        Distance in metres of that place.
    """

    width: int
    height: int
    horizon: float
    eye: float
    nearest: float

    @classmethod
    def of(cls, spec: SceneSpec) -> Ground:
        horizon = _HORIZON * spec.height
        eye = PERSON_METRES * (_NEAREST * spec.height - horizon) / spec.size_max
        nearest = spec.width * PERSON_METRES / spec.size_max
        return cls(spec.width, spec.height, horizon, eye, nearest)

    def scale(self, z: _Metres) -> _Metres:
        """Pixels per metre at distance ``z``."""
        return self.width / z

    def project(self, x: _Metres, z: _Metres) -> tuple[_Metres, _Metres]:
        """Column and row, in pixels, of ground points."""
        scale = self.scale(z)
        return self.width / 2 + x * scale, self.horizon + self.eye * scale

    def unproject(self, u: Floats, v: Floats) -> tuple[Floats, Floats]:
        """World ``x`` and ``z`` of picture points below the horizon."""
        z = self.eye * self.width / (v - self.horizon)
        return (u - self.width / 2) * z / self.width, z

    def distance_of_height(self, metres: float, pixels: float) -> float:
        """Distance at which something ``metres`` tall is ``pixels`` tall."""
        return self.width * metres / pixels

    def distance_of_share(self, share: float) -> float:
        """Distance of the row at ``share`` of the way from the horizon to the lower edge."""
        row = self.horizon + share * (self.height - self.horizon)
        return self.eye * self.width / (row - self.horizon)
