"""In what light, how fast and through what camera a sequence is seen: presets, and draws from them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields

import numpy as np


@dataclass(frozen=True)
class Conditions:
    """What makes frames or events fail.

    Attributes
    ----------
    speed : float
        Mean way of the target per frame, in its sides.
    jolts : float
        Sudden changes of speed and direction per 100 frames.
    pan, shake : float
        Pixels per frame by which the camera turns; pixels of trembling.
    pauses : float
        Share of the time in which the target stands still.
    light : float
        Brightness of the scene; 1 is daylight.
    stops : float
        Between the brightest and the darkest places, light differs by 2 to the power of twice this.
    exposure : float
        Factor from light to the frames' grey levels.
    shutter : float
        Share of the time of a frame in which it is exposed.
    latency : float
        Time from the end of an exposure until the frame is there, in times of a frame; below 1.
    read_noise : float
        Of the frames, in grey levels.
    shot_noise : float
        Of the frames: variance per grey level.
    event_noise_hz : float
        Shot noise of the event camera, per pixel and second, in the dark.
    cutoff_hz : float
        Low-pass of the event camera's pixels at white; 0 is none.
    """

    speed: float
    jolts: float
    pan: float
    shake: float
    pauses: float
    light: float
    stops: float
    exposure: float
    shutter: float
    latency: float
    read_noise: float
    shot_noise: float
    event_noise_hz: float
    cutoff_hz: float


Range = tuple[float, float]

_DAY: dict[str, Range] = {
    "speed": (0.06, 0.14), "jolts": (1, 3), "pan": (0, 0.5), "shake": (0, 0.15), "pauses": (0, 0),
    "light": (0.8, 1.2), "stops": (0.1, 0.4), "exposure": (0.9, 1.1), "shutter": (0.15, 0.4),
    "latency": (0.1, 0.4), "read_noise": (1, 3), "shot_noise": (0.05, 0.2), "event_noise_hz": (0.2, 0.8),
    "cutoff_hz": (0, 0),
}  # fmt: skip

# Each is day, but for what is named.
PRESETS: Mapping[str, dict[str, Range]] = {
    "day": _DAY,
    "fast": _DAY | {
        "speed": (0.22, 0.38), "jolts": (3, 6), "pan": (0.3, 1.2), "shutter": (0.8, 1), "latency": (0.4, 0.9),
    },
    "dark": _DAY | {
        "speed": (0.08, 0.2), "light": (0.08, 0.15), "exposure": (1.6, 2.6), "shutter": (0.7, 1),
        "read_noise": (10, 18), "shot_noise": (0.5, 1.5), "event_noise_hz": (1.5, 4), "cutoff_hz": (300, 600),
    },
    "hdr": _DAY | {"speed": (0.08, 0.2), "stops": (2.6, 3.4), "exposure": (1, 1.6)},
    "still": _DAY | {"speed": (0.1, 0.2), "pan": (0, 0), "shake": (0, 0), "pauses": (0.45, 0.65)},
}  # fmt: skip

MIXED = "mixed"
NAMES = (*PRESETS, MIXED)
_NAMES_TO_DRAW = tuple(PRESETS)


def draw_conditions(preset: str, rng: np.random.Generator) -> tuple[str, Conditions]:
    """The name of a preset, one of five for ``mixed``, and conditions drawn evenly from its ranges."""
    drawn = _NAMES_TO_DRAW[rng.integers(len(_NAMES_TO_DRAW))]
    name = drawn if preset == MIXED else preset
    values = {field.name: float(rng.uniform(*PRESETS[name][field.name])) for field in fields(Conditions)}
    return name, Conditions(**values)
