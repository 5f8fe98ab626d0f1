"""A branching network in Lava, written out: every layer a process, every edge a channel that is delayed."""

from __future__ import annotations

import numpy as np

from neuromorph_track.netx import Graph, Layer
from tests.backends.lava_reference import Cuba, SigmaDelta, Synapse


class _BiasFed(Cuba):
    """An input layer of leaky neurons takes its values as their bias."""

    def step(self, a_in: np.ndarray) -> np.ndarray:
        self.bias = a_in.astype(np.int64) << 6
        return super().step(np.zeros_like(a_in))


def _neuron(layer: Layer, spike_exp: int) -> Cuba | SigmaDelta:
    if layer.neuron.kind != "cuba":
        return SigmaDelta(layer, spike_exp)
    return Cuba(layer) if layer.has_synapses else _BiasFed(layer)


class _Chain:
    """The processes of a node; what its last one sent in each step so far."""

    def __init__(self, graph: Graph, name: str, spike_exp: int) -> None:
        node = graph.node(name)
        self.name, self.node = name, node
        self.layers = [layer for layer in node.network.layers if layer.neuron is not None]
        self.processes = [
            (
                Synapse(layer) if layer.has_synapses else None,
                _neuron(layer, spike_exp),
            )
            for layer in self.layers
        ]
        self.sent: list[list[np.ndarray]] = [[] for _ in self.layers]
        self.synapses = sum(layer.has_synapses for layer in self.layers)

    def step(self, arriving: np.ndarray) -> None:
        for index, (synapse, neuron) in enumerate(self.processes):
            arriving = neuron.step(arriving if synapse is None else synapse.step(arriving))
            self.sent[index].append(arriving)

    def output(self, step: int) -> np.ndarray:
        shape = self.node.network.output_shape
        return self.sent[-1][step].reshape(shape) if step >= 0 else np.zeros(shape, np.int64)


def run(graph: Graph, values: np.ndarray, spike_exp: int) -> dict[str, np.ndarray]:
    """What each layer sent in answer to each of ``values``, by the names of activity."""
    chains = {node.name: _Chain(graph, node.name, spike_exp) for node in graph.in_order()}
    late: dict[str, int] = {}
    for name, chain in chains.items():
        late[name] = chain.synapses + max((late.get(source, 0) for source in chain.node.sources), default=0)
    for step in range(len(values) + max(late.values())):
        for chain in chains.values():
            sources = chain.node.sources
            if sources == ("input",):
                chain.step(values[min(step, len(values) - 1)])
                continue
            # The shorter branches wait for the longest.
            longest = max(late[source] for source in sources)
            parts = [chains[source].output(step - (longest - late[source])) for source in sources]
            chain.step(sum(parts) if chain.node.join == "add" else np.concatenate(parts))
    found = {}
    for name, chain in chains.items():
        depth = late[name] - chain.synapses
        for layer, sent in zip(chain.layers, chain.sent, strict=True):
            depth += layer.has_synapses
            index = next(i for i, known in enumerate(chain.node.network.layers) if known is layer)
            found[f"{name}/{chain.node.network.name(index)}"] = np.stack(sent[depth : depth + len(values)])
    return found
