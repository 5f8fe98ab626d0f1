"""Counts of one frame: the first, which fills the network, and the mean of all that follow."""

from __future__ import annotations

from dataclasses import dataclass

from neuromorph_track.backends.activity import Activity, LayerActivity
from neuromorph_track.errors import InputError


@dataclass(frozen=True)
class FrameCounts:
    """Counts of one layer for one frame; a mean over frames need not be whole."""

    spikes_in: float
    synops: float
    synops_all: float
    neuron_updates: float
    neuron_updates_changed: float
    spikes_out: float
    synops_nominal: float
    payload_bits: float


def first_frame(activity: Activity) -> tuple[FrameCounts, ...]:
    """Counts of the first frame, layer by layer."""
    _need_frames(activity)
    return tuple(_mean(layer, slice(0, 1)) for layer in activity.layers)


def steady_state(activity: Activity) -> tuple[FrameCounts, ...]:
    """Mean counts of frames 2 to F, layer by layer; of the first frame where there is no other."""
    _need_frames(activity)
    frames = slice(1, None) if activity.frames > 1 else slice(0, 1)
    return tuple(_mean(layer, frames) for layer in activity.layers)


def _need_frames(activity: Activity) -> None:
    if activity.frames == 0:
        raise InputError("activity", "frames", "0", "at least 1")


def _mean(layer: LayerActivity, frames: slice) -> FrameCounts:
    names = (*Activity.COUNTS, "synops_nominal", "payload_bits")
    return FrameCounts(**{name: float(getattr(layer, name)[frames].mean()) for name in names})
