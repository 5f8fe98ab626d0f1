"""What an emulated event camera is like."""

from __future__ import annotations

import math
from dataclasses import dataclass, fields

from neuromorph_track.errors import InputError

RANGES: dict[str, tuple[float, float]] = {
    "on": (0.01, 10),
    "off": (0.01, 10),
    "mismatch": (0, 1),
    "refractory_us": (0, 1_000_000),
    "leak_hz": (0, 1000),
    "shot_noise_hz": (0, 1000),
    "cutoff_hz": (0, 100_000),
}


@dataclass(frozen=True)
class SensorSettings:
    """A sensor's pixels, in the terms of v2e (Hu, Liu, Delbruck, "v2e: From Video Frames to Realistic DVS
    Events", CVPRW 2021).

    Attributes
    ----------
    on, off : float
        Mean change of the natural logarithm of brightness that makes an event.
    mismatch : float
        Standard deviation of these thresholds from pixel to pixel; none is below 0.01.
    refractory_us : float
        Microseconds after an event in which a pixel is blind.
    leak_hz : float
        ON events per pixel and second with no change at all.
    shot_noise_hz : float
        Noise events per pixel and second in the dark; at white (255) there are a quarter of them.
    cutoff_hz : float
        A pixel's first-order low-pass at white; in the dark it is slower. 0 is none.

    Raises
    ------
    InputError
        Naming the field that is out of range.
    """

    on: float = 0.2
    off: float = 0.2
    mismatch: float = 0.03
    refractory_us: float = 0.0
    leak_hz: float = 0.1
    shot_noise_hz: float = 0.0
    cutoff_hz: float = 0.0

    def __post_init__(self) -> None:
        for name in (field.name for field in fields(self)):
            value = getattr(self, name)
            low, high = RANGES[name]
            if isinstance(value, bool) or not isinstance(value, (int, float)) or not math.isfinite(value):
                raise InputError("sensor", name, repr(value), "a number")
            if not low <= value <= high:
                raise InputError("sensor", name, f"{value:g}", f"a number from {low:g} to {high:g}")
