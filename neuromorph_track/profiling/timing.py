"""How long a frame takes to compute, as far as that can be known without a mapping to cores."""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil

import numpy as np
from numpy.typing import NDArray

from neuromorph_track.backends.activity import Activity, LayerActivity
from neuromorph_track.hardware import HardwareProfile, Quantity, quantile
from neuromorph_track.profiling.frames import FrameCounts

Floats = NDArray[np.float64]


def fewest_cores(layer: LayerActivity, profile: HardwareProfile) -> int:
    """Cores that the neurons of a layer need at least; memory and axons may need more."""
    per_core = profile.resources.neurons_per_core
    if per_core is None or not layer.neuron_updates.any():
        return 0
    return ceil(layer.neurons / per_core.si[1])


def fewest_chips(activity: Activity, profile: HardwareProfile) -> int:
    """Chips that the neurons need at least; 1 where the profile does not say what a chip holds."""
    if profile.resources.cores is None:
        return 1
    return max(
        1,
        ceil(sum(fewest_cores(layer, profile) for layer in activity.layers) / profile.resources.cores.si[1]),
    )


def compute_time(
    activity: Activity, counts: Sequence[FrameCounts], profile: HardwareProfile, ranks: Floats
) -> Floats | None:
    """Seconds that the chip computes for one frame.

    A dense machine needs ``MACs x time per MAC``. An event-driven chip needs, in each timestep, the barrier
    and the work of its busiest core::

        t_frame = steps x (t_barrier + max over cores of (synops x t_synop + updates x t_update))

    Which neurons share a core is not known here, so the busiest core is bounded. Low: all work spread evenly
    over every core of the chips. Middle: the heaviest layer spread evenly over the fewest cores that hold
    its neurons. High: one core of that layer gets all its synops, or as many as its neurons have synapses.

    Parameters
    ----------
    activity : Activity
    counts : one FrameCounts per layer
    profile : HardwareProfile
    ranks : (R,) float
        Ranks in the profile's intervals at which to evaluate.

    Returns
    -------
    (R,) float64 in seconds, or None where the profile has no times.
    """
    steps = activity.steps_per_frame
    if profile.dense:
        macs = steps * sum(layer.macs for layer in activity.layers)
        return None if profile.time.mac is None else macs * profile.time.mac.at(ranks)
    if profile.time.synop is None:
        return None
    synop = profile.time.synop.at(ranks)
    update = _at(profile.time.neuron_update, ranks)
    low, middle, high = busiest_core(activity, counts, profile, synop, update)
    return steps * (_at(profile.time.barrier, ranks) + quantile(low, middle, high, ranks))


def busiest_core(
    activity: Activity, counts: Sequence[FrameCounts], profile: HardwareProfile, synop: Floats, update: Floats
) -> tuple[Floats, Floats, Floats]:
    """Low, middle and high seconds of the busiest core in one timestep; see :func:`compute_time`."""
    total, middle, high = (np.zeros_like(synop) for _ in range(3))
    for layer, count in zip(activity.layers, counts, strict=True):
        synops = synops_of(count, profile) / activity.steps_per_frame
        updates = count.neuron_updates / activity.steps_per_frame
        cores = max(1, fewest_cores(layer, profile))
        work = synops * synop + updates * update
        total += work
        middle = np.maximum(middle, work / cores)
        # A full core holds this share of the neurons, and no more synapses than reach them.
        share = min(1.0, _neurons_per_core(layer, profile) / max(1, layer.neurons))
        crowded = min(synops, layer.macs * share) if layer.macs else synops
        high = np.maximum(high, np.maximum(work / cores, crowded * synop + updates * share * update))
    return np.minimum(total / _all_cores(activity, profile), middle), middle, high


def synops_of(count: FrameCounts, profile: HardwareProfile) -> float:
    """Synops of a frame by the profile's own definition."""
    return count.synops if profile.counting.synop == "nonzero_weight" else count.synops_all


def _all_cores(activity: Activity, profile: HardwareProfile) -> float:
    cores = profile.resources.cores
    return 1.0 if cores is None else cores.si[1] * fewest_chips(activity, profile)


def _neurons_per_core(layer: LayerActivity, profile: HardwareProfile) -> float:
    per_core = profile.resources.neurons_per_core
    return layer.neurons if per_core is None else per_core.si[1]


def _at(quantity: Quantity | None, ranks: Floats) -> Floats:
    return np.zeros_like(ranks) if quantity is None else quantity.at(ranks)
