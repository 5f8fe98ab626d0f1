"""Activity of networks that are not at hand, from the counts that a paper gives."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from measured.case import Run

from neuromorph_track.backends.activity import Activity, LayerActivity


def layer(
    name: str,
    *,
    synops: float,
    updates: float,
    macs: int = 1,
    neurons: int = 1,
    neurons_in: int = 1,
    spikes_in: float = 0,
    spikes_out: float = 0,
) -> LayerActivity:
    """A dense layer of which the counts of one frame are known; every update changes the state."""
    counted = {
        "spikes_in": spikes_in,
        "synops": synops,
        "synops_all": synops,
        "neuron_updates": updates,
        "neuron_updates_changed": updates,
        "spikes_out": spikes_out,
    }
    return LayerActivity(
        name=name,
        kind="dense",
        neuron="cuba",
        neurons=neurons,
        weights=macs,
        nonzero_weights=macs,
        macs=macs,
        graded=False,
        neurons_in=neurons_in,
        nominal_macs=macs,
        message_bits=0,
        **{count: np.array([round(number)], np.int64) for count, number in counted.items()},
    )


def dense_chain(sizes: Sequence[int], steps: int, rate: float) -> Run:
    """Dense layers whose neurons, and whose input, spike in a share ``rate`` of the timesteps."""
    return dense_layers(tuple(pairwise(sizes)), steps, rate)


def dense_layers(shapes: Sequence[tuple[int, int]], steps: int, rate: float, depth: int | None = None) -> Run:
    """The same for layers ``(inputs, outputs)`` that need not be a chain: ``depth`` follow each other."""
    layers = [
        layer(
            f"{index} dense",
            synops=rate * steps * before * after,
            updates=steps * after,
            macs=before * after,
            neurons=after,
            neurons_in=before,
            spikes_in=rate * steps * before,
            spikes_out=rate * steps * after,
        )
        for index, (before, after) in enumerate(shapes, 1)
    ]
    return Run(Activity(tuple(layers), steps, shapes[0][0], shapes[-1][1], depth or len(layers)))


def totals(steps: int, synops: float, updates: float = 0, picture_macs: int = 0, neurons: int = 1) -> Run:
    """A whole network of which totals of one frame are known.

    Parameters
    ----------
    picture_macs : int
        MACs per timestep of a first layer that is fed a picture; its synops are not in ``synops``.
    """
    first = [layer("1 first", synops=0, updates=0, macs=picture_macs)] if picture_macs else []
    rest = layer("2 rest", synops=synops, updates=updates, spikes_in=synops, neurons=neurons)
    return Run(Activity((*first, rest), steps))
