"""Counting synops with a matrix product, for layers that are computed whole."""

from __future__ import annotations

import torch
from torch import Tensor

from neuromorph_track.netx.fanout import FanOut


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
