"""NetX's cut of a layer for Loihi 2: columns of a map, and equal parts of a dense layer.

The rule for maps is inferred from the partitions that NetX logged. It gives all layers of PilotNet (74 cores
with leaky neurons, 61 with sigma-delta neurons behind an encoder on the host) and the cores of each layer of
YOLO-KP (574), although the compiler of 2024 that cut YOLO-KP also cuts heights.
"""

from __future__ import annotations

from dataclasses import replace
from math import ceil

import numpy as np

from neuromorph_track.hardware.mapping.demand import LayerDemand
from neuromorph_track.hardware.mapping.limits import Limits
from neuromorph_track.hardware.mapping.pieces import Piece
from neuromorph_track.hardware.mapping.placement import Cores
from neuromorph_track.netx.branching import Shape


def columns(demand: LayerDemand, limits: Limits) -> Cores:
    """Cores of a layer's neurons, ``(neurons,)`` in (C, H, W) order."""
    layer = demand.layer
    if demand.is_map:
        return _tiles(layer.shape, column_tile(demand, limits))
    return (np.arange(layer.neurons) // plain_part(demand, limits)).astype(np.int32)


def column_tile(demand: LayerDemand, limits: Limits) -> Shape:
    """Channels, height and width of a piece of a map.

    All channels and the full height, as wide as the largest power of two allows. Where not even one column
    fits, channels are halved until its weights and neurons fit, then the height.
    """
    channels, height, width = demand.layer.shape
    if not demand.of_one().fits(limits):
        # One neuron is too much: that is told of the layer, and cutting it to crumbs would not help.
        limits = limits.of_neurons_alone()
    c, h, w = channels, height, 1
    # Fewer channels hear as many sources, so that axons play no part here.
    without_axons = replace(limits, axons_in=None)
    while c > 1 and not _fits(demand, (c, h, 1), without_axons):
        c = ceil(c / 2)
    while h > 1 and not _fits(demand, (c, h, 1), limits):
        h = ceil(h / 2)
    while w < width and _fits(demand, (c, h, 2 * w), limits):
        w *= 2
    return c, h, min(w, width)


def plain_part(demand: LayerDemand, limits: Limits) -> int:
    """Neurons of a plain layer on one core.

    The number of parts is multiplied by the factor by which one part is too large, until it is not.
    """
    if not demand.of_one().fits(limits):
        limits = limits.of_neurons_alone()
    neurons, parts = demand.layer.neurons, 1
    while True:
        size = ceil(neurons / parts)
        words = demand.of_row(size).words
        factor = max(ceil(size / limits.neurons), 1 if limits.words is None else ceil(words / limits.words))
        if factor <= 1:
            return size
        parts *= factor


def _fits(demand: LayerDemand, tile: Shape, limits: Limits) -> bool:
    piece = Piece((0, 0, 0), np.ones(tile, np.bool_))
    return int(np.prod(tile)) <= limits.neurons and demand.of_piece(piece).fits(limits)


def _tiles(shape: Shape, tile: Shape) -> Cores:
    """Number of the tile that each cell of a map lies in; tiles are counted as cells are."""
    axes = [np.arange(size) // step for size, step in zip(shape, tile, strict=True)]
    counts = [ceil(size / step) for size, step in zip(shape, tile, strict=True)]
    numbers = (axes[0][:, None, None] * counts[1] + axes[1][:, None]) * counts[2] + axes[2]
    return np.ascontiguousarray(numbers.reshape(-1), np.int32)
