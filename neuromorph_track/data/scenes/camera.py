"""A camera that is fixed, but trembles now and then and may swing slowly."""

from __future__ import annotations

import numpy as np

from neuromorph_track.data.scenes.ground import Floats
from neuromorph_track.data.scenes.spec import SceneSpec

_SECONDS_BETWEEN_BURSTS = 3.0
_BURST_SECONDS = 0.6
_SHAKE_HERTZ = 4.0
_PAN_SECONDS = 12.0


def camera_offsets(spec: SceneSpec, rng: np.random.Generator) -> Floats:
    """Shift of the view in pixels (right, down), shape (frames, 2); exactly 0 between the bursts."""
    t = np.arange(spec.frames) / spec.fps
    offsets = np.zeros((spec.frames, 2))
    bursts = rng.poisson(spec.frames / spec.fps / _SECONDS_BETWEEN_BURSTS)
    for begin in rng.uniform(0, spec.frames / spec.fps, bursts):
        first, last = np.searchsorted(t, (begin, begin + _BURST_SECONDS))
        age = t[first:last] - begin
        fade = np.sin(np.pi * age / _BURST_SECONDS)
        for axis, share in enumerate((1.0, 0.7)):
            wave = np.sin(2 * np.pi * _SHAKE_HERTZ * age + rng.uniform(0, 2 * np.pi))
            offsets[first:last, axis] += share * spec.shake * fade * wave
    offsets = np.clip(offsets, -spec.shake, spec.shake)
    if spec.pan:
        offsets[:, 0] += spec.pan * np.sin(2 * np.pi * t / _PAN_SECONDS + rng.uniform(0, 2 * np.pi))
    return offsets
