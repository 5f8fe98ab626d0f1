"""Every count of every backend against loops over messages, weights and neurons."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numba
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from neuromorph_track.backends.fixed import FixedSimulator
from neuromorph_track.backends.fixed.simulator import Engine
from neuromorph_track.backends.lava_cpu import LavaBackend
from neuromorph_track.backends.recorded import count_recorded
from neuromorph_track.netx import AnyNetwork
from tests.backends.count_oracle import assert_counts, tell
from tests.backends.random_graphs import random_graph, random_graph_input
from tests.backends.random_networks import random_input, random_network

STEPS = 6
# A sample; more: NEUROMORPH_TRACK_NETWORKS=300 pytest tests/backends/test_counts_oracle.py
NETWORKS = int(os.environ.get("NEUROMORPH_TRACK_NETWORKS", "12"))
TIMEOUT = 120.0

KINDS = st.sampled_from(["chain", "in time", "graph", "mixed graph"])
SEEDS = st.integers(0, 10**6)
INTERVALS = st.one_of(st.none(), st.integers(1, 5))
CUTS = st.lists(st.integers(1, STEPS - 1), max_size=3, unique=True).map(sorted)


@contextmanager
def on_threads(number: int) -> Iterator[None]:
    if number > numba.config.NUMBA_NUM_THREADS:
        pytest.skip("fewer cores")
    before = numba.get_num_threads()
    numba.set_num_threads(number)
    try:
        yield
    finally:
        numba.set_num_threads(before)


def network_of(kind: str, seed: int, cuba: bool) -> tuple[AnyNetwork, np.ndarray[Any, Any]]:
    """A random network, and what it is fed: something, then the same again, then something else."""
    if kind.endswith("graph"):
        graph = random_graph(seed, cuba, mixed=kind.startswith("mixed"))
        return graph, random_graph_input(graph, STEPS, seed)
    network = random_network(seed, cuba, in_time=kind == "in time")
    values = random_input(network, STEPS, seed, cuba)
    values[2:4] = values[1]
    return network, values


@settings(max_examples=NETWORKS)
@given(KINDS, SEEDS, st.booleans(), INTERVALS, st.integers(0, 4), st.sampled_from([0, 6]), CUTS)
@pytest.mark.parametrize(("engine", "threads"), [("events", 1), ("events", 2), ("dense", 1)])
def test_the_simulator(
    engine: Engine,
    threads: int,
    kind: str,
    seed: int,
    cuba: bool,
    interval: int | None,
    offset: int,
    spike_exp: int,
    cuts: list[int],
) -> None:
    network, values = network_of(kind, seed, cuba)
    told = tell(network, values, spike_exp=spike_exp, interval=interval, offset=offset)
    run = {"spike_exp": spike_exp, "reset_interval": interval, "reset_offset": offset, "engine": engine}
    with on_threads(threads):
        assert_counts(FixedSimulator(network, **run).run(values).activity, told)
        # However it is cut, and the spikes of each part are told from those of the others.
        simulator, at = FixedSimulator(network, **run), 0
        for end in (*cuts, STEPS):
            simulator.run(values[at:end])
            for spikes, layer in zip(simulator.take_spikes_by_neuron(), told, strict=True):
                np.testing.assert_array_equal(spikes, layer.spikes(slice(at, end)))
            at = end


@settings(max_examples=NETWORKS)
@given(KINDS, SEEDS, st.booleans(), INTERVALS, st.sampled_from([1, 2, 3, 6]))
def test_recorded_spikes(kind: str, seed: int, cuba: bool, interval: int | None, frame: int) -> None:
    """A framework in which all layers start together, whose recording is counted in frames."""
    network, values = network_of(kind, seed, cuba)
    told = tell(network, values, interval=interval, pipelined=False)
    sent = [np.stack(layer.sent).astype(np.float32) for layer in told]
    changed = [np.stack(layer.changed) for layer in told]
    assert_counts(count_recorded(network, [values, *sent], changed), told)
    for layer in told:
        layer.counts = list(np.stack(layer.counts).reshape(-1, frame, 6).sum(1))
    found = count_recorded(network, [values, *sent], changed, steps_per_frame=frame)
    assert_counts(found, told)
    assert found.by_neuron is not None
    for first, rest, layer in zip(*found.by_neuron, told, strict=True):
        np.testing.assert_array_equal(first, layer.spikes(slice(0, frame)))
        np.testing.assert_array_equal(rest, layer.spikes(slice(frame, None)))


@pytest.mark.slayer
@pytest.mark.slow
@settings(max_examples=max(1, NETWORKS // 2))
@given(KINDS, SEEDS, st.booleans(), INTERVALS, st.integers(0, 4))
@pytest.mark.parametrize("stock", [False, True])
def test_lava(stock: bool, kind: str, seed: int, cuba: bool, interval: int | None, offset: int) -> None:
    network, values = network_of(kind, seed, cuba)
    told = tell(network, values, interval=interval, offset=offset)
    run = {"reset_interval": interval, "reset_offset": offset}
    with LavaBackend(network, **run, stock=stock, timeout=TIMEOUT) as lava:
        assert_counts(lava.run(values).activity, told)
        for spikes, layer in zip(lava.take_spikes_by_neuron(), told, strict=True):
            np.testing.assert_array_equal(spikes, layer.spikes(slice(0, None)))
