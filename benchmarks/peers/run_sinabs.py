"""sinabs' synops of a network of its own neurons; runs in an environment of its own."""

from __future__ import annotations

import exchange
import sinabs.layers as sl
import torch
from sinabs.activation import MembraneReset, MembraneSubtract, SingleSpike
from sinabs.hooks import register_synops_hooks
from torch import nn


class Double(nn.Module):
    """Spikes of sinabs are float32 whatever their potentials are."""

    def forward(self, sent: torch.Tensor) -> torch.Tensor:
        return sent.double()


class Replay(nn.Module):
    def __init__(self, sent: torch.Tensor) -> None:
        super().__init__()
        self.sent = sent

    def forward(self, _: torch.Tensor) -> torch.Tensor:
        return self.sent


def neuron(connection: exchange.Connection, samples: int) -> nn.Module:
    if connection.sent is not None:
        return Replay(torch.from_numpy(connection.sent).double().flatten(0, 1))
    return sl.IAFSqueeze(
        batch_size=samples,
        spike_threshold=torch.tensor(connection.threshold, dtype=torch.float64),
        spike_fn=SingleSpike,
        reset_fn=MembraneSubtract() if connection.reset == "subtract" else MembraneReset(),
    )


@torch.no_grad()
def count(fed: torch.Tensor, connections: list[exchange.Connection]) -> dict[str, float]:
    samples, steps = fed.shape[:2]
    modules: list[nn.Module] = []
    spikes = [0]

    def watch(_: nn.Module, __: object, sent: torch.Tensor) -> None:
        spikes[0] += int(torch.count_nonzero(sent))

    for connection in connections:
        if connection.weight.ndim == 2:
            modules.append(nn.Flatten())
        modules += [connection.module(), neuron(connection, samples), Double()]
        modules[-1].register_forward_hook(watch)
    network = nn.Sequential(*modules)
    register_synops_hooks(network)
    network(fed.flatten(0, 1))
    synops = network.hook_data["total_synops_per_timestep"]
    return {"synops_all": float(synops) * steps, "spikes": spikes[0] / samples}


if __name__ == "__main__":
    exchange.serve("sinabs", count)
