"""Counts of one layer where only spikes are known: what arrived at it and what it sent."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from neuromorph_track.backends.activity import LayerActivity
from neuromorph_track.netx import FanOut, Stage, connections, fan_out
from neuromorph_track.netx.fanout import recurrent_fan_out

Integers = NDArray[np.int32]
Counts = NDArray[np.int64]


class LayerCounter:
    """Counts of one layer from what arrived at it and what it sent.

    Parameters
    ----------
    stage : Stage
    """

    def __init__(self, stage: Stage) -> None:
        self.stage, layer, input_shape = stage, stage.layer, stage.synapse_shape
        self.reach = _columns(fan_out(layer, input_shape)) if layer.has_synapses else None
        self.own_reach = _columns(recurrent_fan_out(layer)) if layer.weight_rec is not None else None
        self.macs = connections(layer, input_shape)
        self.last = np.zeros((1, layer.neurons), np.int32)

    def __call__(
        self, arrived: Sequence[Integers], sent: Integers, changed: Counts, warm_up: int
    ) -> LayerActivity:
        """Counts per step; those of the first ``warm_up`` steps are added to the step after them.

        Parameters
        ----------
        arrived : sequence of (warm_up + T, ...) int32
            Each branch's messages, where several are added.
        sent : (warm_up + T, ...) int32
        changed : (warm_up + T,) int64
            Neurons whose state a step changed.
        """
        layer = self.stage.layer
        assert layer.neuron is not None
        steps = len(sent)
        into = np.zeros((steps, 3), np.int64)
        if self.reach is not None:
            into += sum(_count(part, self.reach) for part in arrived)
        if self.own_reach is not None:
            flat = sent.reshape(steps, -1)
            into += _count(np.concatenate([self.last, flat[:-1]]), self.own_reach)
            self.last = flat[-1:].copy()
        # A head keeps its potential for the host to read; it sends no spike.
        out = np.count_nonzero(sent.reshape(steps, -1), axis=1) * layer.neuron.fires
        updates = np.full(steps, layer.neurons, np.int64)
        counts = {
            "spikes_in": into[:, 0],
            "synops": into[:, 1],
            "synops_all": into[:, 2],
            "neuron_updates": updates,
            "neuron_updates_changed": changed,
            "spikes_out": out.astype(np.int64),
        }
        folded = {name: _fold(values, warm_up) for name, values in counts.items()}
        return LayerActivity.of(self.stage, self.macs, folded)


def arrived_at(stage: Stage, sent: Sequence[Integers], fed: Integers, steps: int) -> list[Integers]:
    """What arrived at a layer in its last ``steps`` steps, for each branch whose messages count.

    Parameters
    ----------
    stage : Stage
    sent : sequence of (T, *shape) arrays
        What each stage sent, at least those before this one; T may be smaller than ``steps``.
    fed : (T, *input_shape)
    steps : int
    """
    if not stage.sources:
        return [_late(fed, steps)]
    pairs = zip(stage.sources, stage.shapes, strict=True)
    parts = [_late(sent[at].reshape(-1, *shape), steps) for at, shape in pairs]
    return parts if stage.join == "add" else [np.concatenate(parts, 1)]


def _late(values: Integers, steps: int) -> Integers:
    """Nothing comes before ``values``: the first steps of a synapse, and of a branch that waits."""
    return np.concatenate([np.zeros((steps - len(values), *values.shape[1:]), np.int32), values])


def _columns(reach: FanOut) -> NDArray[np.float64]:
    # float64 sums whole numbers exactly up to 2**53 and uses the fast matrix product.
    flat = [np.asarray(part, np.float64).reshape(-1) for part in reach]
    return np.stack([np.ones_like(flat[0]), *flat], 1)


def _count(spikes: Integers, reach: NDArray[np.float64]) -> Counts:
    return ((spikes != 0).reshape(len(spikes), -1).astype(np.float64) @ reach).astype(np.int64)


def _fold(counts: Counts, warm_up: int) -> Counts:
    kept = counts[warm_up:].copy()
    kept[0] += counts[:warm_up].sum()
    return kept
