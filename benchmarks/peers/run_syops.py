"""syops' operations of a network of spikingjelly neurons; runs in an environment of its own."""

from __future__ import annotations

import contextlib
import io

import exchange
import torch
from spikingjelly.activation_based.neuron import IFNode
from syops import get_model_complexity_info
from torch import nn
from torch.utils.data import DataLoader, TensorDataset


class Network(exchange.Stepped):
    def forward(self, values: torch.Tensor) -> torch.Tensor:
        return torch.stack([super(Network, self).forward(step) for step in values.unbind(1)], 1)


def neuron(connection: exchange.Connection) -> nn.Module:
    # Of this module and not of spikingjelly.clock_driven, whose neurons syops adds to its ACs.
    return IFNode(v_threshold=connection.threshold, v_reset=None if connection.reset == "subtract" else 0.0)


def count(fed: torch.Tensor, connections: list[exchange.Connection]) -> dict[str, float]:
    network = Network(connections, neuron)
    samples = len(fed)
    data = DataLoader(TensorDataset(fed, torch.zeros(samples)), batch_size=samples)
    with contextlib.redirect_stdout(io.StringIO()):
        found, _ = get_model_complexity_info(
            network, tuple(fed.shape[2:]), data, as_strings=False, print_per_layer_stat=False
        )
    return {
        "synops_nominal": float(found[1]),
        "macs": float(found[2]),
        "spikes": sum(network.spikes) / samples,
    }


if __name__ == "__main__":
    exchange.serve("syops", count)
