"""Counts of one layer where only spikes are known: what arrived at it and what it sent."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import torch
from numpy.typing import NDArray

from neuromorph_track.backends.activity import Counts, LayerActivity
from neuromorph_track.backends.counting import LayerCounts, SynopCounter, description
from neuromorph_track.netx import Stage, fan_out
from neuromorph_track.netx.fanout import recurrent_fan_out

Integers = NDArray[np.int32]


class LayerCounter:
    """Counts of one layer from what arrived at it and what it sent.

    Parameters
    ----------
    stage : Stage
    """

    def __init__(self, stage: Stage) -> None:
        layer = stage.layer
        self.layer, self._described = layer, description(stage)
        self.counter = SynopCounter(fan_out(layer, stage.synapse_shape)) if layer.has_synapses else None
        self.own_counter = SynopCounter(recurrent_fan_out(layer)) if layer.weight_rec is not None else None
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
        flat = sent.reshape(len(sent), -1)
        into = np.zeros((len(sent), 3), np.int64)
        if self.counter is not None:
            for part in arrived:
                into += _count(self.counter, part)
        if self.own_counter is not None:
            into += _count(self.own_counter, np.concatenate([self.last, flat[:-1]]))
            self.last = flat[-1:].copy()
        counts = LayerCounts.of(self.layer, into, changed, lambda: np.count_nonzero(flat, axis=1))
        return replace(self._described, **counts.folded(warm_up)._asdict())


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


def _count(counter: SynopCounter, spikes: Integers) -> Counts:
    return counter(torch.from_numpy(spikes != 0)).numpy()
