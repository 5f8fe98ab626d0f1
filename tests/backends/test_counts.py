"""Changed states and spikes by neuron: against neurons written out, and the same however a run is cut."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from neuromorph_track.backends.fixed import FixedSimulator
from neuromorph_track.backends.fixed.simulator import Engine
from neuromorph_track.netx import AnyNetwork, Graph, Layer, Network, Neuron, stages
from tests.backends import lava_reference
from tests.backends.random_graphs import random_graph
from tests.backends.random_networks import random_input, random_network

ENGINES: tuple[Engine, ...] = ("events", "dense")
STEPS = 6


def state_of(neuron: lava_reference.SigmaDelta | lava_reference.Cuba) -> np.ndarray[Any, Any]:
    """All that a neuron remembers, ``(parts, *shape)``."""
    if isinstance(neuron, lava_reference.Cuba):
        return np.stack([neuron.u, neuron.v])
    # What the receiver has been told is the last activation less the residue.
    return np.stack([neuron.sigma, neuron.act - neuron.residue])


def changed_states(
    layer: Layer, arrived: np.ndarray[Any, Any], spike_exp: int, resets: list[int]
) -> list[int]:
    """Neurons of a layer that each step changed, all layers starting together."""
    cuba = layer.neuron.kind == "cuba"
    neuron = lava_reference.Cuba(layer) if cuba else lava_reference.SigmaDelta(layer, spike_exp)
    synapse = lava_reference.Synapse(layer) if layer.has_synapses else None
    changed = []
    for step, spikes in enumerate(arrived):
        before = state_of(neuron)
        if cuba and step in resets:
            neuron.u, neuron.v = np.zeros_like(neuron.u), np.zeros_like(neuron.v)
        sums = spikes
        if synapse is not None:
            synapse.step(spikes)
            sums = synapse.buffer
        sent = neuron.step(sums)
        moved = (state_of(neuron) != before).any(0)
        changed.append(int(np.count_nonzero(moved | (sent != 0) if cuba else moved)))
    return changed


@settings(max_examples=25)
@given(st.integers(0, 10**6), st.booleans(), st.one_of(st.none(), st.integers(1, 4)))
@pytest.mark.parametrize("engine", ENGINES)
def test_changed_states_are_those_of_lava_s_models(
    engine: Engine, seed: int, cuba: bool, interval: int | None
) -> None:
    network = random_network(seed, cuba)
    values = random_input(network, STEPS, seed, cuba)
    # Some steps bring nothing at all.
    values[3:5] = 0 if cuba else values[2]
    simulator = FixedSimulator(network, pipelined=False, engine=engine, reset_interval=interval)
    result = simulator.run(values, record=True)
    assert result.spikes is not None
    resets = [step for step in range(STEPS) if interval and step % interval == 0]
    arrived = values
    runs = [layer for layer in network.layers if layer.neuron is not None]
    for layer, sent, counted in zip(runs, result.spikes, result.activity.layers, strict=True):
        expected = changed_states(layer, arrived, 6, resets)
        assert counted.neuron_updates_changed.tolist() == expected, layer.kind
        arrived = sent


@pytest.mark.parametrize("engine", ENGINES)
def test_what_counts_as_changed(engine: Engine) -> None:
    """A CUBA neuron that spikes in every step holds 0 all the time; one without input does nothing."""
    neuron = Neuron("cuba", "CUBA", 10, 4096, 0)
    layers = (
        Layer(
            "dense",
            (3,),
            neuron=neuron,
            weight=np.array([[0], [0], [1]], np.int32),
            bias=np.array([11, 0, 0], np.int32),
        ),
    )
    fed = np.array([[0], [1], [0], [0]], np.int32)
    run = {"pipelined": False, "engine": engine}
    result = FixedSimulator(Network(layers), **run).run(fed)
    assert result.output.T.tolist() == [[1, 1, 1, 1], [0, 0, 0, 0], [0, 0, 0, 0]]
    # The third one's current comes and goes, and its potential stays.
    assert result.activity.layers[0].neuron_updates_changed.tolist() == [1, 2, 2, 1]
    reset = FixedSimulator(Network(layers), reset_interval=3, **run).run(fed)
    assert reset.activity.layers[0].neuron_updates_changed.tolist() == [1, 2, 2, 2]


@pytest.mark.parametrize("engine", ENGINES)
def test_a_sigma_delta_neuron_that_nothing_reached_is_unchanged(engine: Engine) -> None:
    layers = (
        Layer("input", (2,), neuron=Neuron("delta", "SDNN", 1)),
        Layer(
            "dense", (2,), neuron=Neuron("sigma_delta", "SDNN", 200), weight=np.eye(2, dtype=np.int32) * 64
        ),
        Layer("dense", (1,), neuron=Neuron("sigma", "SDNN"), weight=np.ones((1, 2), np.int32)),
    )
    values = np.array([[0, 0], [5, 0], [5, 0], [5, 300]], np.int32)
    result = FixedSimulator(Network(layers), pipelined=False, engine=engine).run(values)
    changed = [layer.neuron_updates_changed.tolist() for layer in result.activity.layers]
    # Below its threshold a neuron's sum changes and what it has told does not.
    assert changed == [[0, 1, 0, 1], [0, 1, 0, 1], [0, 0, 0, 1]]


NETWORKS = st.tuples(st.sampled_from(["chain", "in time", "graph"]), st.integers(0, 10**6), st.booleans())


def network_of(kind: str, seed: int, cuba: bool) -> AnyNetwork:
    if kind == "graph":
        return random_graph(seed, cuba)
    return random_network(seed, cuba, in_time=kind == "in time")


def values_for(network: AnyNetwork, steps: int, seed: int, cuba: bool) -> np.ndarray[Any, Any]:
    if not isinstance(network, Graph):
        return random_input(network, steps, seed, cuba)
    rng = np.random.default_rng(seed)
    first = stages(network)[0].layer
    if first.has_synapses or first.neuron is None:
        return (rng.random((steps, *network.input_shape)) < 0.3).astype(np.int32)
    return rng.integers(-60, 61, (steps, *network.input_shape)).astype(np.int32)


@settings(max_examples=20)
@given(NETWORKS, st.one_of(st.none(), st.integers(1, 5)))
def test_engines_and_sums_agree(drawn: tuple[str, int, bool], interval: int | None) -> None:
    network = network_of(*drawn)
    values = values_for(network, 7, *drawn[1:])
    simulators = [FixedSimulator(network, engine=engine, reset_interval=interval) for engine in ENGINES]
    by_events, whole = (simulator.run(values).activity for simulator in simulators)
    spikes = [simulator.take_spikes_by_neuron() for simulator in simulators]
    for one, other, mine, theirs in zip(by_events.layers, whole.layers, *spikes, strict=True):
        for count in whole.COUNTS:
            np.testing.assert_array_equal(getattr(one, count), getattr(other, count), err_msg=count)
        assert (one.neuron_updates_changed <= one.neuron_updates).all()
        np.testing.assert_array_equal(mine, theirs)
        assert mine.dtype == np.int64
        assert mine.shape == (one.neurons,)
        assert mine.sum() == one.spikes_out.sum()
    assert all(not part.any() for part in simulators[0].take_spikes_by_neuron())


@settings(max_examples=15)
@given(NETWORKS, st.lists(st.integers(1, 4), min_size=1, max_size=4))
@pytest.mark.parametrize("engine", ENGINES)
def test_chunks_do_not_matter(engine: Engine, drawn: tuple[str, int, bool], lengths: list[int]) -> None:
    network = network_of(*drawn)
    values = values_for(network, sum(lengths), *drawn[1:])
    whole, parts = (FixedSimulator(network, engine=engine, reset_interval=3) for _ in range(2))
    expected = whole.run(values).activity
    found = [parts.run(chunk).activity for chunk in np.split(values, np.cumsum(lengths)[:-1])]
    for at, layer in enumerate(expected.layers):
        joined = np.concatenate([part.layers[at].neuron_updates_changed for part in found])
        np.testing.assert_array_equal(joined, layer.neuron_updates_changed)
    for mine, theirs in zip(parts.take_spikes_by_neuron(), whole.take_spikes_by_neuron(), strict=True):
        np.testing.assert_array_equal(mine, theirs)


@pytest.mark.parametrize("engine", ENGINES)
def test_spikes_by_neuron_are_the_recorded_ones(engine: Engine) -> None:
    network = random_network(4, cuba=True)
    simulator = FixedSimulator(network, pipelined=False, engine=engine)
    steps = simulator.run(random_input(network, 9, 0, cuba=True), record=True)
    assert steps.spikes is not None
    for found, sent in zip(simulator.take_spikes_by_neuron(), steps.spikes, strict=True):
        np.testing.assert_array_equal(found, np.count_nonzero(sent, axis=0).reshape(-1))
    assert all(np.any(sent) for sent in steps.spikes)


def test_resets_keep_what_was_counted_and_a_filled_pipeline_counts_once() -> None:
    """Resets without a run between them leave no spikes; runs between them do."""
    network = driven_by_bias()
    simulator = FixedSimulator(network)
    simulator.reset()
    values = np.zeros((2, 1), np.int32)
    totals = []
    for _ in range(2):
        layers = simulator.run(values).activity.layers
        totals.append([layer.spikes_out.sum() for layer in layers])
        simulator.reset()
        simulator.reset()
    by_neuron = simulator.take_spikes_by_neuron()
    assert [part.sum() for part in by_neuron] == np.sum(totals, axis=0).tolist()
    assert all(part.any() for part in by_neuron)


def driven_by_bias() -> Network:
    """Neurons that spike without input, also while the pipeline fills."""
    neuron = Neuron("cuba", "CUBA", 10, 4096, 0)
    layers = [
        Layer(
            "dense", (2,), neuron=neuron, weight=np.ones((2, n), np.int32), bias=np.array([11, 6], np.int32)
        )
        for n in (1, 2)
    ]
    return Network(tuple(layers))


def test_a_head_that_does_not_fire_sends_no_spikes() -> None:
    network = random_network(2, cuba=False)
    simulator = FixedSimulator(network)
    steps = simulator.run(random_input(network, 3, 0, cuba=False))
    assert steps.output.any()
    assert not simulator.take_spikes_by_neuron()[-1].any()
    assert not steps.activity.layers[-1].fires
    assert all(layer.fires for layer in steps.activity.layers[:-1])


def test_what_leaves_and_what_is_handed_over() -> None:
    network = random_network(2, cuba=False)
    activity = FixedSimulator(network).run(random_input(network, 3, 0, cuba=False)).activity
    assert [layer.message_bits for layer in activity.layers] == [16] * (len(activity.layers) - 1) + [0]
    for layer in activity.layers:
        np.testing.assert_array_equal(layer.payload_bits, layer.message_bits * layer.spikes_out)
    assert activity.input_values == np.prod(network.input_shape)
    assert (activity.output_values, activity.depth) == (3, len(activity.layers) - 1)
    leaky = random_network(2, cuba=True)
    activity = FixedSimulator(leaky).run(random_input(leaky, 3, 0, cuba=True)).activity
    assert [layer.message_bits for layer in activity.layers] == [0] * len(activity.layers)
