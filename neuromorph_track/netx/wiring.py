"""The layers with neurons of any network, chain or branching, each with what it hears."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from neuromorph_track.netx.branching import INPUT, Graph, Join, Shape, joined_shape
from neuromorph_track.netx.graph import Layer, Network

AnyNetwork = Network | Graph
# A chain's one output is called so.
OUTPUT = "output"


@dataclass(frozen=True)
class Stage:
    """A layer with neurons.

    Attributes
    ----------
    name : str
        As in tables and activity: ``3 conv``, of a branching network ``trunk/3 conv``.
    layer : Layer
    sources : tuple of int
        Stages that it hears; none where it takes what is fed.
    shapes : tuple of tuple of int
        What each source is taken as: a map ``(C, H, W)``, or flattened ``(N,)``.
    join : str
        What several sources become.
    input_shape : tuple of int
        What arrives then. A map stays a map even before a dense layer.
    depth : int
        Synapses between what is fed and its neurons: the steps by which it answers late in Lava.
    """

    name: str
    layer: Layer
    sources: tuple[int, ...]
    shapes: tuple[Shape, ...]
    join: Join
    input_shape: Shape
    depth: int

    @property
    def synapse_shape(self) -> Shape:
        """What arrives, as the layer's synapses take it: a dense layer takes it flat."""
        dense = self.layer.kind in ("dense", "dense_rec")
        return (int(np.prod(self.input_shape)),) if dense else self.input_shape


class Ending(NamedTuple):
    """An output: the stage that it is read of, and its shape."""

    stage: int
    shape: Shape


def chains(network: AnyNetwork) -> tuple[Network, ...]:
    """The chains of layers that a network is made of."""
    return (network,) if isinstance(network, Network) else tuple(node.network for node in network.in_order())


def stages(network: AnyNetwork) -> tuple[Stage, ...]:
    """All layers with neurons, each behind those that it hears."""
    return tuple(_wired(network)[0])


def endings(network: AnyNetwork) -> dict[str, Ending]:
    """Each output of a network by its name, that which the contract decodes first."""
    last = _wired(network)[1]
    if isinstance(network, Network):
        return {OUTPUT: Ending(last[OUTPUT], network.output_shape)}
    return {name: Ending(last[name], network.node(name).network.output_shape) for name in network.outputs}


def _wired(network: AnyNetwork) -> tuple[list[Stage], dict[str, int]]:
    """Stages, and the last one of each node."""
    found: list[Stage] = []
    if isinstance(network, Network):
        _append_chain(found, network, "", (), (), "add")
        return found, {OUTPUT: len(found) - 1}
    ends: dict[str, int] = {}
    for node in network.in_order():
        heard = [network.node(name) for name in node.sources if name != INPUT]
        sources = tuple(ends[other.name] for other in heard)
        shapes = tuple(other.network.output_shape for other in heard)
        if len(heard) == 1:
            # A single source stays a map where its node ends flattened.
            shapes = (found[sources[0]].layer.shape,)
        _append_chain(found, node.network, f"{node.name}/", sources, shapes, node.join)
        ends[node.name] = len(found) - 1
    return found, ends


def _append_chain(
    found: list[Stage],
    network: Network,
    prefix: str,
    sources: tuple[int, ...],
    shapes: tuple[Shape, ...],
    join: Join,
) -> None:
    shape = joined_shape(shapes, join) if shapes else network.input_shape
    for index, layer in enumerate(network.layers):
        if layer.neuron is None or layer.kind == "flatten":
            continue
        depth = max((found[source].depth for source in sources), default=0) + layer.has_synapses
        found.append(Stage(prefix + network.name(index), layer, sources, shapes, join, shape, depth))
        sources, shapes, join, shape = (len(found) - 1,), (layer.shape,), "add", layer.shape
