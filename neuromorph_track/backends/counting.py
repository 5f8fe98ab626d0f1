"""What is counted of a layer, in every backend that knows what arrived at it and what it sent."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor

from neuromorph_track.backends.activity import Activity, Counts, LayerActivity
from neuromorph_track.netx import FanOut, Layer, Stage, connections


class LayerCounts(NamedTuple):
    """Counts of one layer by the names of ``LayerActivity``, each ``(T,)`` int64."""

    spikes_in: Counts
    synops: Counts
    synops_all: Counts
    neuron_updates: Counts
    neuron_updates_changed: Counts
    spikes_out: Counts

    @classmethod
    def of(cls, layer: Layer, arrived: Counts, changed: Counts, sent: Callable[[], Counts]) -> LayerCounts:
        """Counts of T steps.

        Parameters
        ----------
        layer : Layer
        arrived : (T, 3) int64
            As of :class:`SynopCounter`.
        changed : (T,) int64
            Neurons whose state a step changed.
        sent : callable
            Tells how many neurons sent something that is not zero, ``(T,)``; asked only if they are spikes.
        """
        assert layer.neuron is not None
        steps = len(arrived)
        updates = np.full(steps, layer.neurons, np.int64)
        # A head keeps its potential for the host to read; it sends no spike.
        out = sent().astype(np.int64) if layer.neuron.fires else np.zeros(steps, np.int64)
        spikes, synops, synops_all = arrived.T.copy()
        return cls(spikes, synops, synops_all, updates, changed, out)

    def add_to_first(self, earlier: LayerCounts) -> None:
        """Add all ``earlier`` steps to the first of these."""
        for mine, theirs in zip(self, earlier, strict=True):
            mine[0] += theirs.sum()

    def folded(self, steps: int) -> LayerCounts:
        """These without the first ``steps``, which are added to the step after them."""
        kept = LayerCounts(*(counts[steps:].copy() for counts in self))
        kept.add_to_first(LayerCounts(*(counts[:steps] for counts in self)))
        return kept


class SynopCounter:
    """Turns spikes into synops with a precomputed fan-out per input neuron."""

    def __init__(self, fan_out: FanOut, device: torch.device | None = None) -> None:
        # float64 sums whole numbers exactly up to 2**53 and uses the fast matrix product.
        columns = [torch.from_numpy(part).reshape(-1) for part in fan_out]
        ones = torch.ones_like(columns[0])
        self.table = torch.stack([ones, *columns], 1).to(device, torch.float64)

    def __call__(self, spikes: Tensor) -> Tensor:
        """``(T, 3)`` int64: spikes, synops over non-zero weights, synops over all weights."""
        sent = (spikes != 0).reshape(len(spikes), -1)
        return (sent.to(torch.float64) @ self.table).to(torch.int64)


def description(stage: Stage, macs: int | None = None) -> LayerActivity:
    """Activity of a layer before its first step: all that its counts have no part in.

    ``macs`` are counted where they are not known; other weights of a layer leave them as they are.
    """
    none = dict.fromkeys(Activity.COUNTS, np.zeros(0, np.int64))
    if macs is None:
        macs = connections(stage.layer, stage.synapse_shape)
    return LayerActivity.of(stage, macs, none)
