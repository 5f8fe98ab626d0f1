"""Integer LIF neurons in both engines, against the equations of docs/smtrack.md in plain loops."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from neuromorph_track.backends.fixed import FixedSimulator
from neuromorph_track.backends.fixed.simulator import Engine
from neuromorph_track.backends.recorded import count_recorded
from neuromorph_track.netx import AnyNetwork, Layer, Network, Neuron, fan_out, stages
from tests.backends.count_oracle import assert_counts, tell
from tests.backends.integer_networks import integer_graph, integer_input, integer_network

ENGINES: tuple[Engine, ...] = ("events", "dense")
STEPS = 6
KINDS = st.sampled_from(["chain", "in time", "graph"])
SEEDS = st.integers(0, 10**6)
INTERVALS = st.one_of(st.none(), st.integers(1, 5))
CUTS = st.lists(st.integers(1, STEPS - 1), max_size=3, unique=True).map(sorted)


def network_of(kind: str, seed: int) -> tuple[AnyNetwork, np.ndarray[Any, Any]]:
    network = integer_graph(seed) if kind == "graph" else integer_network(seed, kind == "in time")
    return network, integer_input(network, STEPS, seed + 1)


@settings(max_examples=30)
@given(KINDS, SEEDS, INTERVALS, st.integers(0, 4), st.booleans(), CUTS)
@pytest.mark.parametrize("engine", ENGINES)
def test_spikes_and_counts_are_those_of_the_loops(
    engine: Engine,
    kind: str,
    seed: int,
    interval: int | None,
    offset: int,
    pipelined: bool,
    cuts: list[int],
) -> None:
    network, values = network_of(kind, seed)
    told = tell(network, values, interval=interval, offset=offset, pipelined=pipelined)
    run = {"reset_interval": interval, "reset_offset": offset, "pipelined": pipelined, "engine": engine}
    found = FixedSimulator(network, **run).run(values, record=True)
    assert found.spikes is not None
    for layer, sent in zip(told, found.spikes, strict=True):
        np.testing.assert_array_equal(sent, np.stack(layer.sent), err_msg=layer.stage.name)
    assert_counts(found.activity, told)
    simulator, at = FixedSimulator(network, **run), 0
    for end in (*cuts, STEPS):
        part = simulator.run(values[at:end])
        np.testing.assert_array_equal(part.output, found.output[at:end])
        for spikes, layer in zip(simulator.take_spikes_by_neuron(), told, strict=True):
            np.testing.assert_array_equal(spikes, layer.spikes(slice(at, end)))
        at = end


def one_neuron(neuron: Neuron, fed: list[int], **run: Any) -> tuple[list[int], list[int], list[int]]:
    """Spikes, potentials and changes of a neuron with a weight of 1."""
    layers = (Layer("dense", (1,), neuron=neuron, weight=np.ones((1, 1), np.int32)),)
    values = np.array(fed, np.int32)[:, None]
    found = FixedSimulator(Network(layers), pipelined=False, **run).run(values)
    assert found.membrane is not None
    changed = found.activity.layers[0].neuron_updates_changed
    return found.output[:, 0].tolist(), found.membrane[:, 0].tolist(), changed.tolist()


CASES: dict[str, tuple[Neuron, list[int], list[int], list[int]]] = {
    # Half a threshold is enough for a spike: 32 of 64 units.
    "rounds half up": (Neuron("ilif", "ILIF", 4, levels=9), [1, 1, 0], [0, 1, 0], [64, -128, -128]),
    "is cut at its levels": (Neuron("ilif", "ILIF", 1, levels=3), [5, 0, 0], [3, 2, 0], [128, 0, 0]),
    "forgets": (Neuron("ilif", "ILIF", 4, 0, 2048, levels=9), [1, 0, 0], [0, 0, 0], [64, 32, 16]),
    "without memory": (Neuron("ilif", "ILIF", 4, 0, 4096, levels=9), [1, 1, 9], [0, 0, 2], [64, 64, 64]),
    # -64 * 4095 / 4096 is -63.98.
    "rounds towards zero": (
        Neuron("ilif", "ILIF", 1, 0, 1, levels=9),
        [-1, 0, 0],
        [0, 0, 0],
        [-64, -63, -62],
    ),
    "clips": (
        Neuron("ilif", "ILIF", 1 << 17, levels=1),
        [1 << 30, -(1 << 30), 0],
        [1, 0, 0],
        [-1, -(1 << 23) + 1, -(1 << 23) + 1],
    ),
}


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("case", CASES)
def test_by_hand(engine: Engine, case: str) -> None:
    neuron, fed, spikes, potentials = CASES[case]
    found = one_neuron(neuron, fed, engine=engine)
    assert found[:2] == (spikes, potentials)


@pytest.mark.parametrize("engine", ENGINES)
def test_a_reset_belongs_to_its_step(engine: Engine) -> None:
    neuron = Neuron("ilif", "ILIF", 100, levels=1)
    run = {"engine": engine, "reset_interval": 3}
    assert one_neuron(neuron, [1, 1, 1, 0, 1], **run) == ([0] * 5, [64, 128, 192, 0, 64], [1, 1, 1, 1, 1])
    # One that spikes in each step holds nothing, and counts.
    assert one_neuron(Neuron("ilif", "ILIF", 1, levels=9), [4, 4], engine=engine)[2] == [1, 1]


@pytest.mark.parametrize("engine", ENGINES)
def test_an_input_layer_sends_each_pixel_in_each_step(engine: Engine) -> None:
    fed = Neuron("ilif", "ILIF", 1, 0, 4096, levels=255)
    network = Network((Layer("input", (3, 4, 5), neuron=fed),))
    picture = np.random.default_rng(0).integers(0, 256, (1, 3, 4, 5)).astype(np.int32)
    found = FixedSimulator(network, engine=engine).run(np.repeat(picture, 3, 0))
    np.testing.assert_array_equal(found.output, np.repeat(picture, 3, 0))
    layer = found.activity.layers[0]
    assert layer.graded
    assert layer.message_bits == 8
    assert layer.spikes_out.tolist() == [np.count_nonzero(picture)] * 3


def test_what_binary_steps_would_cost() -> None:
    """A spike of s as s ones in consecutive steps: its recording, spread out, is counted like any other."""
    network, levels, steps = integer_network(2), 8, 4
    layers = [replace(layer, neuron=_graded(layer.neuron, levels)) for layer in network.layers]
    network = replace(network, layers=tuple(layers))
    values = integer_input(network, steps, 0)
    spikes = FixedSimulator(network, pipelined=False).run(values, record=True).spikes
    assert spikes is not None
    recorded = [np.zeros_like(values), *spikes]
    ones = [
        (np.arange(levels)[(None, slice(None), *[None] * (part.ndim - 1))] < part[:, None]).reshape(
            -1, *part.shape[1:]
        )
        for part in recorded
    ]
    binary = count_recorded(network, ones, steps_per_frame=levels)
    graded = count_recorded(network, recorded)
    arrived = recorded[0]
    for stage, one, other, sent in zip(stages(network), binary.layers, graded.layers, spikes, strict=True):
        assert one.spikes_out.tolist() == sent.reshape(steps, -1).sum(1).tolist()
        if stage.layer.has_synapses:
            reach = fan_out(stage.layer, stage.synapse_shape).nonzero.reshape(-1)
            assert one.synops.tolist() == (arrived.reshape(steps, -1) @ reach).tolist()
            assert other.synops.tolist() == ((arrived.reshape(steps, -1) != 0) @ reach).tolist()
        arrived = sent
    assert binary.total("synops").sum() > graded.total("synops").sum() > 0


def _graded(neuron: Neuron | None, levels: int) -> Neuron | None:
    return None if neuron is None else Neuron("ilif", "ILIF", 16, 0, 1024, levels=levels)


@pytest.mark.parametrize("engine", ENGINES)
def test_sums_of_a_convolution_wrap(engine: Engine) -> None:
    """5000 channels of spikes up to 255 and weights of 127 leave 24 bits."""
    rng = np.random.default_rng(0)
    send = Neuron("ilif", "ILIF", 1, 0, 4096, levels=255)
    layers = (
        Layer("input", (5000, 1, 1), neuron=send),
        Layer(
            "conv",
            (2, 1, 1),
            neuron=Neuron("ilif", "ILIF", 1 << 10, levels=255),
            weight=np.stack([np.full((5000, 1, 1), 127), np.full((5000, 1, 1), -127)]).astype(np.int32),
        ),
    )
    values = rng.integers(0, 256, (4, 5000, 1, 1)).astype(np.int32)
    assert (values.sum(1) * 127 > 1 << 23).all()
    simulator = FixedSimulator(Network(layers), engine=engine)
    found = simulator.run(values, record=True)
    told = tell(Network(layers), values)
    assert found.spikes is not None
    np.testing.assert_array_equal(found.spikes[1], np.stack(told[1].sent))
    assert simulator.take_peaks()["1 conv"] > 1
