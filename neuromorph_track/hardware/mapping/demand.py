"""What some neurons of a layer ask of a core: memory for their weights, axons for their sources."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from neuromorph_track.hardware.mapping.limits import Limits
from neuromorph_track.hardware.mapping.memory import dense_words, kernel_words, list_words
from neuromorph_track.hardware.mapping.pieces import Piece
from neuromorph_track.hardware.mapping.reach import transposed
from neuromorph_track.hardware.mapping.weight_bits import stored_bits, weight_bits
from neuromorph_track.netx.graph import Layer


class Demand(NamedTuple):
    """Words of synaptic memory, and distinct sources; zero weights take their place as others do."""

    words: int
    axons_in: int

    def fits(self, limits: Limits) -> bool:
        return (limits.words is None or self.words <= limits.words) and (
            limits.axons_in is None or self.axons_in <= limits.axons_in
        )


class LayerDemand:
    """What any neurons of one layer ask for; an input layer asks for nothing.

    Parameters
    ----------
    layer : Layer
    limits : Limits
        For the width of an index, and whether kernels are shared.
    """

    def __init__(self, layer: Layer, limits: Limits) -> None:
        self.layer = layer
        self.widths = weight_bits(layer)
        self._index, self._shared = limits.index_bits, limits.shared_kernels

    @property
    def is_map(self) -> bool:
        """Whether it is cut as a map, not as a plain row of neurons."""
        return len(self.layer.shape) == 3 and self.layer.kind in ("conv", "input")

    def of_one(self) -> Demand:
        """The least that a core can hold: one neuron."""
        if not self.is_map:
            return self.of_row(1)
        return self.of_piece(Piece((0, 0, 0), np.ones((1, 1, 1), np.bool_)))

    def of_row(self, neurons: int) -> Demand:
        """Demand of some neurons of a plain layer."""
        layer = self.layer
        if not layer.has_synapses:
            return Demand(0, 0)
        assert layer.weight is not None
        inputs = layer.weight.shape[1] + (0 if layer.weight_rec is None else layer.neurons)
        return Demand(dense_words(inputs, neurons, self.widths, self._index), inputs)

    def of_piece(self, piece: Piece) -> Demand:
        """Demand of a piece of a map, as if it lay away from the map's edges.

        Where kernels are not shared, each source has a list of all synapses that it reaches on the core.
        """
        layer = self.layer
        if not layer.has_synapses:
            return Demand(0, 0)
        assert layer.weight is not None
        inputs, *kernel = layer.weight.shape[1:]
        first, channels = piece.corner[0], piece.mask.shape[0]
        group_of = np.arange(first, first + channels) * layer.groups // layer.shape[0]
        cells = np.zeros((layer.groups, *piece.mask.shape[1:]), np.int64)
        np.add.at(cells, group_of, piece.mask)
        ones = np.ones((layer.groups, 1, *kernel), np.int64)
        # Synapses between one source of each group and the piece; the other sources of a group have as many.
        synapses = transposed(layer, cells, ones, groups=layer.groups)
        synapses = synapses[synapses > 0]
        if self._shared:
            used = np.bincount(group_of[piece.mask.any((1, 2))], minlength=layer.groups)
            words = kernel_words(layer, self.widths, used.tolist())
        else:
            each = [stored_bits(bits) + self._index for bits in self.widths]
            words = inputs * sum(int(list_words(synapses, bits).sum()) for bits in each)
        return Demand(words, len(synapses) * inputs)
