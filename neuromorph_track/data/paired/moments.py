"""A target's sequence seen at any moment between its frames, and clocks that stop."""

from __future__ import annotations

import copy
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from scipy.interpolate import CubicSpline

from neuromorph_track.data.targets.paths import Camera, Path
from neuromorph_track.data.targets.scene import Actor, TargetScene

Floats = NDArray[np.float64]

# Frames in which a thing comes to rest, and in which it sets off.
_BRAKING = 1.0
_SHORTEST, _LONGEST = 3, 9


def at_moments(scene: TargetScene, camera: Floats, target: Floats, others: list[Floats]) -> TargetScene:
    """The same sequence, whose row ``i`` is not frame ``i`` but a moment between frames.

    Its ``painted`` gives these moments; frames with light, lens and sensor stay those of the original.

    Parameters
    ----------
    scene : TargetScene
        Without motion blur.
    camera, target : (S,) float64
        Frame at which the camera, and the target, is in each moment. Occluders go with the camera's.
    others : list of (S,) float64
        The same of each distractor.
    """
    fine = copy.copy(scene)
    fine.camera = Camera(
        *(_between(getattr(scene.camera, name), camera) for name in ("offset", "zoom", "roll", "shake"))
    )
    fine.target = _moved(scene.target, target)
    fine.distractors = [_moved(actor, clock) for actor, clock in zip(scene.distractors, others, strict=True)]
    fine.occluders = [replace(each, places=_between(each.places, camera)) for each in scene.occluders]
    return fine


def clock(moments: int, per_frame: int, pauses: float, rng: np.random.Generator) -> Floats:
    """Frame at which something is in each moment; it stands still for a share of the time.

    Parameters
    ----------
    moments : int
    per_frame : int
        Moments from one frame to the next where it does not stand still.
    pauses : float
        The share, 0 to below 1.
    """
    rate = np.ones(moments)
    at = int(rng.uniform(0.5, 2.5) * per_frame)
    while pauses and at < moments:
        length = int(rng.uniform(_SHORTEST, _LONGEST) * per_frame)
        rate[at : at + length] = 0
        at += length + int(length * (1 / pauses - 1) * rng.uniform(0.7, 1.3))
    ramp = max(round(_BRAKING * per_frame), 1)
    smooth = np.convolve(np.pad(rate, ramp, mode="edge"), np.ones(ramp) / ramp, mode="same")[ramp:-ramp]
    # A step back from the mean of two neighbours, so that the first moment is frame 0.
    return np.asarray(np.concatenate([[0.0], np.cumsum(smooth[1:])]) / per_frame, np.float64)


def _moved(actor: Actor, clock: Floats) -> Actor:
    path = actor.path
    fine = Path(*(_between(getattr(path, name), clock) for name in ("place", "side", "angle", "stretch")))
    return replace(actor, path=fine, clock=clock)


def _between(rows: Floats, at: Floats) -> Floats:
    return np.asarray(CubicSpline(np.arange(len(rows)), rows, axis=0)(at), np.float64)
