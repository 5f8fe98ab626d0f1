"""The fixed-point simulator against Lava's models written out, and its counts against loops."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from neuromorph_track.backends.fixed import FixedSimulator
from neuromorph_track.backends.fixed.simulator import Engine
from neuromorph_track.errors import InputError
from neuromorph_track.netx import Layer, Network, Neuron
from tests.backends import lava_reference
from tests.backends.random_networks import random_input, random_network

STEPS = 9
ENGINES: tuple[Engine, ...] = ("events", "dense")


@settings(max_examples=30)
@given(st.integers(0, 10**6), st.booleans(), st.sampled_from([0, 4, 6]))
@pytest.mark.parametrize("engine", ENGINES)
def test_every_layer_and_step_is_lava_s(engine: Engine, seed: int, cuba: bool, spike_exp: int) -> None:
    network = random_network(seed, cuba)
    values = random_input(network, STEPS, seed + 1, cuba)
    result = FixedSimulator(network, spike_exp=spike_exp, engine=engine).run(values, record=True)
    assert result.spikes is not None
    neurons = [layer for layer in network.layers if layer.neuron is not None]
    depth = len([layer for layer in neurons if layer.has_synapses])
    # Lava's synapses wait a step each: layer l answers l steps late, and feeding goes on meanwhile.
    layers = [layer for layer in network.layers if not (layer.kind == "input" and layer.neuron is None)]
    expected = lava_reference.run(replace(network, layers=tuple(layers)), values, spike_exp, STEPS + depth)
    for index, (layer, found) in enumerate(zip(neurons, result.spikes, strict=True)):
        late = index if neurons[0].kind == "input" else index + 1
        np.testing.assert_array_equal(found, expected[index][late : late + STEPS], err_msg=layer.kind)


@settings(max_examples=15)
@given(st.integers(0, 10**6), st.booleans(), st.lists(st.integers(1, 4), min_size=1, max_size=4))
@pytest.mark.parametrize("engine", ENGINES)
def test_chunks_do_not_matter(engine: Engine, seed: int, cuba: bool, lengths: list[int]) -> None:
    network = random_network(seed, cuba)
    values = random_input(network, sum(lengths), seed, cuba)
    whole = FixedSimulator(network, engine=engine).run(values)
    parts = FixedSimulator(network, engine=engine)
    results = [parts.run(chunk) for chunk in np.split(values, np.cumsum(lengths)[:-1])]
    np.testing.assert_array_equal(np.concatenate([r.output for r in results]), whole.output)
    for count in whole.activity.COUNTS:
        joined = np.concatenate([r.activity.total(count) for r in results])
        np.testing.assert_array_equal(joined, whole.activity.total(count))


@settings(max_examples=25)
@given(st.integers(0, 10**6), st.booleans())
@pytest.mark.parametrize("engine", ENGINES)
def test_counts_are_a_loop_over_spikes_and_weights(engine: Engine, seed: int, cuba: bool) -> None:
    network = random_network(seed, cuba)
    values = random_input(network, 3, seed, cuba)
    result = FixedSimulator(network, pipelined=False, engine=engine).run(values, record=True)
    assert result.spikes is not None
    runs = [layer for layer in network.layers if layer.neuron is not None]
    arriving = values
    for layer, sent, counted in zip(runs, result.spikes, result.activity.layers, strict=True):
        for step in range(3):
            if layer.has_synapses:
                expected = loop_over_spikes(layer, arriving[step])
                found = (counted.spikes_in[step], counted.synops[step], counted.synops_all[step])
                assert found == expected
            assert counted.neuron_updates[step] == sent[step].size
            is_head = counted.neuron == "sigma"
            assert counted.spikes_out[step] == (0 if is_head else np.count_nonzero(sent[step]))
        arriving = sent


def loop_over_spikes(layer: Layer, spikes: np.ndarray) -> tuple[int, int, int]:
    """Spikes, and weights applied because of them: non-zero ones, and all."""
    assert layer.weight is not None
    synops = everything = 0
    arrived = np.argwhere(spikes)
    if layer.kind == "dense":
        for index in np.flatnonzero(spikes):
            synops += np.count_nonzero(layer.weight[:, index])
            everything += len(layer.weight)
        return len(arrived), synops, everything
    outputs, per_group, *_ = layer.weight.shape
    for channel, row, column in arrived:
        for out, i, j in np.ndindex(outputs, *layer.weight.shape[2:]):
            first = out // (outputs // layer.groups) * per_group
            if not first <= channel < first + per_group:
                continue
            y = row + layer.padding[0] - i * layer.dilation[0]
            x = column + layer.padding[1] - j * layer.dilation[1]
            if y % layer.stride[0] or x % layer.stride[1]:
                continue
            y, x = y // layer.stride[0], x // layer.stride[1]
            if 0 <= y < layer.shape[1] and 0 <= x < layer.shape[2]:
                everything += 1
                synops += layer.weight[out, channel - first, i, j] != 0
    return len(arrived), synops, everything


@pytest.mark.parametrize("engine", ENGINES)
def test_large_spikes_do_not_lose_bits(engine: Engine) -> None:
    """Sums beyond 2**24 wrap as the chip's do; float32 alone would round them."""
    weight = np.full((1, 64, 3, 3), 127, np.int32)
    layers = (
        Layer("input", (64, 3, 3)),
        Layer("conv", (1, 1, 1), neuron=Neuron("sigma", "SDNN"), weight=weight),
    )
    values = np.random.default_rng(0).integers(-(2**20), 2**20, (4, 64, 3, 3)).astype(np.int32)
    found = FixedSimulator(Network(layers), pipelined=False, engine=engine).run(values).output.reshape(-1)
    exact = values.astype(np.int64).reshape(4, -1) @ weight.reshape(-1).astype(np.int64)
    wrapped = (exact + 2**23) % 2**24 - 2**23
    np.testing.assert_array_equal(found, np.cumsum(wrapped).astype(np.int32))


@settings(max_examples=20)
@given(st.integers(0, 10**6), st.booleans(), st.integers(1, 5), st.integers(0, 6))
def test_engines_agree_when_states_are_reset(seed: int, cuba: bool, interval: int, offset: int) -> None:
    network = random_network(seed, cuba)
    values = random_input(network, 8, seed, cuba)
    by_events, whole = (
        FixedSimulator(network, engine=engine, reset_interval=interval, reset_offset=offset).run(values)
        for engine in ENGINES
    )
    np.testing.assert_array_equal(by_events.output, whole.output)
    for count in whole.activity.COUNTS:
        np.testing.assert_array_equal(by_events.activity.total(count), whole.activity.total(count))


def test_reset_starts_anew() -> None:
    network = random_network(3, cuba=False)
    values = random_input(network, 4, 0, cuba=False)
    simulator = FixedSimulator(network)
    first = simulator.run(values)
    simulator.reset()
    second = simulator.run(values)
    np.testing.assert_array_equal(first.output, second.output)
    np.testing.assert_array_equal(first.activity.total("synops"), second.activity.total("synops"))


def test_delays_and_recurrence() -> None:
    """One spike, a delay of two steps, and a neuron that excites the other one step later."""
    integrate = Neuron("cuba", "CUBA", 10, 4096, 4096)
    layers = (
        Layer(
            "dense_rec",
            (2,),
            neuron=integrate,
            weight=np.array([[20, 0], [0, 0]], np.int32),
            weight_rec=np.array([[0, 0], [30, 0]], np.int32),
            delay=np.array([2, 0], np.int32),
        ),
    )
    spikes = np.zeros((6, 2), np.int32)
    spikes[0, 0] = 1
    result = FixedSimulator(Network(layers), pipelined=False).run(spikes)
    assert result.output.T.tolist() == [[0, 0, 1, 0, 0, 0], [0, 0, 0, 1, 0, 0]]
    counted = result.activity.layers[0]
    assert counted.synops.tolist() == [1, 0, 0, 1, 0, 0]
    assert counted.spikes_in.tolist() == [1, 0, 0, 1, 1, 0]
    # The current goes up where something arrives, and down again in the step after.
    assert counted.neuron_updates_changed.tolist() == [0, 0, 1, 2, 1, 0]


@pytest.mark.parametrize(
    ("layer", "words"),
    [
        (Layer("average", (1,)), "layer/1/type: found 'average'"),
        (
            Layer("dense", (1,), neuron=Neuron("rf", "RF_PHASE", 1), weight=np.ones((1, 2), np.int32)),
            "layer/1/neuron/type: found RF_PHASE",
        ),
        (
            Layer(
                "dense",
                (1,),
                neuron=Neuron("sigma_delta", "SDNN", 1, extra={"activation": "gelu"}),
                weight=np.ones((1, 2), np.int32),
            ),
            "layer/1/neuron/activation: found 'gelu'",
        ),
    ],
)
def test_what_cannot_be_simulated_is_refused(layer: Layer, words: str) -> None:
    with pytest.raises(InputError, match=words.replace("(", r"\(")):
        FixedSimulator(Network((Layer("input", (2,)), layer)))


def test_wrong_input_shape_is_named() -> None:
    network = random_network(1, cuba=False)
    with pytest.raises(InputError, match="input: found shape"):
        FixedSimulator(network).run(np.zeros((1, 99), np.int32))
