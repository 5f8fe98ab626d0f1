"""Random small networks of integer LIF neurons, some of them with CUBA neurons between, and inputs."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from neuromorph_track.netx import AnyNetwork, Graph, Layer, Network, Neuron, stages
from tests.backends.random_graphs import random_graph
from tests.backends.random_networks import random_network

DECAYS = (0, 7, 512, 1024, 2048, 4095, 4096)


def integer_lif(rng: np.random.Generator) -> Neuron:
    threshold = int(rng.choice([1, 3, 16, 64, 100, 256, 1 << 17], p=[0.1, 0.1, 0.2, 0.2, 0.2, 0.15, 0.05]))
    levels = int(rng.choice([1, 2, 4, 7, 8, 255]))
    return Neuron("ilif", "ILIF", threshold, voltage_decay=int(rng.choice(DECAYS)), levels=levels)


def integer_network(seed: int, in_time: bool = False) -> Network:
    """A chain; what it is fed drives ILIF or CUBA neurons, or the first synapses."""
    rng = np.random.default_rng(seed)
    chain = random_network(seed, cuba=True, in_time=in_time)
    layers = [_with_neurons(rng, layer) for layer in chain.layers]
    if rng.random() < 0.7:
        layers[0] = replace(layers[0], neuron=_encoder(rng))
    return Network(tuple(layers))


def integer_graph(seed: int) -> Graph:
    """A branching network."""
    rng = np.random.default_rng(seed)
    graph = random_graph(seed, cuba=True)
    encoder = _encoder(rng) if rng.random() < 0.7 else None
    nodes = []
    for node in graph.nodes:
        layers = [_with_neurons(rng, layer) for layer in node.network.layers]
        if node.sources == ("input",):
            layers[0] = replace(layers[0], neuron=encoder)
        nodes.append(replace(node, network=Network(tuple(layers))))
    return replace(graph, nodes=tuple(nodes))


def integer_input(network: AnyNetwork, steps: int, seed: int) -> np.ndarray:
    """Pictures that change from step to step, and one step of nothing."""
    rng = np.random.default_rng(seed)
    neuron = stages(network)[0].layer.neuron
    fed = not stages(network)[0].layer.has_synapses
    assert neuron is not None
    highest = 3 * min(neuron.threshold, 300) if fed else 3
    values = rng.integers(-1 if fed else 0, highest, (steps, *network.input_shape)).astype(np.int32)
    values[steps // 2] = 0
    return values


def _encoder(rng: np.random.Generator) -> Neuron:
    if rng.random() < 0.3:
        return Neuron("cuba", "CUBA", 60, 0, int(rng.choice([0, 128])))
    return integer_lif(rng) if rng.random() < 0.5 else Neuron("ilif", "ILIF", 1, 0, 4096, levels=255)


def _with_neurons(rng: np.random.Generator, layer: Layer) -> Layer:
    if layer.neuron is None or layer.kind == "dense_rec" or rng.random() < 0.25:
        return layer
    return replace(layer, neuron=integer_lif(rng))
