"""A network in plain values, for tables and JSON."""

from __future__ import annotations

from typing import Any

import numpy as np

from neuromorph_track.netx.fanout import connections
from neuromorph_track.netx.graph import Layer, Network


def describe(network: Network) -> dict[str, Any]:
    """Layers, weights and contract of ``network`` as dictionaries, lists, numbers and texts."""
    layers, shape = [], network.input_shape
    for index, layer in enumerate(network.layers):
        layers.append({"name": network.name(index), **_describe_layer(layer, shape)})
        shape = layer.shape
    contract = network.contract.model_dump(mode="json") if network.contract else None
    return {"source": network.source, "layers": layers, "contract": contract}


def _describe_layer(layer: Layer, input_shape: tuple[int, ...]) -> dict[str, Any]:
    parts = [w for w in (layer.weight, layer.weight_imag, layer.weight_rec) if w is not None]
    parts = parts if layer.has_synapses else []
    return {
        "shape": list(layer.shape),
        "neuron": layer.neuron.kind if layer.neuron else None,
        "threshold": layer.neuron.threshold if layer.neuron and layer.neuron.kind != "sigma" else None,
        "neurons": layer.neurons if layer.neuron else 0,
        "weights": sum(w.size for w in parts),
        "nonzero_weights": sum(int(np.count_nonzero(w)) for w in parts),
        "weight_range": [min(int(w.min()) for w in parts), max(int(w.max()) for w in parts)]
        if parts
        else None,
        "stride": list(layer.stride),
        "padding": list(layer.padding),
        "dilation": list(layer.dilation),
        "groups": layer.groups,
        "longest_delay": int(layer.delay.max()) if layer.delay is not None else 0,
        "macs": connections(layer, input_shape),
    }
