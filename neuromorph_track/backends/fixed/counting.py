"""What is counted of a layer, and synops with a matrix product where it is computed whole."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from neuromorph_track.backends.fixed.spikes import Spikes
from neuromorph_track.netx.fanout import FanOut

Counts = NDArray[np.int64]


class Ran(NamedTuple):
    """What a layer did in a chunk of steps.

    Attributes
    ----------
    sent : Spikes
        Of a sigma head: its potentials instead of spikes.
    arrived : (T, 3) int64
        Spikes that arrived, synops over non-zero weights, synops over all weights.
    changed : (T,) int64
        Neurons that a step left another state than before it: another sum, current, potential or level.
        A CUBA neuron that spiked is one of them even where its potential was 0 before.
    """

    sent: Spikes
    arrived: Counts
    changed: Counts


class LayerCounts(NamedTuple):
    """Counts of one layer by the names of ``LayerActivity``, each ``(T,)`` int64."""

    spikes_in: Counts
    synops: Counts
    synops_all: Counts
    neuron_updates: Counts
    neuron_updates_changed: Counts
    spikes_out: Counts

    def add_to_first(self, other: LayerCounts) -> None:
        for mine, theirs in zip(self, other, strict=True):
            mine[0] += theirs.sum()


class SynopCounter:
    """Turns spikes into synops with a precomputed fan-out per input neuron."""

    def __init__(self, fan_out: FanOut, device: torch.device) -> None:
        # float64 sums whole numbers exactly up to 2**53 and uses the fast matrix product.
        columns = [torch.from_numpy(part).reshape(-1) for part in fan_out]
        ones = torch.ones_like(columns[0])
        self.table = torch.stack([ones, *columns], 1).to(device, torch.float64)

    def __call__(self, spikes: Tensor) -> Tensor:
        """``(T, 3)`` int64: spikes, synops over non-zero weights, synops over all weights."""
        sent = (spikes != 0).reshape(len(spikes), -1)
        return (sent.to(torch.float64) @ self.table).to(torch.int64)
