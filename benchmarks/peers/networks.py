"""The networks that are counted, each with our own counts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from peers.exchange import Array, Connection

from neuromorph_track.backends.activity import Activity
from neuromorph_track.backends.fixed import FixedSimulator
from neuromorph_track.backends.recorded import count_recorded
from neuromorph_track.export.zoo import load_network
from neuromorph_track.netx import Layer, Network, Neuron, stages
from neuromorph_track.netx.nir import read_nir
from neuromorph_track.netx.validate import conv_shape
from neuromorph_track.runs.verify import input_values

# For counting only the support of float weights matters.
ANY = Neuron("cuba", "LIF", 1)


@dataclass(frozen=True)
class Case:
    """A network, what it is fed, and what we count.

    Attributes
    ----------
    name : str
    fed : (B, T, *shape) array
    connections : list of Connection
        Handed to the peers.
    activity : Activity
        One entry per step, samples one behind the other.
    graded : bool
        Whether spikes carry a payload.
    expected : dict of float
        Counts per sample that were published or computed elsewhere.
    """

    name: str
    fed: Array
    connections: list[Connection]
    activity: Activity
    graded: bool
    expected: dict[str, float]

    def counts(self) -> dict[str, float]:
        """Ours, per sample, by the names that the workers use."""
        samples, steps = self.fed.shape[:2]
        layers = [layer for layer in self.activity.layers if layer.kind != "input"]
        weights = sum(layer.weights for layer in layers)
        updates = sum(int(layer.neuron_updates.sum()) for layer in layers)
        spikes = sum(int(layer.spikes_out.sum()) for layer in layers)
        return {
            "synops": sum(int(layer.synops.sum()) for layer in layers) / samples,
            "synops_all": sum(int(layer.synops_all.sum()) for layer in layers) / samples,
            "synops_nominal": sum(float(layer.synops_nominal.sum()) for layer in layers) / samples,
            "dense": sum(layer.macs for layer in layers) * steps,
            "spikes": spikes / samples,
            "quiet": 1 - spikes / updates,
            "updates": updates / samples,
            "changed": sum(int(layer.neuron_updates_changed.sum()) for layer in layers) / samples,
            "weights": weights,
            "zero_weights": 1 - sum(layer.nonzero_weights for layer in layers) / weights,
        }


def reference() -> Case:
    """Two convolutions and a dense layer of float weights, 25 % of them zero; PyTorch counts its spikes."""
    generator = torch.Generator().manual_seed(1234)
    shapes = ((8, 2, 3, 3), (16, 8, 3, 3), (10, 1024))
    weights = [
        torch.randn(shape, generator=generator) * scale
        for shape, scale in zip(shapes, (0.6, 0.25, 0.08), strict=True)
    ]
    for weight in weights:
        weight[torch.rand(weight.shape, generator=generator) < 0.25] = 0
    fed = (torch.rand(8, 4, 2, 16, 16, generator=generator) < 0.1).transpose(0, 1)
    first, second, last = (weight.numpy() for weight in weights)
    connections = [
        Connection(first, padding=(1, 1)),
        Connection(second, padding=(1, 1), stride=(2, 2)),
        Connection(last),
    ]
    sent, changed = integrate_and_fire(connections, fed.double())
    support = [(w != 0).numpy().astype(np.int32) for w in weights]
    layers = [
        Layer("input", (2, 16, 16)),
        Layer("conv", (8, 16, 16), ANY, support[0], padding=(1, 1)),
        Layer("conv", (16, 8, 8), ANY, support[1], padding=(1, 1), stride=(2, 2)),
        Layer("flatten", (1024,)),
        Layer("dense", (10,), ANY, support[2]),
    ]
    activity = count_recorded(layers, [fed.flatten(0, 1).numpy(), *sent], changed)
    expected = {"synops": 75_272.25, "synops_all": 101_633.5, "synops_nominal": 108_007.5, "dense": 894_464}
    return Case("reference network", fed.numpy(), connections, activity, False, expected)


def integrate_and_fire(
    connections: Sequence[Connection], fed: torch.Tensor
) -> tuple[list[Array], list[NDArray[np.bool_]]]:
    """What each layer sends, ``(B x T, *shape)``, and whether a step changed its potentials (a spike and
    its subtraction included)."""
    sent: list[list[torch.Tensor]] = [[] for _ in connections]
    changed: list[list[torch.Tensor]] = [[] for _ in connections]
    modules = [connection.module() for connection in connections]
    potential = [torch.zeros(())] * len(modules)
    with torch.inference_mode():
        for step in fed.unbind(1):
            value = step
            for index, (module, connection) in enumerate(zip(modules, connections, strict=True)):
                value = value.flatten(1) if connection.weight.ndim == 2 else value
                raised = potential[index] + module(value)
                value = (raised > connection.threshold).double()
                after = raised - value * connection.threshold
                changed[index].append(after != potential[index])
                sent[index].append(value)
                potential[index] = after
    return (
        [torch.stack(part, 1).flatten(0, 1).numpy() for part in sent],
        [torch.stack(part, 1).flatten(0, 1).numpy() for part in changed],
    )


def deep() -> Case:
    """Groups, dilation, strides and kernels that are not square; our simulator runs it in integers."""
    generator = np.random.default_rng(77)
    wanted = (
        (12, 4, (3, 3), {"padding": (1, 1)}),
        (24, 3, (3, 5), {"stride": (2, 1), "padding": (1, 2), "groups": 4}),
        (16, 24, (3, 3), {"padding": (2, 3), "dilation": (2, 2)}),
        (16, 1, (5, 3), {"stride": (1, 3), "groups": 16}),
    )
    layers = [Layer("input", (4, 18, 22))]
    for outputs, per_group, kernel, where in wanted:
        weight = sparse(generator, (outputs, per_group, *kernel))
        layer = Layer("conv", (), neuron(30), weight, **where)
        shape = conv_shape(layer, *layers[-1].shape[1:])
        layers.append(Layer("conv", shape, neuron(30), weight, **where))
    layers.append(Layer("flatten", (layers[-1].neurons,)))
    layers.append(Layer("dense", (10,), neuron(40), sparse(generator, (10, layers[-1].neurons))))
    fed = generator.random((4, 8, 4, 18, 22)) < 0.15
    return spiking("five layers, groups, dilation, strides", Network(tuple(layers)), fed)


def sparse(generator: np.random.Generator, shape: tuple[int, ...]) -> NDArray[np.int32]:
    weight = generator.integers(-15, 21, shape)
    return np.where(generator.random(shape) < 0.3, 0, weight).astype(np.int32)


def neuron(threshold: int) -> Neuron:
    """Integrate and fire: the current lasts one step, the potential stays."""
    return Neuron("cuba", "CUBA", threshold, current_decay=4096, voltage_decay=0)


def nir_paper(folder: Path) -> Case:
    """The trained network of sinabs in the NIR paper, on random events of N-MNIST's size."""
    network = read_nir(folder / "checkpoints/cnn_sinabs.nir", convention="sinabs").network
    fed = np.random.default_rng(5).random((2, 16, *network.input_shape)) < 0.08
    return spiking("sinabs' CNN of the NIR paper", network, fed)


def spiking(name: str, network: Network, fed: NDArray[np.bool_]) -> Case:
    """A chain of integrate-and-fire layers, run by our simulator, neuron by neuron by the peers."""
    simulator = FixedSimulator(network, pipelined=False, reset_interval=fed.shape[1])
    activity = simulator.run(fed.reshape(-1, *network.input_shape).astype(np.int32)).activity
    connections = [
        # Whole numbers lie on either side of a half: "above" and "at least" are one.
        connection(stage.layer, stage.layer.neuron.threshold + 0.5)
        for stage in stages(network)
        if stage.layer.neuron is not None
    ]
    return Case(name, fed, connections, activity, False, {})


def scenes() -> Case:
    """The shipped detector on its own frames: graded spikes, which the peers are played back."""
    network = load_network("scenes-nano")
    values = input_values(network, 8, None)
    found = FixedSimulator(network, pipelined=False).run(values, record=True)
    assert found.spikes is not None
    sent = [*found.spikes[:-1], np.zeros_like(found.spikes[-1])]
    connections = [
        connection(stage.layer, 1.0, sent=spikes[None])
        for stage, spikes in zip(stages(network)[1:], sent[1:], strict=True)
    ]
    return Case("scenes-nano, graded spikes", sent[0][None], connections, found.activity, True, {})


def connection(layer: Layer, threshold: float, sent: Array | None = None) -> Connection:
    assert layer.weight is not None
    return Connection(
        layer.weight,
        threshold,
        "zero",
        layer.stride,
        layer.padding,
        layer.dilation,
        layer.groups,
        sent,
    )
