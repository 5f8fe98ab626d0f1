"""NeuroBench's metrics of a network of snntorch neurons; runs in an environment of its own."""

from __future__ import annotations

import exchange
import snntorch
import torch
from neurobench.benchmarks import Benchmark
from neurobench.metrics.static import ConnectionSparsity, ParameterCount
from neurobench.metrics.workload import (
    ActivationSparsity,
    MembraneUpdates,
    NeuronOperations,
    SynapticOperations,
)
from neurobench.models import SNNTorchModel
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

# That NeuroBench takes an update of a leaky neuron to be.
OPERATIONS = 4


class Network(exchange.Stepped):
    """In the form that NeuroBench's wrapper for snntorch calls."""

    def reset(self) -> None:
        for neuron in self.neurons:
            if isinstance(neuron, snntorch.Leaky):
                neuron.reset_mem()

    def forward(self, value: torch.Tensor) -> tuple[torch.Tensor, None]:
        return super().forward(value), None


def neuron(connection: exchange.Connection) -> nn.Module:
    return snntorch.Leaky(
        beta=1.0,
        threshold=connection.threshold,
        reset_mechanism=connection.reset,
        init_hidden=True,
    ).double()


def count(fed: torch.Tensor, connections: list[exchange.Connection]) -> dict[str, float]:
    network = Network(connections, neuron)
    samples = len(fed)
    own = all(connection.sent is None for connection in connections)
    # Membrane metrics exist for snntorch's neurons alone.
    dynamic = [SynapticOperations, *([ActivationSparsity, MembraneUpdates, NeuronOperations] if own else [])]
    data = DataLoader(TensorDataset(fed, torch.zeros(samples)), batch_size=samples)
    metrics = [[ParameterCount, ConnectionSparsity], dynamic]
    found = Benchmark(SNNTorchModel(network), data, [], [], metrics).run(quiet=True)
    synops = found["SynapticOperations"]
    counts = {
        "synops": synops["Effective_ACs"] + synops["Effective_MACs"],
        "effective_acs": synops["Effective_ACs"],
        "effective_macs": synops["Effective_MACs"],
        "dense": synops["Dense"],
        "weights": found["ParameterCount"],
        "zero_weights": found["ConnectionSparsity"],
        "spikes": sum(network.spikes) / samples,
    }
    if own:
        counts |= {
            "quiet": found["ActivationSparsity"],
            "changed": found["MembraneUpdates"],
            "updates": found["NeuronOperations"]["Neuron Dense Ops"] / OPERATIONS,
        }
    return counts


if __name__ == "__main__":
    exchange.serve("neurobench", count)
