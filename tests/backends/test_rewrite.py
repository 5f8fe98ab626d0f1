"""Weights that are written while a network runs: as if the network had been made with them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from neuromorph_track.backends.activity import Activity
from neuromorph_track.backends.fixed import FixedSimulator, Steps
from neuromorph_track.backends.fixed.simulator import Engine
from neuromorph_track.backends.lava_cpu import LavaBackend
from neuromorph_track.backends.loihi2 import Loihi2Backend
from neuromorph_track.errors import InputError
from neuromorph_track.netx import Layer, Network, Neuron
from neuromorph_track.netx.memory import with_weights
from tests.backends.count_oracle import assert_counts, tell
from tests.backends.random_networks import random_network
from tests.backends.search_chains import ASKED, ASKED_AGAIN, crops, retrieval_weight, search_chain
from tests.backends.test_lava_equal import TIMEOUT, assert_equal

ENGINES: tuple[Engine, ...] = ("events", "dense")
TARGETS = (11, 12, 13)
STEPS = 3


def target(seed: int) -> dict[str, np.ndarray]:
    return {ASKED: retrieval_weight(seed), ASKED_AGAIN: retrieval_weight(seed + 100)}


def write(backend: FixedSimulator | LavaBackend, weights: dict[str, np.ndarray]) -> None:
    for name, weight in weights.items():
        backend.rewrite(name, weight)


def assert_same(found: Steps, expected: Steps) -> None:
    """Spikes, membranes, counts and what is said of the layers."""
    assert any(np.any(sent) for sent in (expected.spikes or ())[3:]), "a silent network proves nothing"
    assert_equal(found, expected)


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize(("interval", "leaks"), [(1, False), (2, True), (None, True)])
def test_spikes_and_counts_are_those_of_the_loops(engine: Engine, interval: int | None, leaks: bool) -> None:
    """Three targets while the network runs, against loops over messages and weights."""
    chain = search_chain(4, leaks)
    values = np.concatenate([crops(STEPS, each) for each in (0, *TARGETS)])
    writes = {STEPS * (at + 1): target(each) for at, each in enumerate(TARGETS)}
    told = tell(chain, values, interval=interval, writes=writes)
    simulator = FixedSimulator(chain, engine=engine, reset_interval=interval)
    for start in range(0, len(values), STEPS):
        write(simulator, writes.get(start, {}))
        found = simulator.run(values[start : start + STEPS], record=True)
        assert found.spikes is not None
        for layer, sent, counted in zip(told, found.spikes, found.activity.layers, strict=True):
            part = slice(start, start + STEPS)
            np.testing.assert_array_equal(sent, np.stack(layer.sent[part]), err_msg=counted.name)
            table = np.stack([getattr(counted, count) for count in Activity.COUNTS], 1)
            np.testing.assert_array_equal(table, np.stack(layer.counts[part]), err_msg=counted.name)
    weights = {layer.name: layer.nonzero_weights for layer in found.activity.layers}
    assert weights[ASKED] == np.count_nonzero(target(TARGETS[-1])[ASKED])


@pytest.mark.parametrize("engine", ENGINES)
def test_without_memory_it_is_the_network_made_anew(engine: Engine) -> None:
    chain = search_chain(0)
    simulator = FixedSimulator(chain, engine=engine)
    simulator.run(crops(STEPS, 0))
    for each in TARGETS:
        write(simulator, target(each))
        found = simulator.run(crops(STEPS, each), record=True)
        anew = FixedSimulator(with_weights(chain, target(each)), engine=engine)
        expected = anew.run(crops(STEPS, each), record=True)
        for name, one, other in zip("0123456", found.spikes or (), expected.spikes or (), strict=True):
            np.testing.assert_array_equal(one, other, err_msg=name)
        np.testing.assert_array_equal(found.membrane, expected.membrane)


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("leaks", [False, True])
def test_before_the_first_step_the_pipeline_is_filled_with_them(engine: Engine, leaks: bool) -> None:
    chain, values = search_chain(3, leaks), crops(STEPS, 0)
    anew = with_weights(chain, target(11))
    simulator = FixedSimulator(chain, engine=engine)
    write(simulator, target(11))
    found = simulator.run(values, record=True)
    assert_same(found, FixedSimulator(anew, engine=engine).run(values, record=True))
    assert_counts(found.activity, tell(anew, values))
    # A reset keeps them.
    simulator.reset()
    assert_same(simulator.run(values, record=True), found)


@pytest.mark.parametrize("seed", range(3))
def test_both_engines_keep_the_state(seed: int) -> None:
    """Neurons that leak remember the target before."""
    chain = search_chain(seed, leaks=True)
    first, second = (FixedSimulator(chain, engine=engine) for engine in ENGINES)
    for each in TARGETS:
        for simulator in (first, second):
            write(simulator, target(each))
        values = crops(STEPS, each)
        assert_same(second.run(values, record=True), first.run(values, record=True))
        for one, other in zip(first.take_spikes_by_neuron(), second.take_spikes_by_neuron(), strict=True):
            np.testing.assert_array_equal(one, other)


@pytest.mark.parametrize("engine", ENGINES)
def test_the_largest_sum_is_not_forgotten(engine: Engine) -> None:
    chain = search_chain(0)
    weight = chain.layers[2].weight
    assert weight is not None
    simulator = FixedSimulator(chain, engine=engine)
    write(simulator, {ASKED: np.full_like(weight, 254)})
    simulator.run(crops(STEPS, 0))
    write(simulator, {ASKED: np.zeros_like(weight)})
    peak = simulator.take_peaks()[ASKED]
    assert peak > 0
    simulator.run(crops(STEPS, 0))
    assert simulator.take_peaks()[ASKED] == 0


def test_what_was_given_may_change_afterwards() -> None:
    chain, weight = search_chain(0), retrieval_weight(11)
    simulator = FixedSimulator(chain)
    simulator.rewrite(ASKED, weight)
    weight[:] = 0
    expected = FixedSimulator(with_weights(chain, {ASKED: retrieval_weight(11)}))
    assert_same(simulator.run(crops(2, 0), record=True), expected.run(crops(2, 0), record=True))
    assert simulator.network is chain


WRONG = [
    ("3", retrieval_weight(0), "layer: found '3', expected a convolution: 1 conv, 2 conv"),
    ("0 input", retrieval_weight(0), "layer: found '0 input'"),
    (ASKED, retrieval_weight(0)[:-1], r"2 conv/weight: found int32 of shape \(13, 3, 1, 1\)"),
    (ASKED, retrieval_weight(0).astype(np.float32), "2 conv/weight: found float32"),
    (ASKED, retrieval_weight(0) + 300, "2 conv/weight: found 300 to .*, expected 8-bit weights, -256 to 255"),
]


@pytest.mark.parametrize(("stage", "weight", "words"), WRONG)
def test_what_is_refused(stage: str, weight: np.ndarray, words: str) -> None:
    simulator = FixedSimulator(search_chain(0))
    with pytest.raises(InputError, match=words):
        simulator.rewrite(stage, weight)


def test_dense_layers_are_not_written() -> None:
    network = random_network(0, cuba=True)
    name = f"{len(network.layers) - 1} dense"
    with pytest.raises(InputError, match=f"layer: found '{name}'"):
        FixedSimulator(network).rewrite(name, np.zeros((3, 3), np.int32))


def test_loihi_2_is_honest(monkeypatch: pytest.MonkeyPatch) -> None:
    layers = (
        Layer("input", (1, 3, 3), neuron=Neuron("delta", "SDNN", 1)),
        Layer("conv", (1, 3, 3), neuron=Neuron("sigma", "SDNN"), weight=np.ones((1, 1, 1, 1), np.int32)),
    )
    monkeypatch.setattr(Loihi2Backend, "__init__", lambda self, network: setattr(self, "network", network))
    with pytest.raises(InputError, match="1 conv/weight: found new weights on Loihi 2"):
        Loihi2Backend(Network(layers)).rewrite("1 conv", np.ones((1, 1, 1, 1), np.int32))


@pytest.mark.slow
@pytest.mark.slayer
@pytest.mark.parametrize("first", [True, False])
@pytest.mark.parametrize(("stock", "leaks"), [(False, False), (False, True), (True, False)])
def test_lava(stock: bool, leaks: bool, first: bool) -> None:
    """Three targets, one after the other; the first before or after the first step."""
    chain = search_chain(5, leaks)
    run = {"reset_interval": None if leaks else 1}
    fixed = FixedSimulator(chain, **run)
    with LavaBackend(chain, **run, stock=stock, timeout=TIMEOUT) as lava:
        if not first:
            assert_equal(lava.run(crops(2, 0), record=True), fixed.run(crops(2, 0), record=True))
        for each in TARGETS:
            for backend in (fixed, lava):
                write(backend, target(each))
            values = crops(STEPS, each)
            assert_same(lava.run(values, record=True), fixed.run(values, record=True))
        for found, expected in zip(lava.take_spikes_by_neuron(), fixed.take_spikes_by_neuron(), strict=True):
            np.testing.assert_array_equal(found, expected)


@pytest.mark.slow
@pytest.mark.slayer
@pytest.mark.parametrize("stock", [False, True])
def test_kernels_of_any_geometry_in_lava(stock: bool) -> None:
    """Sigma-delta neurons, whose sums remember the kernels before."""
    network = random_network(4, cuba=False)
    name = next(network.name(at) for at, layer in enumerate(network.layers) if layer.kind == "conv")
    old = next(layer.weight for layer in network.layers if layer.kind == "conv")
    rng = np.random.default_rng(0)
    values = rng.integers(-120, 121, (6, *network.input_shape)).astype(np.int32)
    fixed = FixedSimulator(network)
    with LavaBackend(network, stock=stock, timeout=TIMEOUT) as lava:
        for part in np.split(values, 2):
            assert_equal(lava.run(part, record=True), fixed.run(part, record=True))
            new = rng.integers(-100, 101, old.shape).astype(np.int32)
            for backend in (lava, fixed):
                backend.rewrite(name, new)
        lava.reset()
        fixed.reset()
        anew = FixedSimulator(with_weights(network, {name: new})).run(values, record=True)
        assert_equal(fixed.run(values, record=True), anew)
        assert_equal(lava.run(values, record=True), anew)


@pytest.mark.slow
@pytest.mark.slayer
def test_stock_lava_goes_on_only_without_memory() -> None:
    chain = search_chain(5)
    forgets = [replace(layer, neuron=replace(layer.neuron, voltage_decay=4096)) for layer in chain.layers]
    with LavaBackend(Network(tuple(forgets)), stock=True, timeout=TIMEOUT) as lava:
        fixed = FixedSimulator(Network(tuple(forgets)))
        for each in range(2):
            assert_equal(lava.run(crops(2, each), record=True), fixed.run(crops(2, each), record=True))
