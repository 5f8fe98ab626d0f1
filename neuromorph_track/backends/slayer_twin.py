"""A `.net` as the float network that SLAYER would have trained it from."""

from __future__ import annotations

from collections.abc import Callable
from types import ModuleType
from typing import Any, NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from neuromorph_track.backends.fixed.simulator import has_membrane
from neuromorph_track.errors import InputError
from neuromorph_track.networks.integer import IntegerLif
from neuromorph_track.networks.slayer import load_slayer
from neuromorph_track.netx import AnyNetwork, Layer, Stage, chains, endings, stages

Part = Callable[[Tensor], Tensor]

# SLAYER's units: weights, thresholds and biases count 1/64, decays 1/4096, and a graded spike is
# kept to 1/4096 of an activation. The chip's integers are these at a spike_exp of 6.
SCALE = 1 << 6
DECAY = 1 << 12
SPIKE = 1 << 12
SPIKE_EXP = 6
FULL_DECAY = 1.0
# Lava holds a potential in 1/64 of what a weight of 1 adds.
MEMBRANE = SCALE << 6


class TwinSteps(NamedTuple):
    """What every layer sent, (T, ...) float64 each, and membrane potentials by the names of outputs."""

    sent: list[NDArray[np.float64]]
    membranes: dict[str, NDArray[np.float64]]


class SlayerTwin:
    """SLAYER's own synapses, dendrites and neurons with the weights of a `.net`, in float32.

    Integer LIF neurons, which SLAYER does not have, are those of :mod:`neuromorph_track.networks.integer`.
    All layers start together, as in training; the chip's pipeline stays out of it.

    Parameters
    ----------
    network : Network or Graph

    Raises
    ------
    InputError
        When the network has delays, recurrence or neurons other than sigma-delta, CUBA and integer LIF, or
        where binary and graded spikes join.
    JobError
        When lava-dl is not installed.
    """

    def __init__(self, network: AnyNetwork) -> None:
        for chain in chains(network):
            for index, layer in enumerate(chain.layers):
                _refuse(chain.source, index, layer)
        self.stages, self.endings = stages(network), endings(network)
        for stage in self.stages:
            _refuse_mixed(network.source, stage, self.stages)
        slayer = load_slayer()
        self.blocks: list[tuple[Part, Any]] = [
            (_synapse(slayer, stage.layer), _neuron(slayer, stage.layer)) for stage in self.stages
        ]

    @torch.inference_mode()
    def run(self, values: NDArray[np.int32]) -> TwinSteps:
        """What every layer sends and heads hold, in the chip's integers where SLAYER can hold them.

        Parameters
        ----------
        values : ``(T, *input_shape)`` int32
            As of ``FixedSimulator.run``; the states start at zero.
        """
        # SLAYER wants (batch, shape, time).
        unit = 1 if self.stages[0].layer.has_synapses else SCALE
        fed = torch.from_numpy(np.moveaxis(values, 0, -1).astype(np.float32) / unit)[None]
        read = {end.stage for end in self.endings.values() if _has_voltage(self.stages[end.stage].layer)}
        sent: list[Tensor] = []
        held: dict[int, Tensor] = {}
        for at, (stage, (synapse, neuron)) in enumerate(zip(self.stages, self.blocks, strict=True)):
            driven = synapse(_arrived(stage, sent) if stage.sources else fed)
            if at in read:
                _, voltage = neuron.dynamics(driven)
                x = neuron.spike(voltage)
                # SLAYER sets a potential back a step after the spike.
                held[at] = voltage.masked_fill(x != 0, 0)
            else:
                x = neuron(driven)
            sent.append(x.reshape(1, *stage.layer.shape, x.shape[-1]))
        return TwinSteps(
            [_steps(x) * _unit(stage.layer) for stage, x in zip(self.stages, sent, strict=True)],
            {
                name: _steps(held[at]).reshape(-1, *shape) * MEMBRANE
                for name, (at, shape) in self.endings.items()
                if at in held
            },
        )


def _has_voltage(last: Layer) -> bool:
    return has_membrane(last) and last.neuron is not None and last.neuron.kind == "cuba"


def _steps(x: Tensor) -> NDArray[np.float64]:
    """``(1, ..., T)`` to ``(T, ...)``."""
    return np.moveaxis(x[0].numpy().astype(np.float64), -1, 0)


def _arrived(stage: Stage, sent: list[Tensor]) -> Tensor:
    pairs = zip(stage.sources, stage.shapes, strict=True)
    parts = [sent[source].reshape(1, *shape, sent[source].shape[-1]) for source, shape in pairs]
    return sum(parts[1:], parts[0]) if stage.join == "add" else torch.cat(parts, 1)


def _unit(layer: Layer) -> int:
    assert layer.neuron is not None
    if not layer.neuron.sends_changes:
        return 1
    return SPIKE * SCALE if layer.neuron.kind == "sigma" else SPIKE


def _synapse(slayer: ModuleType, layer: Layer) -> Part:
    if layer.weight is None or not layer.has_synapses:
        return lambda x: x
    weight = torch.from_numpy(layer.weight.astype(np.float32) / SCALE)
    if layer.kind == "dense":
        dense = slayer.synapse.Dense(weight.shape[1], weight.shape[0])
        dense.weight.data = weight.reshape(dense.weight.shape)
        return lambda x: dense(x.reshape(1, -1, x.shape[-1]))
    conv = slayer.synapse.Conv(
        weight.shape[1] * layer.groups,
        weight.shape[0],
        tuple(weight.shape[2:]),
        stride=layer.stride,
        padding=layer.padding,
        dilation=layer.dilation,
        groups=layer.groups,
    )
    conv.weight.data = weight.reshape(conv.weight.shape)
    stage: Part = conv
    return stage


def _neuron(slayer: ModuleType, layer: Layer) -> Part:
    assert layer.neuron is not None
    kind, threshold = layer.neuron.kind, layer.neuron.threshold / SCALE
    if kind == "sigma":
        sigma: Part = slayer.dendrite.Sigma()
        return sigma
    if kind == "cuba":
        return _cuba(slayer, layer, threshold)
    if kind == "ilif":
        return _integer_lif(layer)
    neuron = slayer.neuron.sigma_delta.Neuron(threshold=threshold, activation=torch.nn.functional.relu)
    if kind == "delta":
        delta: Part = neuron.delta
        return delta
    if layer.spread_bias is not None:
        neuron.set_bias(_bias(layer)[0, ..., 0])
    sigma_delta: Part = neuron
    return sigma_delta


def _cuba(slayer: ModuleType, layer: Layer, threshold: float) -> Part:
    assert layer.neuron is not None
    # An input layer is fed through its bias, which does not go through the current.
    current = layer.neuron.current_decay / DECAY if layer.has_synapses else FULL_DECAY
    bias = None if layer.spread_bias is None else _bias(layer)
    neuron = slayer.neuron.cuba.Neuron(
        threshold=threshold, current_decay=current, voltage_decay=layer.neuron.voltage_decay / DECAY
    )
    if bias is not None:
        # Where training has its batch norm, between current and voltage.
        neuron.norm = lambda driven: driven + bias
    stage: Part = neuron
    return stage


def _integer_lif(layer: Layer) -> Part:
    neuron = layer.neuron
    assert neuron is not None
    bias = torch.zeros(()) if layer.spread_bias is None else _bias(layer)
    dynamics = IntegerLif(neuron.levels, 1 - neuron.voltage_decay / DECAY)

    def advance(driven: Tensor) -> Tensor:
        currents = (driven + bias) * (SCALE / neuron.threshold)
        sent: Tensor = dynamics(currents.movedim(-1, 0), neuron.threshold)
        return sent.movedim(0, -1)

    return advance


def _bias(layer: Layer) -> Tensor:
    assert layer.spread_bias is not None
    bias = torch.from_numpy(layer.spread_bias.astype(np.float32) / SCALE)
    return bias[None, ..., None]


def _refuse_mixed(source: str, stage: Stage, wired: tuple[Stage, ...]) -> None:
    """SLAYER's units differ: a binary spike is 1 there, and on the chip 1/4096 of a graded one's unit."""
    heard = [wired[at].layer.neuron for at in stage.sources]
    if len({neuron.sends_changes for neuron in heard if neuron is not None}) > 1:
        found = f"binary and graded spikes into {stage.name}"
        raise InputError(source, "join", found, "one kind, to compare with SLAYER")


def _refuse(source: str, index: int, layer: Layer) -> None:
    field = f"layer/{index}"
    if layer.kind in ("average", "dense_rec"):
        raise InputError(source, f"{field}/type", repr(layer.kind), "input, conv, dense or flatten")
    if layer.delay is not None:
        raise InputError(source, f"{field}/delay", "delays", "none, to compare with SLAYER")
    if layer.neuron is not None and layer.neuron.kind in ("rf", "rf_iz"):
        raise InputError(source, f"{field}/neuron/type", layer.neuron.netx_type, "CUBA, SDNN or ILIF")
