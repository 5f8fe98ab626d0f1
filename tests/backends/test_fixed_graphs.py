"""Branching networks in the fixed-point simulator, against Lava's models and channels written out."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from neuromorph_track.backends.fixed import FixedSimulator
from neuromorph_track.backends.fixed.simulator import Engine
from neuromorph_track.errors import InputError
from neuromorph_track.netx import Graph, Layer, Network, Neuron, Node, chains, read_net, stages
from neuromorph_track.netx.branching import Join
from tests.backends import graph_reference
from tests.backends.random_graphs import random_graph, random_graph_input
from tests.backends.test_fixed import loop_over_spikes
from tests.backends.two_heads import SHIPPED, two_heads

STEPS = 6
ENGINES: tuple[Engine, ...] = ("events", "dense")
SEEDS = st.integers(0, 10**6)


def without_memory(graph: Graph) -> Graph:
    """The same without delays and recurrence, which the reference does not have."""

    def plain(layer: Layer) -> Layer:
        kind = "dense" if layer.kind == "dense_rec" else layer.kind
        return replace(layer, kind=kind, weight_rec=None, delay=None)

    nodes = [replace(node, network=Network(tuple(map(plain, node.network.layers)))) for node in graph.nodes]
    return replace(graph, nodes=tuple(nodes))


@settings(max_examples=20)
@given(SEEDS, st.booleans(), st.booleans(), st.sampled_from([0, 4, 6]))
@pytest.mark.parametrize("engine", ENGINES)
def test_every_layer_and_step_is_lava_s(
    engine: Engine, seed: int, cuba: bool, mixed: bool, spike_exp: int
) -> None:
    graph = without_memory(random_graph(seed, cuba, mixed))
    values = random_graph_input(graph, STEPS, seed + 1)
    found = FixedSimulator(graph, spike_exp=spike_exp, engine=engine).run(values, record=True)
    expected = graph_reference.run(graph, values, spike_exp)
    assert found.spikes is not None
    assert [layer.name for layer in found.activity.layers] == list(expected)
    for layer, sent in zip(found.activity.layers, found.spikes, strict=True):
        np.testing.assert_array_equal(sent, expected[layer.name], err_msg=layer.name)


@settings(max_examples=15)
@given(SEEDS, st.booleans(), st.booleans(), st.lists(st.integers(1, 4), min_size=1, max_size=4))
@pytest.mark.parametrize("engine", ENGINES)
def test_chunks_do_not_matter(engine: Engine, seed: int, cuba: bool, mixed: bool, lengths: list[int]) -> None:
    graph = random_graph(seed, cuba, mixed)
    values = random_graph_input(graph, sum(lengths), seed)
    whole = FixedSimulator(graph, engine=engine).run(values)
    parts = FixedSimulator(graph, engine=engine)
    results = [parts.run(chunk) for chunk in np.split(values, np.cumsum(lengths)[:-1])]
    assert list(whole.outputs) == list(graph.outputs)
    for name, output in whole.outputs.items():
        assert output.sent.shape[1:] == graph.node(name).network.output_shape
        np.testing.assert_array_equal(np.concatenate([r.outputs[name].sent for r in results]), output.sent)
        if output.membrane is not None:
            joined = [r.outputs[name].membrane for r in results]
            np.testing.assert_array_equal(np.concatenate(joined), output.membrane)
    for count in whole.activity.COUNTS:
        total = np.concatenate([r.activity.total(count) for r in results])
        np.testing.assert_array_equal(total, whole.activity.total(count))


@settings(max_examples=25)
@given(SEEDS, st.booleans(), st.booleans())
@pytest.mark.parametrize("engine", ENGINES)
def test_counts_are_a_loop_over_each_branch_s_spikes(
    engine: Engine, seed: int, cuba: bool, mixed: bool
) -> None:
    graph = without_memory(random_graph(seed, cuba, mixed))
    values = random_graph_input(graph, 3, seed)
    result = FixedSimulator(graph, pipelined=False, engine=engine).run(values, record=True)
    sent = result.spikes
    assert sent is not None
    for stage, counted in zip(stages(graph), result.activity.layers, strict=True):
        if not stage.layer.has_synapses:
            continue
        parts = [
            sent[at].reshape(-1, *shape) for at, shape in zip(stage.sources, stage.shapes, strict=True)
        ] or [values]
        if stage.join == "concat":
            parts = [np.concatenate(parts, 1)]
        for step in range(3):
            loops = [loop_over_spikes(stage.layer, part[step]) for part in parts]
            found = (counted.spikes_in[step], counted.synops[step], counted.synops_all[step])
            assert found == tuple(map(sum, zip(*loops, strict=True)))


@settings(max_examples=15)
@given(SEEDS, st.booleans(), st.booleans(), st.integers(1, 5), st.integers(0, 6))
def test_engines_agree_when_states_are_reset(
    seed: int, cuba: bool, mixed: bool, interval: int, offset: int
) -> None:
    graph = random_graph(seed, cuba, mixed)
    values = random_graph_input(graph, 8, seed)
    by_events, whole = (
        FixedSimulator(graph, engine=engine, reset_interval=interval, reset_offset=offset).run(
            values, record=True
        )
        for engine in ENGINES
    )
    assert by_events.spikes is not None
    assert whole.spikes is not None
    for mine, theirs in zip(by_events.spikes, whole.spikes, strict=True):
        np.testing.assert_array_equal(mine, theirs)
    for count in whole.activity.COUNTS:
        np.testing.assert_array_equal(by_events.activity.total(count), whole.activity.total(count))


def encoder(threshold: int = 1) -> Network:
    return Network((Layer("input", (2, 1, 1), neuron=Neuron("delta", "SDNN", threshold)),))


def one_to_one(gain: int, neuron: Neuron, channels: int = 2) -> Network:
    weight = gain * np.eye(channels, dtype=np.int32).reshape(channels, channels, 1, 1)
    conv = Layer("conv", (channels, 1, 1), neuron=neuron, weight=weight)
    return Network((Layer("input", (channels, 1, 1)), conv))


def pair(join: Join, other: Network, head: Network) -> Graph:
    """Two branches behind an encoder, and a head that hears both."""
    same = one_to_one(64, Neuron("sigma_delta", "SDNN", 0))
    return Graph(
        (
            Node("encoder", encoder()),
            Node("one", same, ("encoder",)),
            Node("other", other, ("encoder",)),
            Node("head", head, ("one", "other"), join),
        ),
        ("head",),
    )


@pytest.mark.parametrize("engine", ENGINES)
def test_messages_that_cancel_are_messages(engine: Engine) -> None:
    """One branch follows a neuron that rises, the other one that falls: their sum is silent."""
    same = one_to_one(64, Neuron("sigma_delta", "SDNN", 0))
    swapped = replace(same.layers[1], weight=same.layers[1].weight[::-1].copy())
    other = Network((same.layers[0], swapped))
    graph = pair("add", other, one_to_one(1, Neuron("sigma", "SDNN")))
    values = np.array([[5, 3], [4, 4], [3, 5]], np.int32).reshape(3, 2, 1, 1)
    steps = FixedSimulator(graph, spike_exp=0, engine=engine).run(values, record=True)
    assert steps.spikes is not None
    one, other_sent, head = steps.spikes[1:]
    assert (one[1:] == -other_sent[1:]).all()
    assert one[1:].all()
    assert (head[1:] == head[0]).all()
    counted = steps.activity.layers[-1]
    assert counted.spikes_in.tolist() == [4, 4, 4]
    assert counted.synops.tolist() == [4, 4, 4]
    assert counted.synops_all.tolist() == [8, 8, 8]


def fire_together(join: Join, kind: str) -> Graph:
    """Two branches of one neuron that fires when it is fed, and a head that only integrates both."""
    fires = Neuron("cuba", "CUBA", 0, 4096, 4096)
    reads = Neuron("cuba", "CUBA", 1 << 17, 4096, 4096)
    gains = np.array([[10], [1]], np.int32)
    weight = gains if join == "add" else np.kron(gains, np.eye(2, dtype=np.int32))
    layer = Layer("dense", (1,), neuron=fires, weight=np.full((1, 1), 5, np.int32))
    head: tuple[Layer, ...] = (Layer("dense", (len(weight),), neuron=reads, weight=weight),)
    chain = (layer,)
    if kind == "conv":
        chain = (
            Layer("input", (1, 1, 1)),
            Layer("conv", (1, 1, 1), neuron=fires, weight=layer.weight[..., None, None]),
        )
        maps = Layer("conv", (len(weight), 1, 1), neuron=reads, weight=weight[..., None, None])
        head = (Layer("input", (weight.shape[1], 1, 1)), maps)
    one, other = Network(chain), Network(chain)
    nodes = (Node("one", one), Node("other", other), Node("head", Network(head), ("one", "other"), join))
    return Graph(nodes, ("head", "one"))


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("kind", ["conv", "dense"])
@pytest.mark.parametrize(("join", "expected"), [("add", [20, 2]), ("concat", [10, 10, 1, 1])])
def test_binary_spikes_add_up(engine: Engine, kind: str, join: Join, expected: list[int]) -> None:
    """Two neurons fire at once: a weight of 10 is applied twice, and the neuron above sees 20."""
    graph = fire_together(join, kind)
    fed = np.array([1, 0], np.int32).reshape(2, *graph.input_shape)
    steps = FixedSimulator(graph, engine=engine).run(fed)
    assert steps.membrane is not None
    assert (steps.membrane[0].reshape(-1) >> 6).tolist() == expected
    assert not steps.membrane[1].any()
    assert steps.activity.layers[-1].spikes_in.tolist() == [2, 0]
    assert steps.outputs["one"].sent.reshape(-1).tolist() == [1, 0]


def test_a_detector_cut_in_two_is_the_same_detector() -> None:
    network = read_net(SHIPPED)
    graph = two_heads(network)
    rng = np.random.default_rng(0)
    values = rng.integers(-99, 100, network.input_shape) + rng.integers(-9, 9, (3, *network.input_shape))
    whole = FixedSimulator(network).run(values.astype(np.int32), record=True)
    found = FixedSimulator(graph).run(values.astype(np.int32), record=True)
    np.testing.assert_array_equal(found.outputs["boxes"].sent, whole.output)
    np.testing.assert_array_equal(found.output, whole.output)
    assert np.any(found.outputs["embedding"].sent)
    counted = {layer.name.split("/")[0]: layer for layer in found.activity.layers}
    for mine, theirs in zip(found.activity.layers[:7], whole.activity.layers[:7], strict=True):
        assert mine.name.endswith(theirs.name.split()[1])
        for count in whole.activity.COUNTS:
            np.testing.assert_array_equal(getattr(mine, count), getattr(theirs, count))
    # The embedding hears the spikes of both, the trunk's delayed: each message counts once.
    sent = sum(found.activity.layers[at].spikes_out for at in (4, 7))
    np.testing.assert_array_equal(counted["embedding"].spikes_in, sent)


def test_sums_that_wrap_are_named_by_their_node() -> None:
    graph = two_heads(read_net(SHIPPED))
    simulator = FixedSimulator(graph)
    peaks = simulator.take_peaks()
    assert list(peaks) == [stage.name for stage in stages(graph) if stage.layer.kind == "conv"]
    assert peaks["neck/1 conv"] > 0


def test_what_cannot_be_simulated_is_refused_by_its_file() -> None:
    resonator = Neuron("rf", "RF_PHASE", 1)
    layer = Layer("dense", (1,), neuron=resonator, weight=np.ones((1, 2), np.int32))
    trunk = Network(
        (Layer("dense", (2,), neuron=Neuron("cuba", "CUBA", 1), weight=np.eye(2, dtype=np.int32)),)
    )
    graph = Graph((Node("a", trunk), Node("b", Network((layer,), "b.net"), ("a",))), ("b",))
    assert len(chains(graph)) == 2
    with pytest.raises(InputError, match="layer/0/neuron/type: found RF_PHASE"):
        FixedSimulator(graph)
