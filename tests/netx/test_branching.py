"""Branching networks: what fits together, what is refused, and how layers are wired."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from neuromorph_track.errors import InputError
from neuromorph_track.netx import Graph, Layer, Network, Neuron, Node, chains, endings, stages
from neuromorph_track.netx.branching import MAX_NODES

RELU = Neuron("sigma_delta", "SDNN", 6)
HEAD = Neuron("sigma", "SDNN")
DELTA = Neuron("delta", "SDNN", 6)


def conv(shape: tuple[int, int, int], channels: int, neuron: Neuron = RELU) -> Layer:
    """A convolution by ones that keeps height and width."""
    weight = np.ones((channels, shape[0], 1, 1), np.int32)
    return Layer("conv", (channels, *shape[1:]), neuron=neuron, weight=weight)


def chain(shape: tuple[int, int, int], *channels: int, neuron: Neuron = RELU) -> Network:
    """An input layer that names a shape, and convolutions."""
    layers = [Layer("input", shape)]
    for number in channels:
        layers.append(conv((layers[-1].shape[0], *shape[1:]), number, neuron))
    return Network(tuple(layers))


TRUNK = Node("trunk", Network((Layer("input", (2, 4, 5), neuron=DELTA), conv((2, 4, 5), 3))))
SKIP = Node("skip", chain((3, 4, 5), 3, 3), ("trunk",))
ADDED = Node("added", chain((3, 4, 5), 1), ("trunk", "skip"), "add")
STACKED = Node("stacked", chain((6, 4, 5), 1), ("skip", "trunk"), "concat")
GRAPH = Graph((STACKED, ADDED, SKIP, TRUNK), ("added", "stacked"))


def test_nodes_come_behind_those_that_they_hear() -> None:
    order = [node.name for node in GRAPH.in_order()]
    assert order[:2] == ["trunk", "skip"]
    assert set(order[2:]) == {"added", "stacked"}
    assert [network for network in chains(GRAPH)] == [node.network for node in GRAPH.in_order()]


def test_layers_are_wired() -> None:
    found = {stage.name: stage for stage in stages(GRAPH)}
    names = [stage.name for stage in stages(GRAPH)]
    assert names[:4] == ["trunk/0 input", "trunk/1 conv", "skip/1 conv", "skip/2 conv"]
    assert {name: stage.depth for name, stage in found.items()} == {
        "trunk/0 input": 0,
        "trunk/1 conv": 1,
        "skip/1 conv": 2,
        "skip/2 conv": 3,
        "added/1 conv": 4,
        "stacked/1 conv": 4,
    }
    added, stacked = found["added/1 conv"], found["stacked/1 conv"]
    assert ([names[at] for at in added.sources], added.join) == (["trunk/1 conv", "skip/2 conv"], "add")
    assert ([names[at] for at in stacked.sources], stacked.join) == (
        ["skip/2 conv", "trunk/1 conv"],
        "concat",
    )
    assert (added.input_shape, stacked.input_shape) == ((3, 4, 5), (6, 4, 5))
    ends = {name: (names[ending.stage], ending.shape) for name, ending in endings(GRAPH).items()}
    assert ends == {"added": ("added/1 conv", (1, 4, 5)), "stacked": ("stacked/1 conv", (1, 4, 5))}
    assert list(ends) == ["added", "stacked"]
    assert (GRAPH.input_shape, GRAPH.output_shape) == ((2, 4, 5), (1, 4, 5))


def test_a_chain_is_wired_too() -> None:
    dense = Layer("dense", (2,), neuron=RELU, weight=np.ones((2, 60), np.int32))
    network = Network((*TRUNK.network.layers, Layer("flatten", (60,)), dense))
    found = stages(network)
    assert [(stage.name, stage.sources, stage.depth) for stage in found] == [
        ("0 input", (), 0),
        ("1 conv", (0,), 1),
        ("3 dense", (1,), 2),
    ]
    # A map stays a map before a dense layer, whose synapses take it flat.
    assert (found[2].input_shape, found[2].synapse_shape) == ((3, 4, 5), (60,))
    assert {name: tuple(ending) for name, ending in endings(network).items()} == {"output": (2, (2,))}


def test_joined_maps_may_be_flattened_by_their_nodes() -> None:
    flat = Network((*chain((3, 4, 5), 3).layers, Layer("flatten", (60,))))
    dense = Network((Layer("dense", (2,), neuron=HEAD, weight=np.ones((2, 120), np.int32)),))
    nodes = (TRUNK, Node("a", flat, ("trunk",)), Node("b", flat, ("trunk",)))
    graph = Graph((*nodes, Node("head", dense, ("a", "b"), "concat")), ("head",))
    head = stages(graph)[-1]
    assert (head.shapes, head.input_shape, head.depth) == (((60,), (60,)), (120,), 3)


Change = Callable[[], Graph]


def changed(*nodes: Node, outputs: tuple[str, ...] = ("added", "stacked")) -> Graph:
    """The graph with some nodes in place of those of their names, or added to them."""
    by_name = {node.name: node for node in GRAPH.nodes} | {node.name: node for node in nodes}
    return Graph(tuple(by_name.values()), outputs, "g.toml")


FAULTS: dict[str, tuple[Change, str, str]] = {
    "no node": (lambda: Graph((), ("a",)), "node", "found 0 nodes, expected 1 to 64"),
    "too many nodes": (
        lambda: Graph(tuple(replace(TRUNK, name=f"n{i}") for i in range(MAX_NODES + 1)), ("n0",)),
        "node",
        "found 65 nodes",
    ),
    "a path for a name": (lambda: changed(replace(SKIP, name="../up")), "node/name", "found '../up'"),
    "the input for a name": (lambda: changed(replace(SKIP, name="input")), "node/name", "and not 'input'"),
    "a name twice": (
        lambda: Graph((TRUNK, TRUNK), ("trunk",)),
        "node/name",
        "found 'trunk' twice, expected each name once",
    ),
    "an unknown join": (lambda: changed(replace(SKIP, join="mul")), "node/skip/join", "found 'mul'"),  # type: ignore[arg-type]
    "no output": (lambda: changed(outputs=()), "outputs", "found nothing"),
    "an unknown output": (lambda: changed(outputs=("boxes",)), "outputs", "found 'boxes', expected one of"),
    "an output twice": (lambda: changed(outputs=("added",) * 2), "outputs", "found 'added' twice"),
    "no source": (lambda: changed(replace(SKIP, sources=())), "node/skip/from", "found nothing"),
    "an unknown source": (
        lambda: changed(replace(SKIP, sources=("trunc",))),
        "node/skip/from",
        "found 'trunc', expected one of",
    ),
    "a source twice": (
        lambda: changed(replace(ADDED, sources=("skip", "skip"))),
        "node/added/from",
        "found 'skip' twice",
    ),
    "input beside a node": (
        lambda: changed(replace(ADDED, sources=("input", "skip"))),
        "node/added/from",
        "found 'input' among others",
    ),
    "a circle": (
        lambda: changed(replace(SKIP, sources=("back",)), Node("back", chain((3, 4, 5), 3), ("skip",))),
        "node",
        "found a circle: ",
    ),
    "a node that hears itself": (
        lambda: changed(replace(SKIP, sources=("skip",))),
        "node",
        "found a circle: skip -> skip",
    ),
    "a node without use": (
        lambda: changed(outputs=("added",)),
        "node/stacked",
        "found a node that leads to no output",
    ),
    "other shapes added": (
        lambda: changed(
            replace(ADDED, sources=("trunk", "narrow")), Node("narrow", chain((3, 4, 5), 2), ("trunk",))
        ),
        "node/added/from",
        "found trunk gives (3, 4, 5), narrow gives (2, 4, 5), expected one shape, to add",
    ),
    "other sizes side by side": (
        lambda: changed(
            replace(STACKED, sources=("trunk", "flat")),
            Node("flat", Network((*chain((3, 4, 5), 3).layers, Layer("flatten", (60,)))), ("trunk",)),
        ),
        "node/stacked/from",
        "trunk gives (3, 4, 5), flat gives (60,), expected shapes that differ in the first size alone",
    ),
    "another input shape": (
        lambda: changed(replace(STACKED, join="add")),
        "node/stacked/from",
        "found skip, trunk give (3, 4, 5), expected (6, 4, 5) as stacked takes",
    ),
    "a dense layer of another size": (
        lambda: changed(
            replace(ADDED, network=Network((Layer("dense", (1,), neuron=HEAD, weight=np.ones((1, 9), int)),)))
        ),
        "node/added/from/weight",
        "found 9 input neurons, expected weights for the layer before, (3, 4, 5)",
    ),
    "an encoder inside": (
        lambda: changed(replace(SKIP, network=TRUNK.network)),
        "node/skip/from",
        "found delta neurons in the input layer of skip",
    ),
    "a sigma head that is heard": (
        lambda: changed(replace(SKIP, network=chain((3, 4, 5), 3, neuron=HEAD))),
        "node/",
        "found 'skip', a sigma head, expected nodes that send spikes",
    ),
    "no neurons": (
        lambda: changed(replace(SKIP, network=Network((Layer("input", (3, 4, 5)),)))),
        "node/skip/net",
        "found no layer with neurons",
    ),
    "two input shapes": (
        lambda: changed(Node("other", chain((2, 9, 9), 1)), outputs=("added", "stacked", "other")),
        "node/",
        "expected (2, 4, 5) as trunk takes",
    ),
    "values and spikes at the input": (
        lambda: changed(Node("other", chain((2, 4, 5), 1)), outputs=("added", "stacked", "other")),
        "node/other/net",
        "found no neurons at the input, expected delta neurons as trunk has",
    ),
}


@pytest.mark.parametrize("case", FAULTS)
def test_what_does_not_fit_is_named(case: str) -> None:
    make, field, words = FAULTS[case]
    with pytest.raises(InputError) as caught:
        make()
    assert caught.value.field.startswith(field)
    assert words in str(caught.value)
    assert "\n" not in str(caught.value)
