"""A network that branches: chains of layers as nodes, and which of them hears which."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter
from typing import Literal

from neuromorph_track.errors import InputError
from neuromorph_track.netx.contract import RunContract
from neuromorph_track.netx.graph import Layer, Network
from neuromorph_track.netx.validate import check_contract, check_first_layer

INPUT = "input"
MAX_NODES = 64
NAME = re.compile(r"[a-z0-9_-]{1,64}")

Join = Literal["add", "concat"]
Shape = tuple[int, ...]


@dataclass(frozen=True)
class Node:
    """A chain of layers in a branching network.

    Attributes
    ----------
    name : str
        Of lower-case letters, digits, ``_`` and ``-``.
    network : Network
        It begins with an input layer without neurons, which names the shape that arrives, or with a
        dense layer; where the input is fed, with any input layer. Its own contract is not looked at.
    sources : tuple of str
        Nodes whose last layers it hears, or ``input`` alone.
    join : str
        What several sources become: ``add``, their sum (equal shapes), or ``concat``, their channels
        one after the other (the neurons of plain layers likewise).
    """

    name: str
    network: Network
    sources: tuple[str, ...] = (INPUT,)
    join: Join = "add"

    @property
    def first(self) -> Layer:
        return self.network.layers[0]

    @property
    def last(self) -> Layer:
        """The last layer with neurons."""
        return [layer for layer in self.network.layers if layer.neuron is not None][-1]


@dataclass(frozen=True, repr=False)
class Graph:
    """Nodes and what is read of them; checked when it is made.

    Attributes
    ----------
    nodes : tuple of Node
    outputs : tuple of str
        Nodes whose last layers a host reads. The contract decodes the first.
    source : str
        The file it came from, for messages.
    contract : RunContract or None

    Raises
    ------
    InputError
        When a name is unknown or doubled, a node is unused, nodes go round in a circle, shapes do
        not fit, or the contract asks for another input or head.
    """

    nodes: tuple[Node, ...]
    outputs: tuple[str, ...]
    source: str = "graph"
    contract: RunContract | None = None

    def __post_init__(self) -> None:
        _check_names(self)
        for node in self.in_order():
            _check_neurons(self, node)
            check = _check_fed if node.sources == (INPUT,) else _check_joined
            check(self, node)
        _check_used(self)
        if self.contract is not None:
            ends = (self._fed[0].first, self.node(self.outputs[0]).network.layers[-1])
            check_contract(Network(ends, self.source, self.contract), "contract")

    def __repr__(self) -> str:
        from neuromorph_track.netx.notebook import network_text

        return network_text(self)

    def _repr_html_(self) -> str:
        from neuromorph_track.netx.notebook import network_html

        return network_html(self)

    @property
    def input_shape(self) -> Shape:
        return self._fed[0].network.input_shape

    @property
    def output_shape(self) -> Shape:
        """Of the first output."""
        return self.node(self.outputs[0]).network.output_shape

    @property
    def _fed(self) -> list[Node]:
        return [node for node in self.nodes if node.sources == (INPUT,)]

    def node(self, name: str) -> Node:
        return next(node for node in self.nodes if node.name == name)

    def in_order(self) -> list[Node]:
        """The nodes, each behind those that it hears."""
        by_name = {node.name: node for node in self.nodes}
        heard = {node.name: [name for name in node.sources if name != INPUT] for node in self.nodes}
        try:
            return [by_name[name] for name in TopologicalSorter(heard).static_order()]
        except CycleError as error:
            circle = " -> ".join(error.args[1])
            raise InputError(self.source, "node", f"a circle: {circle}", "nodes without circles") from None


def joined_shape(shapes: Sequence[Shape], join: Join) -> Shape:
    """Shape of several sources together."""
    if join == "add":
        return shapes[0]
    return sum(shape[0] for shape in shapes), *shapes[0][1:]


def _check_names(graph: Graph) -> None:
    def refuse(field: str, found: str, expected: str) -> InputError:
        return InputError(graph.source, field, found, expected)

    names = [node.name for node in graph.nodes]
    if not 1 <= len(names) <= MAX_NODES:
        raise refuse("node", f"{len(names)} nodes", f"1 to {MAX_NODES}")
    for name in names:
        if not NAME.fullmatch(name) or name == INPUT:
            raise refuse("node/name", repr(name), f"letters a-z, digits, _ and -, and not {INPUT!r}")
        if names.count(name) > 1:
            raise refuse("node/name", f"{name!r} twice", "each name once")
    _check_known(graph.source, "outputs", graph.outputs, names)
    for node in graph.nodes:
        field = f"node/{node.name}"
        if node.join not in ("add", "concat"):
            raise refuse(f"{field}/join", repr(node.join), "add or concat")
        if node.sources != (INPUT,):
            _check_known(graph.source, f"{field}/from", node.sources, names)


def _check_known(source: str, field: str, given: tuple[str, ...], names: list[str]) -> None:
    if not given:
        raise InputError(source, field, "nothing", f"some of {', '.join(names)}")
    for name in given:
        if name == INPUT:
            raise InputError(source, field, f"{INPUT!r} among others", f"{INPUT!r} alone, or nodes")
        if name not in names:
            raise InputError(source, field, repr(name), f"one of {', '.join(names)}")
        if given.count(name) > 1:
            raise InputError(source, field, f"{name!r} twice", "each name once")


def _check_used(graph: Graph) -> None:
    used: set[str] = set(graph.outputs)
    for node in reversed(graph.in_order()):
        if node.name in used:
            used.update(node.sources)
    for node in graph.nodes:
        if node.name not in used:
            raise InputError(
                graph.source, f"node/{node.name}", "a node that leads to no output", "nodes in use"
            )


def _check_fed(graph: Graph, node: Node) -> None:
    other = next(other for other in graph.nodes if other.sources == (INPUT,))
    mine, theirs = node.network.input_shape, other.network.input_shape
    if mine != theirs:
        expected = f"{theirs} as {other.name} takes"
        raise InputError(graph.source, f"node/{node.name}/net", f"an input of {mine}", expected)
    mine_kind, their_kind = (_encoder(n.first) for n in (node, other))
    if mine_kind != their_kind:
        # The same numbers would be values for one and spikes for the other.
        expected = f"{their_kind} as {other.name} has"
        raise InputError(graph.source, f"node/{node.name}/net", f"{mine_kind} at the input", expected)


def _encoder(layer: Layer) -> str:
    return f"{layer.neuron.kind} neurons" if layer.kind == "input" and layer.neuron else "no neurons"


def _check_joined(graph: Graph, node: Node) -> None:
    field = f"node/{node.name}/from"
    given = [(name, graph.node(name)) for name in node.sources]
    for name, source in given:
        if source.last.neuron is not None and source.last.neuron.kind == "sigma":
            raise InputError(graph.source, field, f"{name!r}, a sigma head", "nodes that send spikes")
    (first_name, first), *others = given
    shape = first.network.output_shape
    for name, source in others:
        other = source.network.output_shape
        same = other == shape if node.join == "add" else other[1:] == shape[1:] and len(other) == len(shape)
        if not same:
            how = "one shape" if node.join == "add" else "shapes that differ in the first size alone"
            found = f"{first_name} gives {shape}, {name} gives {other}"
            raise InputError(graph.source, field, found, f"{how}, to {node.join}")
    arrives = joined_shape([source.network.output_shape for _, source in given], node.join)
    names = ", ".join(node.sources)
    if node.first.kind == "input" and node.first.neuron is not None:
        found = f"{_encoder(node.first)} in the input layer of {node.name}"
        raise InputError(graph.source, field, found, "an input layer without neurons, or a dense layer")
    if node.first.kind == "input" and node.first.shape != arrives:
        found = f"{names} give {arrives}"
        raise InputError(graph.source, field, found, f"{node.first.shape} as {node.name} takes")
    check_first_layer(graph.source, field, node.network, arrives)


def _check_neurons(graph: Graph, node: Node) -> None:
    if all(layer.neuron is None for layer in node.network.layers):
        raise InputError(graph.source, f"node/{node.name}/net", "no layer with neurons", "at least one")
