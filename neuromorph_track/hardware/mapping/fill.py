"""Cores filled one after the other with a layer's neurons in their order."""

from __future__ import annotations

from math import ceil

import numpy as np
from numpy.typing import NDArray

from neuromorph_track.hardware.mapping.demand import Demand, LayerDemand
from neuromorph_track.hardware.mapping.limits import Limits
from neuromorph_track.hardware.mapping.pieces import Piece
from neuromorph_track.hardware.mapping.placement import Cores

Counts = NDArray[np.int64]


def fill(demand: LayerDemand, limits: Limits, destinations: Counts) -> Cores:
    """Cores of a layer's neurons, ``(neurons,)`` in (C, H, W) order.

    Each core takes as many as neurons, weights and axons allow before the next one begins. Cells of a map
    are taken row by row, each with all its channels, because these hear the same sources.

    Parameters
    ----------
    destinations : (neurons,) int64
        Cores that each neuron sends to, in (C, H, W) order.
    """
    layer = demand.layer
    order = np.arange(layer.neurons)
    if demand.is_map:
        order = order.reshape(layer.shape).transpose(1, 2, 0).reshape(-1)
    if not demand.of_one().fits(limits):
        # One neuron is too much: that is told of the layer, and a core for each would not help.
        limits = limits.of_neurons_alone()
    sizes = _sizes(demand, limits, destinations[order])
    core = np.empty(layer.neurons, np.int32)
    core[order] = np.repeat(np.arange(len(sizes)), sizes)
    return core


def _sizes(demand: LayerDemand, limits: Limits, destinations: Counts) -> list[int]:
    """Neurons of each core."""
    layer = demand.layer
    sent = np.concatenate([[0], np.cumsum(destinations)])
    period = layer.shape[2] * layer.shape[0] if demand.is_map else 1
    # Runs that begin at the same place of a row hold as many.
    known: dict[int, int] = {}
    sizes, start = [], 0
    while start < layer.neurons:
        place = start % period
        if place not in known:
            known[place] = _longest(demand, place, limits)
        size = min(known[place], layer.neurons - start)
        if limits.axons_out is not None:
            end = int(np.searchsorted(sent, sent[start] + limits.axons_out, side="right")) - 1
            size = max(1, min(size, end - start))
        sizes.append(size)
        start += size
    return sizes


def _longest(demand: LayerDemand, start: int, limits: Limits) -> int:
    """Most neurons from ``start`` on that fit on a core; 1 where not even one does."""
    # A profile's core may be larger than any layer: memory follows the layer.
    most = min(limits.neurons, demand.layer.neurons)
    if _of_run(demand, start, most).fits(limits):
        return most
    low, high = 1, most
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if _of_run(demand, start, middle).fits(limits) else (low, middle)
    return low


def _of_run(demand: LayerDemand, start: int, size: int) -> Demand:
    """Demand of ``size`` neurons from ``start`` on; of a map, ``start`` is counted in its row."""
    if not demand.is_map:
        return demand.of_row(size)
    channels, _, width = demand.layer.shape
    row = channels * width
    rows = ceil((start + size) / row)
    cells = np.zeros(rows * row, np.bool_)
    cells[start : start + size] = True
    mask = cells.reshape(rows, width, channels).transpose(2, 0, 1)
    # Columns beside a short run would only be computed in vain.
    first, last = (start // channels, ceil((start + size) / channels)) if rows == 1 else (0, width)
    return demand.of_piece(Piece((0, 0, 0), mask[:, :, first:last]))
