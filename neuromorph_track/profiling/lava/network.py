"""A Lava graph as a network of integer layers, which can be placed on cores; or why it is none."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from neuromorph_track.netx import AnyNetwork, Graph, Layer, Network, Node
from neuromorph_track.netx.branching import INPUT
from neuromorph_track.profiling.lava.layers import SOURCE, forward_hearings, port_shape, refuse, to_layer
from neuromorph_track.profiling.lava.units import Unit


def build_network(units: Sequence[Unit]) -> AnyNetwork:
    """The layers in their order, as a chain where they are one; to be placed on cores, not to be run again.

    Delays and decays are left out: they move no synapse and no neuron.

    Raises
    ------
    InputError
        When the graph holds what a `.net` cannot: neurons of another kind, axes out of order, a layer that
        hears a host and neurons at once, several synapses that are not one layer's.
    """
    layers = [to_layer(unit) for unit in units]
    if _is_chain(units):
        return Network(tuple(_chained(units, layers)), SOURCE)
    nodes = tuple(_node(at, units, layer) for at, layer in enumerate(layers))
    heard = {source for unit in units for source in unit.sources}
    ends = tuple(node.name for node, unit in zip(nodes, units, strict=True) if unit not in heard)
    return Graph(nodes, ends, SOURCE)


def _is_chain(units: Sequence[Unit]) -> bool:
    behind = [not units[0].sources, *(after.sources == [before] for before, after in pairwise(units))]
    return all(behind) and all(len(forward_hearings(unit)) == 1 for unit in units[1:])


def _chained(units: Sequence[Unit], layers: Sequence[Layer]) -> list[Layer]:
    found: list[Layer] = []
    if layers[0].has_synapses:
        found += _head(units[0], layers[0])
    for layer, before in zip(layers, [None, *layers], strict=False):
        if before is not None and layer.kind in ("dense", "dense_rec") and len(before.shape) > 1:
            found.append(Layer("flatten", (before.neurons,)))
        found.append(layer)
    return found


def _node(at: int, units: Sequence[Unit], layer: Layer) -> Node:
    unit = units[at]
    name = f"layer{at}"
    if not unit.sources:
        head = _head(unit, layer) if layer.has_synapses else []
        return Node(name, Network((*head, layer), name), (INPUT,))
    before = [port_shape(source.neuron.process.s_out) for source in unit.sources if source.neuron is not None]
    if len(set(before)) > 1:
        raise refuse(unit, "sources", f"shapes {before}", "sources of one shape, whose spikes are added")
    head = [Layer("input", before[0])]
    if layer.kind in ("dense", "dense_rec") and len(before[0]) > 1:
        head.append(Layer("flatten", (int(np.prod(before[0])),)))
    heard = tuple(f"layer{units.index(source)}" for source in unit.sources)
    return Node(name, Network((*head, layer), name), heard)


def _head(unit: Unit, layer: Layer) -> list[Layer]:
    """An input layer that names the shape of what is fed."""
    return [Layer("input", port_shape(unit.synapses[0].process.s_in))] if layer.kind == "conv" else []
