"""Random small branching networks and inputs for them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from neuromorph_track.netx import Graph, Layer, Network, Neuron, Node
from neuromorph_track.netx.branching import Join, Shape, joined_shape
from neuromorph_track.netx.validate import conv_shape


def random_graph(seed: int, cuba: bool, mixed: bool = False) -> Graph:
    """A trunk or two, and nodes that hear one to three of those before: maps, strided maps, dense layers.

    With ``mixed`` each node has leaky or sigma-delta neurons, so that spikes of both kinds meet.
    """
    rng = np.random.default_rng(seed)
    fed: Shape = (2, int(rng.integers(4, 7)), int(rng.integers(4, 7)))
    encoder = _encoder(rng, cuba)
    nodes: list[Node] = []
    for name in ("trunk", "second")[: 1 + (rng.random() < 0.3)]:
        layers = (Layer("input", fed, neuron=encoder), *_layers(rng, fed, cuba))
        nodes.append(Node(name, Network(layers)))
    for index in range(int(rng.integers(2, 6))):
        sources, join = _sources(rng, nodes)
        arrives = joined_shape([_shape(nodes, name) for name in sources], join)
        leaky = bool(rng.random() < 0.5) if mixed else cuba
        layers = (Layer("input", arrives), *_layers(rng, arrives, leaky))
        # Dense layers may come first.
        layers = layers[1:] if layers[1].kind == "dense" and rng.random() < 0.5 else layers
        nodes.append(Node(f"n{index}", Network(layers), sources, join))
    heard = {name for node in nodes for name in node.sources}
    outputs = [node.name for node in nodes if node.name not in heard or rng.random() < 0.2]
    nodes = [_with_head(rng, node) if node.name not in heard else node for node in nodes]
    return Graph(tuple(nodes[i] for i in rng.permutation(len(nodes))), tuple(outputs))


def random_graph_input(graph: Graph, steps: int, seed: int) -> np.ndarray:
    """Spikes, biases or slowly changing values: what its first layers take."""
    rng = np.random.default_rng(seed)
    shape = (steps, *graph.input_shape)
    first = next(node.first for node in graph.nodes if node.sources == ("input",))
    if first.neuron is None:
        return (rng.random(shape) < 0.4).astype(np.int32)
    if first.neuron.kind == "cuba":
        return np.repeat(rng.integers(0, 2 * first.neuron.threshold, (1, *shape[1:])), steps, 0).astype(
            np.int32
        )
    still = rng.integers(-100, 101, shape[1:])
    return (still + rng.integers(-9, 10, shape)).astype(np.int32)


def _encoder(rng: np.random.Generator, cuba: bool) -> Neuron | None:
    if not cuba:
        return Neuron("delta", "SDNN", int(rng.integers(1, 9)))
    return None if rng.random() < 0.5 else Neuron("cuba", "CUBA", 60, 0, int(rng.choice([0, 128])))


def _neuron(rng: np.random.Generator, cuba: bool) -> Neuron:
    if cuba:
        decays = rng.choice([0, 7, 512, 4095, 4096], 2)
        return Neuron("cuba", "CUBA", int(rng.integers(1, 60)), int(decays[0]), int(decays[1]))
    return Neuron("sigma_delta", "SDNN", int(rng.integers(1, 12)))


def _layers(rng: np.random.Generator, arrives: Shape, cuba: bool) -> list[Layer]:
    """One or two layers; most keep height and width, so that branches fit together."""
    layers: list[Layer] = []
    shape = arrives
    for _ in range(int(rng.integers(1, 3))):
        if len(shape) == 3 and rng.random() < 0.9:
            layers.append(_conv(rng, shape, _neuron(rng, cuba)))
            shape = layers[-1].shape
            continue
        inputs = int(np.prod(shape))
        if len(shape) == 3:
            layers.append(Layer("flatten", (inputs,)))
        layers.append(_dense(rng, inputs, _neuron(rng, cuba)))
        shape = layers[-1].shape
    if len(shape) == 3 and rng.random() < 0.1:
        layers.append(Layer("flatten", (int(np.prod(shape)),)))
    return layers


def _conv(rng: np.random.Generator, shape: Shape, neuron: Neuron) -> Layer:
    size, stride = int(rng.choice([1, 3])), 1 if rng.random() < 0.85 or min(shape[1:]) < 3 else 2
    groups = shape[0] if rng.random() < 0.2 else 1
    weight = rng.integers(-80, 81, (groups * int(rng.choice([1, 2, 2])), shape[0] // groups, size, size))
    weight[rng.random(weight.shape) < 0.2] = 0
    layer = Layer(
        "conv",
        (1, 1, 1),
        neuron=neuron,
        weight=weight.astype(np.int32),
        bias=rng.integers(-50, 51, len(weight)).astype(np.int32) if rng.random() < 0.5 else None,
        stride=(stride, stride),
        padding=(size // 2, size // 2),
        groups=groups,
    )
    return replace(layer, shape=conv_shape(layer, shape[1], shape[2]))


def _dense(rng: np.random.Generator, inputs: int, neuron: Neuron) -> Layer:
    outputs = int(rng.choice([3, 5]))
    weight = rng.integers(-60, 61, (outputs, inputs)).astype(np.int32)
    weight[0, 0] = 9
    bias = rng.integers(-50, 51, outputs).astype(np.int32) if rng.random() < 0.5 else None
    if neuron.kind == "cuba" and rng.random() < 0.2:
        own = rng.integers(-60, 61, (outputs, outputs)).astype(np.int32)
        return Layer("dense_rec", (outputs,), neuron=neuron, weight=weight, weight_rec=own, bias=bias)
    delay = None
    if neuron.kind == "cuba" and rng.random() < 0.2:
        delay = rng.integers(0, 4, (outputs, inputs)).astype(np.int32)
    return Layer("dense", (outputs,), neuron=neuron, weight=weight, bias=bias, delay=delay)


def _sources(rng: np.random.Generator, nodes: list[Node]) -> tuple[tuple[str, ...], Join]:
    first = nodes[int(rng.integers(len(nodes)))]
    shape = first.network.output_shape
    join: Join = "add" if rng.random() < 0.5 else "concat"
    others = [node for node in nodes if node is not first and _fits(shape, node.network.output_shape, join)]
    rng.shuffle(others)  # type: ignore[arg-type]
    return tuple(node.name for node in (first, *others[: int(rng.integers(0, 3))])), join


def _fits(shape: Shape, other: Shape, join: Join) -> bool:
    return other == shape if join == "add" else len(other) == len(shape) and other[1:] == shape[1:]


def _shape(nodes: list[Node], name: str) -> Shape:
    return next(node.network.output_shape for node in nodes if node.name == name)


def _with_head(rng: np.random.Generator, node: Node) -> Node:
    """The node with a last layer that is read: a sigma head where its neurons are sigma-delta."""
    layers = list(node.network.layers)
    if rng.random() < 0.5:
        at = max(index for index, layer in enumerate(layers) if layer.neuron is not None)
        if layers[at].neuron.kind == "sigma_delta":
            layers[at] = replace(layers[at], neuron=Neuron("sigma", "SDNN"))
    return Node(node.name, Network(tuple(layers)), node.sources, node.join)
