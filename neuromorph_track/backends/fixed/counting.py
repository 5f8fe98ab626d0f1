"""Counting events: exact integers per layer and step."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from neuromorph_track.netx.fanout import FanOut


@dataclass(frozen=True)
class StepCounts:
    """Counts of one layer, each ``(T,)`` int64."""

    spikes_in: Tensor
    synops: Tensor
    synops_all: Tensor
    neuron_updates: Tensor
    spikes_out: Tensor

    def __add__(self, other: StepCounts) -> StepCounts:
        return StepCounts(*(getattr(self, name) + getattr(other, name) for name in self.__dataclass_fields__))


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


def count_sent(spikes: Tensor) -> Tensor:
    """Spikes of each step, ``(T,)`` int64."""
    return (spikes != 0).reshape(len(spikes), -1).sum(1)
