"""Branching networks in Lava against the fixed-point simulator: every layer, step, output and count."""

from __future__ import annotations

import os

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from neuromorph_track.backends.fixed import FixedSimulator
from neuromorph_track.backends.lava_cpu import LavaBackend
from neuromorph_track.backends.loihi2 import Loihi2Backend
from neuromorph_track.errors import InputError
from neuromorph_track.netx import Graph, Network, Node, read_net, stages
from neuromorph_track.netx.branching import Join
from tests.backends.random_graphs import random_graph, random_graph_input
from tests.backends.random_networks import random_network
from tests.backends.test_fixed_graphs import fire_together
from tests.backends.test_lava_equal import RESETS, TIMEOUT, assert_equal, cropped
from tests.backends.two_heads import SHIPPED, two_heads

pytestmark = [pytest.mark.slayer, pytest.mark.slow]


# A sample; more: NEUROMORPH_TRACK_NETWORKS=100 pytest tests/backends/test_lava_graphs.py -k random
@settings(max_examples=int(os.environ.get("NEUROMORPH_TRACK_NETWORKS", "8")))
@given(
    st.integers(0, 10**6),
    st.booleans(),
    st.booleans(),
    st.booleans(),
    st.sampled_from([0, 4, 6]),
    RESETS,
    st.integers(0, 8),
)
def test_random_graphs(
    seed: int, cuba: bool, mixed: bool, stock: bool, spike_exp: int, interval: int | None, offset: int
) -> None:
    graph = random_graph(seed, cuba, mixed)
    chunks = [random_graph_input(graph, 6, seed + part) for part in (1, 2)]
    run = {"spike_exp": spike_exp, "reset_interval": interval, "reset_offset": offset}
    fixed = FixedSimulator(graph, **run)
    leaks = any(stage.layer.neuron.kind == "cuba" for stage in stages(graph))
    with LavaBackend(graph, **run, stock=stock, timeout=TIMEOUT) as lava:
        assert_equal(lava.run(chunks[0], record=True), fixed.run(chunks[0], record=True))
        if not (stock and leaks):
            assert_equal(lava.run(chunks[1], record=True), fixed.run(chunks[1], record=True))


@pytest.mark.parametrize("stock", [False, True])
@pytest.mark.parametrize("join", ["concat", "add"])
def test_two_heads(stock: bool, join: str) -> None:
    """The shipped detector's trunk and boxes, and an embedding that hears branches of different depth."""
    graph = two_heads(cropped(read_net(SHIPPED), 32, 32))
    if join == "add":
        graph = skipping(graph)
    rng = np.random.default_rng(0)
    values = np.repeat(rng.integers(-120, 121, (1, 3, 32, 32)), 4, 0).astype(np.int32)
    values[1:, :, 9:25, 9:25] += rng.integers(-60, 61, (3, 3, 16, 16)).astype(np.int32)
    fixed = FixedSimulator(graph, spike_exp=4)
    expected = [fixed.run(chunk, record=True) for chunk in (values[:2], values[2:])]
    with LavaBackend(graph, spike_exp=4, stock=stock, timeout=TIMEOUT) as lava:
        for chunk, answer in zip((values[:2], values[2:]), expected, strict=True):
            assert_equal(lava.run(chunk, record=True), answer)
    assert expected[0].spikes is not None
    assert all(np.any(sent) for sent in expected[0].spikes), "a silent network proves nothing"


def skipping(graph: Graph) -> Graph:
    """The first layer of the neck, skipped by addition before its second."""
    neck = graph.node("neck").network.layers
    first, rest = Network(neck[:2]), Network((neck[0], *neck[2:]))
    nodes = [node for node in graph.nodes if node.name != "neck"]
    nodes += [Node("residue", first, ("trunk",)), Node("neck", rest, ("trunk", "residue"), "add")]
    return Graph(tuple(nodes), graph.outputs)


@pytest.mark.parametrize("stock", [False, True])
@pytest.mark.parametrize("kind", ["conv", "dense"])
@pytest.mark.parametrize("join", ["concat", "add"])
def test_binary_spikes_add_up(stock: bool, kind: str, join: Join) -> None:
    graph = fire_together(join, kind)
    fed = np.array([1, 0, 1], np.int32).reshape(3, *graph.input_shape)
    with LavaBackend(graph, stock=stock, timeout=TIMEOUT) as lava:
        assert_equal(lava.run(fed, record=True), FixedSimulator(graph).run(fed, record=True))


@pytest.mark.parametrize("stock", [False, True])
def test_reset_starts_anew(stock: bool) -> None:
    graph = random_graph(7, cuba=True)
    values = random_graph_input(graph, 5, 0)
    with LavaBackend(graph, stock=stock, timeout=TIMEOUT) as lava:
        first = lava.run(values, record=True)
        lava.reset()
        assert_equal(lava.run(values, record=True), first)


def test_long_runs_are_cut_into_requests(monkeypatch: pytest.MonkeyPatch) -> None:
    graph = random_graph(4, cuba=True, mixed=True)
    values = random_graph_input(graph, 20, 0)
    step = 4 * sum(stage.layer.neurons for stage in stages(graph))
    monkeypatch.setattr("neuromorph_track.backends.lava_cpu.REQUEST_BYTES", 7 * step)
    with LavaBackend(graph, timeout=TIMEOUT) as lava:
        found = lava.run(values, record=True)
    assert_equal(found, FixedSimulator(graph).run(values, record=True))


def test_a_chain_is_the_same_as_a_graph_of_one_node() -> None:
    network = random_network(2, cuba=False)
    graph = Graph((Node("only", network),), ("only",))
    values = random_graph_input(graph, 6, 0)
    chain = FixedSimulator(network).run(values, record=True)
    with LavaBackend(graph, timeout=TIMEOUT) as lava:
        found = lava.run(values, record=True)
    assert found.spikes is not None
    assert chain.spikes is not None
    for mine, theirs in zip(found.spikes, chain.spikes, strict=True):
        np.testing.assert_array_equal(mine, theirs)


def test_loihi_takes_chains_only() -> None:
    with pytest.raises(InputError, match="node: found a branching network, expected a chain of layers"):
        Loihi2Backend(two_heads(read_net(SHIPPED)))
