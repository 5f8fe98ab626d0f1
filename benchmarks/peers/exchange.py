"""A spiking network and its input in one .npz: what the peers of ``neurobench_counts.py`` are handed.

Read in each peer's own environment, so it needs NumPy and PyTorch alone. Everything is float64: whole
numbers stay whole, and every tool adds up the same sums.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any, Literal

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

Array = NDArray[Any]
Reset = Literal["subtract", "zero"]


@dataclass(frozen=True)
class Connection:
    """A convolution or dense layer, and the integrate-and-fire neurons behind it.

    Attributes
    ----------
    weight : array
        ``(C_out, C_in / groups, kH, kW)`` or ``(N_out, N_in)``, without a bias.
    threshold : float
        A neuron fires above it; no potential ever equals it.
    reset : str
        What a spike does to the potential.
    sent : (B, T, *shape) array or None
        Played back instead of running neurons.
    """

    weight: Array
    threshold: float = 1.0
    reset: Reset = "subtract"
    stride: tuple[int, int] = (1, 1)
    padding: tuple[int, int] = (0, 0)
    dilation: tuple[int, int] = (1, 1)
    groups: int = 1
    sent: Array | None = None

    def module(self) -> nn.Module:
        """The same connection in PyTorch."""
        made: nn.Conv2d | nn.Linear
        if self.weight.ndim == 2:
            made = nn.Linear(self.weight.shape[1], self.weight.shape[0], bias=False)
        else:
            outputs, per_group, height, width = self.weight.shape
            made = nn.Conv2d(
                per_group * self.groups,
                outputs,
                (height, width),
                self.stride,
                self.padding,
                self.dilation,
                self.groups,
                bias=False,
            )
        made.weight = nn.Parameter(torch.from_numpy(self.weight).double())
        return made


class Replay(nn.Module):
    """Sends what was recorded, one step after the other."""

    def __init__(self, sent: Array) -> None:
        super().__init__()
        self.sent = torch.from_numpy(sent).double()
        self.step = 0

    def forward(self, _: torch.Tensor) -> torch.Tensor:
        self.step += 1
        return self.sent[:, self.step - 1]


class Stepped(nn.Module):
    """Connections and neurons, run one timestep a call; counts the spikes of each layer."""

    def __init__(self, connections: list[Connection], neuron: Callable[[Connection], nn.Module]) -> None:
        super().__init__()
        self.connections = nn.ModuleList([each.module() for each in connections])
        self.neurons = nn.ModuleList(
            [neuron(each) if each.sent is None else Replay(each.sent) for each in connections]
        )
        self.spikes = [0] * len(connections)

    def forward(self, value: torch.Tensor) -> torch.Tensor:
        for index, (connection, neuron) in enumerate(zip(self.connections, self.neurons, strict=True)):
            # Some tools' spikes are float32 whatever their potentials are.
            value = value.double().flatten(1) if isinstance(connection, nn.Linear) else value.double()
            value = neuron(connection(value))
            self.spikes[index] += int(torch.count_nonzero(value))
        return value


def write(path: Path, fed: Array, connections: list[Connection]) -> None:
    """Write what is fed, ``(B, T, *shape)``, and the layers."""
    arrays: dict[str, Array] = {"fed": fed}
    described = []
    for index, connection in enumerate(connections):
        fields = asdict(connection)
        for name in ("weight", "sent"):
            if (part := fields.pop(name)) is not None:
                arrays[f"{name}_{index}"] = part
        described.append(fields)
    np.savez_compressed(path, layers=np.array(json.dumps(described)), **arrays)


def read(path: Path) -> tuple[torch.Tensor, list[Connection]]:
    """What :func:`write` wrote; the input as float64."""
    with np.load(path, allow_pickle=False) as file:
        connections = [
            Connection(file[f"weight_{index}"], sent=file.get(f"sent_{index}"), **fields)
            for index, fields in enumerate(json.loads(str(file["layers"])))
        ]
        return torch.from_numpy(file["fed"]).double(), connections


Counter = Callable[[torch.Tensor, list[Connection]], dict[str, float]]


def serve(tool: str, count: Counter) -> None:
    """Main program of a peer: ``run_TOOL.py network.npz counts.json``."""
    parser = argparse.ArgumentParser()
    parser.add_argument("network", type=Path)
    parser.add_argument("counts", type=Path)
    arguments = parser.parse_args()
    found = count(*read(arguments.network))
    arguments.counts.write_text(json.dumps({"version": version(tool), "counts": found}))
