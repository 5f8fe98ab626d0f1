"""A network in plain values, for tables and JSON."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from neuromorph_track.netx.branching import Node
from neuromorph_track.netx.fanout import connections
from neuromorph_track.netx.graph import Layer, Network
from neuromorph_track.netx.wiring import AnyNetwork, Stage, stages


def describe(network: AnyNetwork) -> dict[str, Any]:
    """Layers, weights, contract and branches of ``network`` as dictionaries, lists, numbers and texts."""
    if isinstance(network, Network):
        layers, graph = _describe_chain(network, ""), None
    else:
        nodes = network.in_order()
        layers = [layer for node in nodes for layer in _describe_chain(node.network, f"{node.name}/")]
        wired = stages(network)
        described = [_describe_node(node, wired) for node in nodes]
        graph = {"nodes": described, "outputs": list(network.outputs)}
    contract = network.contract.model_dump(mode="json") if network.contract else None
    return {
        "source": network.source,
        "layers": layers,
        "graph": graph,
        "contract": contract,
        "notes": _notes(layers),
    }


def _notes(layers: list[dict[str, Any]]) -> list[str]:
    notes = []
    if own := sum(layer["neuron"] == "ilif" for layer in layers):
        which = f"{own} layer{'s' if own > 1 else ''} of integer LIF neurons (ILIF)"
        notes.append(
            f"{which}, which NetX does not have: this toolkit runs the file, lava-dl 0.6.0 does not read it."
        )
    if placed := [layer["name"] for layer in layers if len(layer["shape"]) == 3 and _has_own_biases(layer)]:
        notes.append(f"A bias for each neuron, not for each channel: {', '.join(placed)}.")
    return notes


def _has_own_biases(layer: dict[str, Any]) -> bool:
    biases: int = layer["biases"]
    return biases > layer["shape"][0]


def _describe_chain(network: Network, prefix: str) -> list[dict[str, Any]]:
    layers, shape = [], network.input_shape
    for index, layer in enumerate(network.layers):
        layers.append({"name": prefix + network.name(index), **_describe_layer(layer, shape)})
        shape = layer.shape
    return layers


def _describe_node(node: Node, wired: tuple[Stage, ...]) -> dict[str, Any]:
    first = next(stage for stage in wired if stage.name.startswith(f"{node.name}/"))
    return {
        "name": node.name,
        "net": Path(node.network.source).name,
        "from": list(node.sources),
        "waits": [first.depth - 1 - wired[source].depth for source in first.sources],
        "join": node.join if len(node.sources) > 1 else None,
        "shape": list(node.network.output_shape),
    }


def _describe_layer(layer: Layer, input_shape: tuple[int, ...]) -> dict[str, Any]:
    parts = [w for w in (layer.weight, layer.weight_imag, layer.weight_rec) if w is not None]
    parts = parts if layer.has_synapses else []
    return {
        "shape": list(layer.shape),
        "neuron": layer.neuron.kind if layer.neuron else None,
        "threshold": layer.neuron.threshold if layer.neuron and layer.neuron.kind != "sigma" else None,
        "levels": layer.neuron.levels if layer.neuron and layer.neuron.kind == "ilif" else None,
        "neurons": layer.neurons if layer.neuron else 0,
        "weights": sum(w.size for w in parts),
        "nonzero_weights": sum(int(np.count_nonzero(w)) for w in parts),
        "weight_range": [min(int(w.min()) for w in parts), max(int(w.max()) for w in parts)]
        if parts
        else None,
        "biases": layer.bias.size if layer.bias is not None and layer.has_synapses else 0,
        "stride": list(layer.stride),
        "padding": list(layer.padding),
        "dilation": list(layer.dilation),
        "groups": layer.groups,
        "longest_delay": int(layer.delay.max()) if layer.delay is not None else 0,
        "macs": connections(layer, input_shape),
    }
