"""What a network did, in exact integers: spikes, synops and neuron updates per layer and frame."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from neuromorph_track.netx import Layer

Counts = NDArray[np.int64]


@dataclass(frozen=True)
class LayerActivity:
    """Counts of one layer; every array has one entry per frame, shape ``(F,)``, int64.

    Attributes
    ----------
    name : str
        Index and type, e.g. ``"3 conv"``.
    kind : str
        ``input``, ``conv``, ``dense``, ``dense_rec``, ``average`` or ``flatten``.
    neuron : str
        ``delta``, ``sigma_delta``, ``sigma``, ``cuba``, ``rf``, ``rf_iz`` or ``none``.
    neurons : int
        Neurons of the layer.
    weights, nonzero_weights : int
        Stored weights (shared ones once), and those that are not zero.
    macs : int
        Multiply-accumulates of the dense twin per timestep: connections that lie inside the picture.
    graded : bool
        Whether spikes that leave the layer carry a payload.
    spikes_in : (F,)
        Non-zero messages that arrived at the layer's synapses.
    synops : (F,)
        Non-zero weights applied because of them (one graded spike is one event).
    synops_all : (F,)
        The same with zero weights included, edges still exact.
    neuron_updates : (F,)
        Neurons visited: neurons x timesteps.
    spikes_out : (F,)
        Non-zero messages that left the layer's neurons.
    """

    name: str
    kind: str
    neuron: str
    neurons: int
    weights: int
    nonzero_weights: int
    macs: int
    graded: bool
    spikes_in: Counts
    synops: Counts
    synops_all: Counts
    neuron_updates: Counts
    spikes_out: Counts

    @classmethod
    def of(cls, layer: Layer, name: str, macs: int, counts: Mapping[str, Counts]) -> LayerActivity:
        """Describe a layer that has neurons and add its ``counts``, by the names above."""
        assert layer.neuron is not None
        weights = [w for w in (layer.weight, layer.weight_rec) if w is not None and layer.has_synapses]
        return cls(
            name=name,
            kind=layer.kind,
            neuron=layer.neuron.kind,
            neurons=layer.neurons,
            weights=sum(w.size for w in weights),
            nonzero_weights=sum(int(np.count_nonzero(w)) for w in weights),
            macs=macs,
            graded=layer.neuron.graded,
            **counts,
        )


@dataclass(frozen=True)
class Activity:
    """Counts of a whole run.

    Attributes
    ----------
    layers : tuple of LayerActivity
        In the order of the network.
    steps_per_frame : int
        Timesteps the network runs for each frame.
    """

    layers: tuple[LayerActivity, ...]
    steps_per_frame: int

    COUNTS = ("spikes_in", "synops", "synops_all", "neuron_updates", "spikes_out")

    @property
    def frames(self) -> int:
        return len(self.layers[0].spikes_in) if self.layers else 0

    def total(self, count: str) -> Counts:
        """Sum of one of :attr:`COUNTS` over the layers, per frame, shape ``(F,)``."""
        return np.sum([getattr(layer, count) for layer in self.layers], axis=0, dtype=np.int64)
