"""Lava processes from layers: the ones that lava-dl's NetX loader would make, without lava-dl; and ours."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from lava.proc.conv.process import Conv
from lava.proc.dense.process import DelayDense, Dense
from lava.proc.lif.process import LIF, LIFReset
from lava.proc.sdn.process import Delta, Sigma, SigmaDelta
from numpy.typing import NDArray

from neuromorph_track.backends.lava_worker.integer_lif.process import IntegerLif
from neuromorph_track.backends.lava_worker.relays.relay import Relay
from neuromorph_track.backends.lava_worker.spec import Array, LayerSpec
from neuromorph_track.backends.lava_worker.weights import fit_weights

STATE_EXP = 6
BIAS_EXP = 6
LONGEST_DELAY = 62
# Values fed to a first synapse carry a payload; NetX's own default for graded spikes.
FED_MESSAGE_BITS = 16
# Lava keeps the number in a signed byte: 128 groups are -128 there, and the sums are others. Such a layer has
# one group here, and zeros in place of what is not connected.
MOST_GROUPS = 127


@dataclass(frozen=True)
class Settings:
    """How lava-dl's ``netx.hdf5.Network`` is told to run; the arguments have its names."""

    spike_exp: int
    reset_interval: int | None = None
    reset_offset: int = 0


@dataclass(frozen=True)
class LavaLayer:
    """The processes of one layer; an input layer has no synapse, and few layers hear through relays."""

    synapse: Any
    recurrent: Any
    neuron: Any
    relays: tuple[Relay, ...] = ()


def build_graph(specs: Sequence[LayerSpec], settings: Settings) -> list[LavaLayer]:
    """Connected Lava processes, one entry per layer, in Lava's order of axes (width, height, channel)."""
    layers: list[LavaLayer] = []
    for spec in specs:
        bits = _message_bits(spec, specs)
        # Lava counts steps from 1, and a layer sees its first input late; lava-dl counts layers from 0.
        neuron = _neuron(spec, settings, settings.reset_offset + 1 + spec.depth - specs[0].depth)
        synapse = recurrent = None
        relays: tuple[Relay, ...] = ()
        if spec.kind == "conv":
            synapse = _conv(spec, bits)
        elif spec.has_synapses:
            synapse, recurrent = _dense(spec, bits)
        if synapse is not None:
            synapse.a_out.connect(neuron.a_in)
            relays = _hear(spec, specs, layers, synapse.s_in)
        if recurrent is not None:
            neuron.s_out.connect(recurrent.s_in)
            recurrent.a_out.connect(neuron.a_in)
        layers.append(LavaLayer(synapse, recurrent, neuron, relays))
    return layers


def _message_bits(spec: LayerSpec, specs: Sequence[LayerSpec]) -> int:
    """Payload bits of what arrives: several binary spikes added are no longer binary."""
    if not spec.sources:
        return FED_MESSAGE_BITS
    bits = max(specs[source].message_bits for source in spec.sources)
    together = len(spec.sources) if spec.join == "add" else 1
    return max(bits, together.bit_length() if together > 1 else 0)


def _hear(
    spec: LayerSpec, specs: Sequence[LayerSpec], layers: list[LavaLayer], synapse: Any
) -> tuple[Relay, ...]:
    """Connect the sources of a layer; a port adds what arrives, and the shorter branches are delayed."""
    relays = []
    side_by_side = spec.join == "concat" and len(spec.sources) > 1
    channels = sum(shape[0] for shape in spec.source_shapes)
    first = 0
    for source, shape in zip(spec.sources, spec.source_shapes, strict=True):
        sender = layers[source].neuron.s_out
        delay = spec.depth - 1 - specs[source].depth
        if delay or side_by_side:
            wide = (channels if side_by_side else shape[0], *shape[1:])
            relay = Relay(shape=shape[::-1], wide=wide[::-1], first=first, delay=delay)
            connect(sender, relay.s_in)
            relays.append(relay)
            sender = relay.s_out
        connect(sender, synapse)
        first += shape[0] if side_by_side else 0
    return tuple(relays)


def connect(sender: Any, receiver: Any) -> None:
    """Connect two ports, flattening a map on the way where the receiver takes none."""
    if len(sender.shape) == len(receiver.shape):
        sender.connect(receiver)
    else:
        # A file's flatten counts channels first, as PyTorch does.
        sender.transpose(list(range(len(sender.shape)))[::-1]).flatten().connect(receiver)


def lava_kernel(weight: Array, inputs: int) -> NDArray[np.int64]:
    """Weights ``(C_out, C_in / groups, kH, kW)`` in Lava's order, ``(C_out, kW, kH, inputs)``.

    Where ``inputs`` are more than ``C_in / groups`` the groups stand side by side, with zeros between them.
    """
    groups, each = inputs // weight.shape[1], weight.shape[1]
    wide = np.zeros((len(weight), inputs, *weight.shape[2:]), np.int64)
    outputs = len(weight) // groups
    for at in range(groups):
        own = slice(at * outputs, (at + 1) * outputs)
        wide[own, at * each : (at + 1) * each] = weight[own]
    # A file's kernels are correlated and Lava's convolved: both axes are flipped.
    return wide[:, :, ::-1, ::-1].transpose(0, 3, 2, 1)


def _conv(spec: LayerSpec, bits: int) -> Conv:
    assert spec.weight is not None
    whole = spec.groups > MOST_GROUPS
    return Conv(
        weight=lava_kernel(spec.weight, spec.weight.shape[1] * (spec.groups if whole else 1)),
        input_shape=spec.input_shape[::-1],
        stride=spec.stride[::-1],
        padding=spec.padding[::-1],
        dilation=spec.dilation[::-1],
        groups=1 if whole else spec.groups,
        num_message_bits=bits,
    )


def _dense(spec: LayerSpec, bits: int) -> tuple[Dense, Dense | None]:
    assert spec.weight is not None
    inputs = spec.weight.shape[1]
    both = spec.weight if spec.weight_rec is None else np.hstack([spec.weight, spec.weight_rec])
    fitted = fit_weights(both)
    common = {"weight_exp": fitted.exponent, "num_weight_bits": fitted.bits, "num_message_bits": bits}
    if spec.weight_rec is not None:
        own = Dense(weights=fitted.weights[:, inputs:], **common)
        return Dense(weights=fitted.weights[:, :inputs], **common), own
    if spec.delay is None:
        return Dense(weights=fitted.weights, **common), None
    delays = _delay_matrix(spec.delay, fitted.weights.shape)
    return DelayDense(weights=fitted.weights, delays=delays, max_delay=LONGEST_DELAY, **common), None


def _delay_matrix(delay: Array, shape: tuple[int, ...]) -> np.ndarray:
    if delay.size == 1:
        return np.full(shape, int(delay.reshape(-1)[0]))
    if delay.ndim == 1 and len(delay) == shape[0]:
        delay = delay[:, None]
    return np.broadcast_to(delay, shape).astype(np.int64)


def _neuron(spec: LayerSpec, settings: Settings, reset_offset: int) -> Any:
    shape = spec.shape[::-1]
    bias = {} if spec.bias is None or not spec.has_synapses else {_bias_name(spec): _bias(spec.bias, shape)}
    if spec.neuron == "sigma":
        return Sigma(shape=shape)
    if spec.neuron == "ilif":
        return IntegerLif(
            shape=shape,
            vth=spec.threshold,
            dv=spec.voltage_decay,
            levels=spec.levels,
            bias=bias.get("bias", 0),
            reset_interval=settings.reset_interval,
            reset_offset=reset_offset,
        )
    if spec.neuron != "cuba":
        graded = {"vth": spec.threshold, "spike_exp": settings.spike_exp, "state_exp": STATE_EXP}
        return (
            Delta(shape=shape, **graded)
            if spec.neuron == "delta"
            else SigmaDelta(shape=shape, **graded, **bias)
        )
    decays = {"vth": spec.threshold, "du": spec.current_decay - 1, "dv": spec.voltage_decay}
    if settings.reset_interval is None:
        return LIF(shape=shape, bias_exp=BIAS_EXP, **decays, **bias)
    resets = {"reset_interval": settings.reset_interval, "reset_offset": reset_offset}
    return LIFReset(shape=shape, bias_exp=BIAS_EXP, **decays, **resets, **bias)


def _bias_name(spec: LayerSpec) -> str:
    return "bias_mant" if spec.neuron == "cuba" else "bias"


def _bias(bias: Array, shape: tuple[int, ...]) -> Array:
    return bias if len(shape) == 1 else np.broadcast_to(bias.T, shape).astype(np.int32)
