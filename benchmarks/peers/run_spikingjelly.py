"""spikingjelly's synops of a network of its own neurons; runs in an environment of its own."""

from __future__ import annotations

import exchange
import torch
from spikingjelly.activation_based.neuron import IFNode
from spikingjelly.activation_based.op_counter import DispatchCounterMode, SynOpCounter
from torch import nn


def neuron(connection: exchange.Connection) -> nn.Module:
    return IFNode(v_threshold=connection.threshold, v_reset=None if connection.reset == "subtract" else 0.0)


@torch.no_grad()
def count(fed: torch.Tensor, connections: list[exchange.Connection]) -> dict[str, float]:
    network = exchange.Stepped(connections, neuron).eval()
    counter = SynOpCounter()
    with DispatchCounterMode([counter]):
        for step in fed.unbind(1):
            network(step)
    samples = len(fed)
    return {"synops_all": counter.get_total() / samples, "spikes": sum(network.spikes) / samples}


if __name__ == "__main__":
    exchange.serve("spikingjelly", count)
