"""From a network of integer layers to a `.nir` file."""

from __future__ import annotations

import io
import math
import os
from dataclasses import replace

import nir
import numpy as np

from neuromorph_track.errors import InputError
from neuromorph_track.files import atomic_path
from neuromorph_track.netx.graph import Layer, Network, Neuron
from neuromorph_track.netx.nir.convention import CONVENTIONS
from neuromorph_track.netx.nir.metadata import WRITER
from neuromorph_track.netx.nir.nodes import Units, delays
from neuromorph_track.netx.nir.refused import Refused
from neuromorph_track.netx.validate import MAX_DECAY, validate

# A delta encoder that sends every change is no neuron but the input itself.
EVERY_CHANGE = 1
# The simulator's, for a network without a contract.
DEFAULT_SPIKE_EXP = 6


def write_nir(network: Network, path: str | os.PathLike[str], dt: float = CONVENTIONS["nir"].dt) -> None:
    """Write ``network`` as a NIR graph that :func:`read_nir` turns into the same integers.

    A step of forward Euler with ``dt`` then does what the chip does, except that the chip rounds a
    decayed state towards zero.

    Parameters
    ----------
    network : Network
        CUBA neurons alone, behind an input that takes spikes, biases or every change of a value.
    dt : float
        Timestep to write time constants for; who reads the file must step with the same.

    Raises
    ------
    InputError
        When the network holds what NIR has no node for.
    JobError
        When the file cannot be written.
    """
    validate(network)
    if not (math.isfinite(dt) and dt > 0):
        raise InputError(network.source, "dt", f"{dt:g}", "a timestep above 0")
    content = io.BytesIO()
    nir.write(content, _Writer(network, dt).graph())
    with atomic_path(path) as temporary:
        temporary.write_bytes(content.getvalue())


class _Writer:
    def __init__(self, network: Network, dt: float) -> None:
        self.network, self.dt, self.shape = network, dt, network.input_shape
        self.nodes: dict[str, nir.NIRNode] = {}
        self.edges: list[tuple[str, str]] = []
        self.last = ""
        self.metadata: dict[str, str | float] = {"writer": WRITER, "dt": dt}
        self.contract = network.contract
        self.spike_exp = self.contract.spike_exp if self.contract else DEFAULT_SPIKE_EXP
        self.summing = False

    def graph(self) -> nir.NIRGraph:
        self.add("input", nir.Input(np.array(self.shape)))
        for index, layer in enumerate(self.network.layers):
            try:
                self.layer(index, layer)
            except Refused as refused:
                field = f"layer/{index}"
                raise InputError(self.network.source, field, refused.found, refused.expected) from refused
        self.add("output", nir.Output(np.array(self.shape)))
        if self.contract is not None:
            self.metadata["contract"] = self.contract.model_dump_json()
        return nir.NIRGraph(self.nodes, self.edges, metadata=self.metadata, type_check=False)

    def add(self, name: str, node: nir.NIRNode) -> None:
        self.nodes[name] = node
        if self.last:
            self.edges.append((self.last, name))
        self.last = name

    def layer(self, index: int, layer: Layer) -> None:
        if layer.kind == "input":
            self.input(index, layer)
        elif layer.kind == "flatten":
            self.add(f"{index}_flatten", nir.Flatten(np.array(self.shape), start_dim=0, end_dim=-1))
        else:
            self.population(index, layer)
        self.shape = layer.shape

    def input(self, index: int, layer: Layer) -> None:
        if layer.weight is not None or (layer.bias is not None and np.any(layer.bias)):
            raise Refused("an input with a gain or a bias", "an input that is fed as it is")
        if layer.neuron is None:
            return
        self.metadata |= {"fraction_bits": 0.0, "largest": self.largest(), "spike_exp": 0.0}
        if layer.neuron.kind == "delta":
            after = next((x.neuron for x in self.network.layers[1:] if x.has_synapses), None)
            self.summing = after is not None and after.kind == "cuba" and after.current_decay == 0
            if not self.summing or layer.neuron.threshold > EVERY_CHANGE:
                raise Refused("a delta encoder", "CUBA neurons alone; NIR has no sigma-delta ones")
            self.metadata["spike_exp"] = float(self.spike_exp)
            return
        self.add(f"{index}_neuron", Units(_cuba(layer.neuron), 1.0).population(layer, self.dt))

    def population(self, index: int, layer: Layer) -> None:
        neuron = _cuba(layer.neuron)
        if layer.kind == "average" or layer.weight_imag is not None:
            raise Refused(f"{layer.kind!r}", "layers of real weights")
        if not neuron.fires and index < len(self.network.layers) - 1:
            raise Refused("neurons that never fire", "spikes for the next layer")
        driven = 1.0
        if self.summing:
            # What the current sums up is the value itself: in NIR, a current that drives the neurons.
            driven, self.summing = float(1 << self.spike_exp), False
            neuron = replace(neuron, current_decay=MAX_DECAY)
        units, steps, name = Units(neuron, self.state(neuron), driven), delays(layer), f"{index}_neuron"
        if steps.before is not None:
            self.add(f"{index}_delay_in", nir.Delay(steps.before * self.dt))
        self.add(f"{index}_{layer.kind}", units.synapse(layer, self.shape))
        if steps.after is not None:
            self.add(f"{index}_delay_out", nir.Delay(steps.after * self.dt))
        self.add(name, units.population(layer, self.dt))
        if layer.weight_rec is not None:
            back = f"{index}_recurrent"
            bias = np.zeros(layer.neurons, np.float32)
            self.nodes[back] = nir.Affine(units.weight(layer.weight_rec), bias)
            self.edges += [(name, back), (back, name)]

    def state(self, neuron: Neuron) -> float:
        """Integer sum that stands for 1: near the threshold, or what makes a head's values the contract's."""
        if neuron.fires:
            return float(1 << max(neuron.threshold, 1).bit_length())
        scale = self.contract.head.scale if self.contract else None
        return 1 / (64 * scale) if scale else 64.0

    def largest(self) -> float:
        """Largest integer that is fed."""
        if self.contract is None:
            return 1.0
        return float(max(abs(self.contract.input.low), abs(self.contract.input.high)))


def _cuba(neuron: Neuron | None) -> Neuron:
    if neuron is None or neuron.kind != "cuba":
        kind = "no" if neuron is None else neuron.kind.replace("_", "-")
        raise Refused(f"{kind} neurons", "CUBA neurons, the only ones that NIR and NetX share")
    return neuron
