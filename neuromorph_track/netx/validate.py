"""Checks that a network's numbers fit the chip and that its shapes chain."""

from __future__ import annotations

import numpy as np

from neuromorph_track.errors import InputError
from neuromorph_track.netx.graph import LARGEST_THRESHOLD, MOST_LEVELS, Layer, Network, Neuron

WEIGHT_RANGE = (-256, 255)
MAX_DECAY = 4096
MAX_DELAY = 62
# The chip has 13 bits; beyond 16 the scaled bias would leave the 32-bit state of a simulator.
MAX_BIAS = 1 << 16


def validate(network: Network) -> None:
    """Raise :class:`InputError` at the first layer that cannot be built or does not fit the one before."""
    shape: tuple[int, ...] | None = None
    for index, layer in enumerate(network.layers):
        field = f"layer/{index}"
        _check_numbers(network.source, field, layer)
        shape = _check_chain(network.source, field, layer, shape)
    if network.contract is not None:
        check_contract(network, "neuromorph_track/contract")


def conv_shape(layer: Layer, height: int, width: int) -> tuple[int, int, int]:
    """``(C, H, W)`` that a conv layer gives for an input of ``height`` x ``width``."""
    assert layer.weight is not None
    sizes = [
        (size + 2 * layer.padding[i] - layer.dilation[i] * (layer.weight.shape[2 + i] - 1) - 1)
        // layer.stride[i]
        + 1
        for i, size in enumerate((height, width))
    ]
    return layer.weight.shape[0], sizes[0], sizes[1]


def _check_numbers(source: str, field: str, layer: Layer) -> None:
    for name in ("weight", "weight_imag", "weight_rec"):
        weight = getattr(layer, name)
        if weight is not None and layer.has_synapses:
            low, high = int(weight.min()), int(weight.max())
            if low < WEIGHT_RANGE[0] or high > WEIGHT_RANGE[1]:
                expected = f"8-bit weights, {WEIGHT_RANGE[0]} to {WEIGHT_RANGE[1]}"
                raise InputError(source, f"{field}/{name}", f"{low} to {high}", expected)
    if layer.neuron is not None:
        for name in ("current_decay", "voltage_decay"):
            value = getattr(layer.neuron, name)
            if not 0 <= value <= MAX_DECAY:
                raise InputError(source, f"{field}/neuron/{name}", str(value), f"0 to {MAX_DECAY}")
        if not 0 <= layer.neuron.threshold <= LARGEST_THRESHOLD:
            found = str(layer.neuron.threshold)
            raise InputError(source, f"{field}/neuron/vThMant", found, f"0 to {LARGEST_THRESHOLD}")
        if layer.neuron.kind == "ilif":
            _check_ilif(source, field, layer, layer.neuron)
    if layer.bias is not None and np.abs(layer.bias.astype(np.int64)).max() > MAX_BIAS:
        found = f"{layer.bias.min()} to {layer.bias.max()}"
        raise InputError(source, f"{field}/bias", found, f"-{MAX_BIAS} to {MAX_BIAS}")
    if layer.delay is not None and (layer.delay.min() < 0 or layer.delay.max() > MAX_DELAY):
        found = f"{layer.delay.min()} to {layer.delay.max()}"
        raise InputError(source, f"{field}/delay", found, f"0 to {MAX_DELAY} steps")
    if min(layer.stride) < 1 or min(layer.dilation) < 1 or min(layer.padding) < 0 or layer.groups < 1:
        parts = (f"{name} {getattr(layer, name)}" for name in ("stride", "padding", "dilation", "groups"))
        found = ", ".join(parts)
        raise InputError(source, field, found, "positive sizes")


def _check_ilif(source: str, field: str, layer: Layer, neuron: Neuron) -> None:
    if layer.kind not in ("input", "conv", "dense"):
        found = f"ILIF neurons in a layer of type {layer.kind!r}"
        raise InputError(source, f"{field}/neuron/type", found, "input, conv or dense")
    if neuron.threshold < 1:
        found, expected = str(neuron.threshold), f"1 to {LARGEST_THRESHOLD} for ILIF neurons"
        raise InputError(source, f"{field}/neuron/vThMant", found, expected)
    if not 1 <= neuron.levels <= MOST_LEVELS:
        raise InputError(source, f"{field}/neuron/levels", str(neuron.levels), f"1 to {MOST_LEVELS}")
    if neuron.current_decay:
        found = str(neuron.current_decay)
        raise InputError(source, f"{field}/neuron/iDecay", found, "none: ILIF neurons keep no current")
    if neuron.graded and neuron.output_message_bits < neuron.levels.bit_length():
        found = f"{neuron.output_message_bits} bits for {neuron.levels} levels"
        raise InputError(
            source, f"{field}/neuron/messageBits", found, f"at least {neuron.levels.bit_length()}"
        )


def _check_chain(source: str, field: str, layer: Layer, before: tuple[int, ...] | None) -> tuple[int, ...]:
    if layer.kind == "input":
        if before is not None:
            raise InputError(source, f"{field}/type", "input after another layer", "input as the first layer")
        return layer.shape
    if layer.kind == "conv":
        return _check_conv(source, field, layer, before)
    if layer.kind == "flatten":
        if before is None:
            raise InputError(source, f"{field}/type", "'flatten' first", "a layer before it")
        neurons = int(np.prod(before))
        if layer.neurons != neurons:
            raise InputError(
                source, f"{field}/shape", str(layer.shape), f"({neurons},) as the layer before has"
            )
        return layer.shape
    if layer.kind == "average":
        if before is None or len(before) != 1 or before[0] % layer.neurons:
            raise InputError(
                source, f"{field}/shape", str(layer.shape), f"a divisor of the layer before, {before}"
            )
        return layer.shape
    return _check_dense(source, field, layer, before)


def _check_conv(source: str, field: str, layer: Layer, before: tuple[int, ...] | None) -> tuple[int, ...]:
    assert layer.weight is not None
    out, per_group = layer.weight.shape[:2]
    if before is None:
        raise InputError(source, f"{field}/type", "'conv'", "an input layer first, which tells the size")
    if len(layer.shape) != 3:
        raise InputError(source, f"{field}/shape", str(layer.shape), "(C, H, W)")
    if out % layer.groups:
        raise InputError(source, f"{field}/groups", str(layer.groups), f"a divisor of {out} output channels")
    if len(before) != 3 or before[0] != per_group * layer.groups:
        expected = f"weights for the layer before, {before}"
        raise InputError(source, f"{field}/weight", f"{per_group * layer.groups} input channels", expected)
    computed = conv_shape(layer, before[1], before[2])
    if computed != layer.shape:
        raise InputError(source, f"{field}/shape", str(layer.shape), f"{computed} as its weights give")
    if layer.bias is not None and layer.bias.shape not in ((out,), layer.shape):
        expected = f"({out},), one per channel, or {layer.shape}, one per neuron"
        raise InputError(source, f"{field}/bias", f"shape {layer.bias.shape}", expected)
    return layer.shape


def _check_dense(source: str, field: str, layer: Layer, before: tuple[int, ...] | None) -> tuple[int, ...]:
    assert layer.weight is not None
    out, inputs = layer.weight.shape
    if before is not None and ((len(before) != 1 and before[1:] != (1, 1)) or before[0] != inputs):
        expected = f"weights for the layer before, {before}"
        raise InputError(source, f"{field}/weight", f"{inputs} input neurons", expected)
    if layer.weight_rec is not None and layer.weight_rec.shape != (out, out):
        raise InputError(source, f"{field}/weight_rec", f"shape {layer.weight_rec.shape}", f"({out}, {out})")
    if layer.weight_imag is not None and layer.weight_imag.shape != layer.weight.shape:
        found = f"shape {layer.weight_imag.shape}"
        raise InputError(source, f"{field}/weight/imag", found, f"{layer.weight.shape} as the real part")
    if layer.bias is not None and layer.bias.size not in (1, out):
        raise InputError(source, f"{field}/bias", f"shape {layer.bias.shape}", f"({out},), one per neuron")
    if layer.delay is not None and layer.delay.shape not in ((out,), (inputs,), (out, inputs), (1,), ()):
        expected = f"({out},), ({inputs},) or ({out}, {inputs})"
        raise InputError(source, f"{field}/delay", f"shape {layer.delay.shape}", expected)
    return layer.shape


def check_first_layer(source: str, field: str, network: Network, arrives: tuple[int, ...]) -> None:
    """Raise :class:`InputError` where a chain cannot begin with what ``arrives``."""
    if network.layers[0].kind != "input":
        _check_chain(source, field, network.layers[0], arrives)


def check_contract(network: Network, field: str) -> None:
    """Raise :class:`InputError` where the contract, ``field``, asks for another input or head."""
    contract = network.contract
    assert contract is not None
    expected = (3, contract.input.height, contract.input.width)
    if network.input_shape != expected:
        raise InputError(
            network.source, f"{field}/input", str(expected), f"{network.input_shape} as layer 0 has"
        )
    wanted = {"delta": ("delta",), "bias": ("cuba", "ilif")}[contract.encoder]
    first, last = network.layers[0].neuron, network.layers[-1].neuron
    if first is None or first.kind not in wanted:
        found = f"{contract.encoder!r} for {'no' if first is None else first.kind} neurons in layer 0"
        raise InputError(
            network.source, f"{field}/encoder", found, "'delta' for delta, 'bias' for cuba or ilif neurons"
        )
    if last is None or last.fires:
        found = f"{'no' if last is None else last.kind} neurons in the last layer"
        raise InputError(
            network.source, f"{field}/head", found, "a head whose potentials are read: sigma, or silent CUBA"
        )
    if (contract.head.scale is None) != (last.kind == "sigma"):
        found = f"{contract.head.scale} for a head of {last.kind} neurons"
        raise InputError(network.source, f"{field}/head/scale", found, "a number for CUBA, none for sigma")
    channels = contract.head.channels(len(contract.classes))
    if len(network.output_shape) != 3 or network.output_shape[0] != channels:
        found = (
            f"{len(contract.head.anchors)} anchors and {len(contract.classes)} classes, {channels} channels"
        )
        raise InputError(
            network.source, f"{field}/head", found, f"{network.output_shape} as the last layer has"
        )
