"""Our Lava process of integer LIF neurons against the fixed-point simulator: layers, steps, counts."""

from __future__ import annotations

import os

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from neuromorph_track.backends.fixed import FixedSimulator
from neuromorph_track.backends.lava_cpu import LavaBackend
from neuromorph_track.errors import JobError
from tests.backends.integer_networks import integer_graph, integer_input, integer_network
from tests.backends.test_lava_equal import TIMEOUT, assert_equal

pytestmark = [pytest.mark.slayer, pytest.mark.slow]

STEPS = 6


# A sample; more: NEUROMORPH_TRACK_NETWORKS=100 pytest tests/backends/test_lava_integer_lif.py
@settings(max_examples=int(os.environ.get("NEUROMORPH_TRACK_NETWORKS", "3")))
@given(st.integers(0, 10**6), st.one_of(st.none(), st.integers(1, 5)), st.integers(0, 3))
@pytest.mark.parametrize("kind", ["chain", "in time", "graph"])
@pytest.mark.parametrize("stock", [False, True])
def test_random_networks(stock: bool, kind: str, seed: int, interval: int | None, offset: int) -> None:
    network = integer_graph(seed) if kind == "graph" else integer_network(seed, kind == "in time")
    values = integer_input(network, STEPS, seed + 1)
    run = {"reset_interval": interval, "reset_offset": offset}
    fixed = FixedSimulator(network, **run).run(values, record=True)
    with LavaBackend(network, **run, stock=stock, timeout=TIMEOUT) as lava:
        assert_equal(lava.run(values, record=True), fixed)


def test_threads_go_on_and_stock_lava_does_not() -> None:
    network = integer_network(0)
    values = integer_input(network, STEPS, 1)
    fixed = FixedSimulator(network)
    expected = [fixed.run(part, record=True) for part in np.split(values, 2)]
    assert any(np.any(sent) for sent in expected[1].spikes or ()), "a silent network proves nothing"
    with LavaBackend(network, timeout=TIMEOUT) as lava:
        for part, answer in zip(np.split(values, 2), expected, strict=True):
            assert_equal(lava.run(part, record=True), answer)
    with LavaBackend(network, stock=True, timeout=TIMEOUT) as lava:
        lava.run(values)
        with pytest.raises(JobError, match="moved on while the pipeline ran empty"):
            lava.run(values)
