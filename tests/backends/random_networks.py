"""Random small networks and inputs for them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from neuromorph_track.netx import Layer, Network, Neuron
from neuromorph_track.netx.validate import conv_shape


def random_network(seed: int, cuba: bool, in_time: bool = False) -> Network:
    """Input (or none), one or two convolutions of any geometry and sign, flatten, dense.

    With ``in_time`` a layer with delays or recurrence comes before the last (CUBA only). Convolutions with a
    bias have one per neuron where the seed is even, else one per channel.
    """
    own = np.random.default_rng([seed, 1])
    rng = np.random.default_rng(seed)
    signs = rng.choice([-1, 0, 1], p=[0.15, 0.7, 0.15])

    def signed(weight: np.ndarray) -> np.ndarray:
        return (weight if signs == 0 else signs * np.abs(weight)).astype(np.int32)

    def neuron() -> Neuron:
        if cuba:
            decays = rng.choice([0, 7, 512, 4095, 4096], 2)
            return Neuron("cuba", "CUBA", int(rng.integers(1, 60)), int(decays[0]), int(decays[1]))
        return Neuron("sigma_delta", "SDNN", int(rng.integers(1, 12)), extra={"activation": "relu"})

    shape: tuple[int, ...] = (int(rng.integers(1, 4)), int(rng.integers(4, 8)), int(rng.integers(4, 8)))
    # Spikes go straight into the first synapse of a CUBA network: its input layer only tells the shape.
    first = None if cuba else Neuron("delta", "SDNN", int(rng.integers(1, 9)))
    layers = [Layer("input", shape, neuron=first)]
    for _ in range(int(rng.integers(1, 3))):
        groups = shape[0] if rng.random() < 0.3 else 1
        kernel = rng.integers(1, 4, 2)
        layer = Layer(
            "conv",
            (1, 1, 1),
            neuron=neuron(),
            weight=signed(
                rng.integers(-80, 81, (groups * int(rng.integers(1, 3)), shape[0] // groups, *kernel))
            ),
            stride=(int(rng.integers(1, 3)), int(rng.integers(1, 3))),
            padding=(int(rng.integers(0, 3)), int(rng.integers(0, 3))),
            dilation=(int(rng.integers(1, 3)), int(rng.integers(1, 3))) if min(shape[1:]) > 6 else (1, 1),
            groups=groups,
        )
        assert layer.weight is not None
        layer.weight[rng.random(layer.weight.shape) < 0.3] = 0
        if rng.random() < 0.5:
            bias = rng.integers(-50, 51, layer.weight.shape[0]).astype(np.int32)
            layer = replace(layer, bias=bias)
        sized = conv_shape(layer, shape[1], shape[2])
        if min(sized) < 1:
            continue
        shape = sized
        if layer.bias is not None and seed % 2 == 0:
            layer = replace(layer, bias=own.integers(-50, 51, shape).astype(np.int32))
        layers.append(replace(layer, shape=shape))
    neurons = int(np.prod(shape))
    layers.append(Layer("flatten", (neurons,)))
    if in_time and cuba:
        layers.append(_in_time(rng, neurons, neuron()))
        neurons = layers[-1].neurons
    weight = rng.integers(-60, 61, (3, neurons)).astype(np.int32)
    weight[rng.random(weight.shape) < 0.2] = 0
    weight[0, 0] = 7  # never all negative or zero, a corner with a test of its own
    head = neuron() if cuba else Neuron("sigma", "SDNN")
    layers.append(Layer("dense", (3,), neuron=head, weight=weight))
    return Network(tuple(layers))


def _in_time(rng: np.random.Generator, inputs: int, neuron: Neuron) -> Layer:
    """A layer that remembers spikes: delayed on their way in, or fed back."""
    weight = rng.integers(-60, 61, (5, inputs)).astype(np.int32)
    weight[0, 0] = 9
    if rng.random() < 0.5:
        own = rng.integers(-60, 61, (5, 5)).astype(np.int32)
        return Layer("dense_rec", (5,), neuron=neuron, weight=weight, weight_rec=own)
    sizes: list[tuple[int, ...]] = [(5,), (inputs,), (5, inputs)]
    delay = rng.integers(0, 6, sizes[rng.integers(3)]).astype(np.int32)
    return Layer("dense", (5,), neuron=neuron, weight=weight, delay=delay)


def random_input(network: Network, steps: int, seed: int, cuba: bool) -> np.ndarray:
    """Spikes for CUBA, slowly changing values for sigma-delta networks."""
    rng = np.random.default_rng(seed)
    shape = (steps, *network.input_shape)
    if cuba:
        return (rng.random(shape) < 0.3).astype(np.int32)
    return (rng.integers(-120, 121, network.input_shape) + rng.integers(-9, 10, shape)).astype(np.int32)
