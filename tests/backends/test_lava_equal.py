"""Lava against the fixed-point simulator: every layer, every step, every count."""

from __future__ import annotations

import importlib.metadata
import os
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from neuromorph_track.backends.fixed import FixedSimulator, Steps
from neuromorph_track.backends.lava_cpu import LavaBackend
from neuromorph_track.errors import InputError, JobError
from neuromorph_track.netx import Layer, Network, Neuron, read_net
from neuromorph_track.netx.validate import conv_shape
from tests.backends.random_networks import random_input, random_network

pytestmark = [pytest.mark.slayer, pytest.mark.slow]

TIMEOUT = 120.0
ROOT = Path(__file__).resolve().parents[2]


def assert_equal(found: Steps, expected: Steps) -> None:
    assert found.spikes is not None
    assert expected.spikes is not None
    for layer, lava, fixed in zip(expected.activity.layers, found.spikes, expected.spikes, strict=True):
        np.testing.assert_array_equal(lava, fixed, err_msg=layer.name)
    assert list(found.outputs) == list(expected.outputs)
    for name, output in found.outputs.items():
        np.testing.assert_array_equal(output.sent, expected.outputs[name].sent, err_msg=name)
        assert (output.membrane is None) == (expected.outputs[name].membrane is None)
        if output.membrane is not None:
            np.testing.assert_array_equal(output.membrane, expected.outputs[name].membrane, err_msg=name)
    for lava_layer, fixed_layer in zip(found.activity.layers, expected.activity.layers, strict=True):
        for count in found.activity.COUNTS:
            np.testing.assert_array_equal(
                getattr(lava_layer, count), getattr(fixed_layer, count), err_msg=f"{fixed_layer.name} {count}"
            )
        assert replace(lava_layer, **dict.fromkeys(found.activity.COUNTS)) == replace(
            fixed_layer, **dict.fromkeys(found.activity.COUNTS)
        )


RESETS = st.one_of(st.none(), st.integers(1, 9))


# A sample; all of them: NEUROMORPH_TRACK_NETWORKS=300 pytest tests/backends/test_lava_equal.py -k random
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
def test_random_networks(
    seed: int, cuba: bool, in_time: bool, stock: bool, spike_exp: int, interval: int | None, offset: int
) -> None:
    network = random_network(seed, cuba, in_time)
    chunks = [random_input(network, 7, seed + part, cuba) for part in (1, 2)]
    run = {"spike_exp": spike_exp, "reset_interval": interval, "reset_offset": offset}
    fixed = FixedSimulator(network, **run)
    with LavaBackend(network, **run, stock=stock, timeout=TIMEOUT) as lava:
        assert_equal(lava.run(chunks[0], record=True), fixed.run(chunks[0], record=True))
        if not (stock and cuba):
            assert_equal(lava.run(chunks[1], record=True), fixed.run(chunks[1], record=True))
        for found, expected in zip(lava.take_spikes_by_neuron(), fixed.take_spikes_by_neuron(), strict=True):
            np.testing.assert_array_equal(found, expected)
        assert not any(part.any() for part in lava.take_spikes_by_neuron())


@pytest.mark.parametrize("stock", [False, True])
def test_delays_resets_and_a_head_s_membrane(stock: bool) -> None:
    rng = np.random.default_rng(0)
    leaky = Neuron("cuba", "CUBA", 300, 512, 100)
    layers = (
        Layer("input", (6,), neuron=Neuron("cuba", "CUBA", 80, 0, 128)),
        Layer(
            "dense",
            (5,),
            neuron=leaky,
            weight=rng.integers(-60, 90, (5, 6)).astype(np.int32),
            bias=rng.integers(-9, 9, 5).astype(np.int32),
            delay=rng.integers(0, 4, (5, 6)).astype(np.int32),
        ),
        Layer(
            "dense_rec",
            (4,),
            neuron=leaky,
            weight=rng.integers(-60, 90, (4, 5)).astype(np.int32),
            weight_rec=rng.integers(-60, 60, (4, 4)).astype(np.int32),
        ),
        Layer(
            "dense", (3,), neuron=replace(leaky, threshold=1 << 17), weight=np.eye(3, 4, dtype=np.int32) * 100
        ),
    )
    network = Network(layers)
    values = rng.integers(0, 90, (40, 6)).astype(np.int32)
    fixed = FixedSimulator(network, reset_interval=16, reset_offset=3).run(values, record=True)
    with LavaBackend(network, reset_interval=16, reset_offset=3, stock=stock, timeout=TIMEOUT) as lava:
        found = lava.run(values, record=True)
    assert_equal(found, fixed)
    assert all(np.any(sent) for sent in found.spikes[:3])
    # The head never fires: its membrane is what it was driven by.
    assert not found.output.any()
    assert found.membrane is not None
    np.testing.assert_array_equal(found.membrane, membrane(fixed.spikes[2], layers[3], 16, 3 + 1))


def membrane(spikes: np.ndarray, layer: Layer, interval: int, offset: int) -> np.ndarray:
    """``v`` of a layer that does not fire; its pipeline has nothing to integrate before the first step."""
    u, v, potentials = np.zeros(3, np.int64), np.zeros(3, np.int64), []
    keep_u, keep_v = 4096 - layer.neuron.current_decay, 4096 - layer.neuron.voltage_decay
    for step, sent in enumerate(spikes, 1):
        if step % interval == offset % interval:
            u, v = np.zeros_like(u), np.zeros_like(v)
        u = np.trunc(u * keep_u / 4096).astype(np.int64) + (layer.weight @ sent << 6)
        v = np.trunc(v * keep_v / 4096).astype(np.int64) + u
        potentials.append(v)
    return np.stack(potentials)


@pytest.mark.parametrize("stock", [False, True])
def test_reset_starts_anew(stock: bool) -> None:
    network = random_network(3, cuba=True)
    values = random_input(network, 5, 0, cuba=True)
    with LavaBackend(network, stock=stock, timeout=TIMEOUT) as lava:
        first = lava.run(values, record=True)
        lava.reset()
        assert_equal(lava.run(values, record=True), first)


def test_long_runs_are_cut_into_requests(monkeypatch: pytest.MonkeyPatch) -> None:
    network = random_network(5, cuba=True)
    values = random_input(network, 30, 0, cuba=True)
    step = 4 * sum(layer.neurons for layer in network.layers if layer.neuron)
    monkeypatch.setattr("neuromorph_track.backends.lava_cpu.REQUEST_BYTES", 7 * step)
    counted: list[int] = []
    with LavaBackend(network, timeout=TIMEOUT, progress=counted.append) as lava:
        found = lava.run(values, record=True)
    assert_equal(found, FixedSimulator(network).run(values, record=True))
    assert counted == sorted(counted)


CHECKPOINTS = [
    ("tiny.net", 20, 17),
    ("mnist_tut.net", 12, None),
    ("oxford.net", 60, None),
    ("pilotnet_sdnn_tut.net", 3, None),
]


@pytest.mark.parametrize("stock", [False, True])
@pytest.mark.parametrize(("name", "steps", "reset_interval"), CHECKPOINTS)
def test_networks_of_lava_dl(
    shared_data: Path, name: str, steps: int, reset_interval: int | None, stock: bool
) -> None:
    network = read_net(shared_data / "checkpoints" / name)
    values = drive(network, steps)
    if name == "oxford.net":
        # Random spikes leave it silent; the recording holds (neuron, 0, time in ms) of each spike.
        recorded = np.load(shared_data / "checkpoints" / "oxford_gts" / "input.npy")
        values = spikes_of(recorded, steps, network.layers[0].weight.shape[1])
    settings_ = {"reset_interval": reset_interval}
    fixed = FixedSimulator(network, **settings_).run(values, record=True)
    with LavaBackend(network, **settings_, stock=stock, timeout=TIMEOUT) as lava:
        assert_equal(lava.run(values, record=True), fixed)
    assert np.any(fixed.spikes[-1]), "a silent network proves nothing"


@pytest.mark.parametrize("stock", [False, True])
def test_pilotnet_lif(stock: bool) -> None:
    folder = importlib.metadata.distribution("lava-dl").locate_file("tests/lava/lib/dl/netx/gts/pilotnet_lif")
    network = read_net(f"{folder}/network.net")
    image = np.load(f"{folder}/image.npy").astype(np.int32).transpose(2, 1, 0)
    values = np.repeat(image[None], 4, 0)
    fixed = FixedSimulator(network, reset_interval=16).run(values, record=True)
    with LavaBackend(network, reset_interval=16, stock=stock, timeout=TIMEOUT) as lava:
        assert_equal(lava.run(values, record=True), fixed)


# Lava's own convolution needs a minute for any crop of yolo-kp: `verify yolo-kp` compares that one.
@pytest.mark.parametrize(
    ("name", "stock"),
    [
        ("netx_exports/scenes-nano.net", False),
        ("netx_exports/scenes-nano.net", True),
        ("yolo_kp_coco80.net", False),
    ],
)
def test_a_crop_of_the_detectors(shared_data: Path, name: str, stock: bool) -> None:
    folder = shared_data / "checkpoints" if name.startswith("yolo") else ROOT
    network = cropped(read_net(folder / name), 64, 64)
    rng = np.random.default_rng(0)
    values = np.repeat(rng.integers(-120, 121, (1, 3, 64, 64)), 3, 0).astype(np.int32)
    values[1:, :, 9:25, 9:25] += rng.integers(-60, 61, (2, 3, 16, 16)).astype(np.int32)
    fixed = FixedSimulator(network, spike_exp=4).run(values, record=True)
    with LavaBackend(network, spike_exp=4, stock=stock, timeout=TIMEOUT) as lava:
        assert_equal(lava.run(values, record=True), fixed)


def spikes_of(recorded: np.ndarray, steps: int, neurons: int) -> np.ndarray:
    values = np.zeros((steps, neurons), np.int32)
    early = recorded[recorded[:, 2] < steps]
    values[early[:, 2].astype(int), early[:, 0].astype(int)] = 1
    return values


def cropped(network: Network, height: int, width: int) -> Network:
    """The same layers for a smaller picture."""
    layers = [replace(network.layers[0], shape=(3, height, width))]
    for layer in network.layers[1:]:
        layers.append(replace(layer, shape=conv_shape(layer, *layers[-1].shape[1:])))
    return Network(tuple(layers))


def drive(network: Network, steps: int) -> np.ndarray:
    """Values that a network's first layer answers to."""
    rng = np.random.default_rng(1)
    shape = (steps, *network.input_shape)
    first = network.layers[0].neuron
    if first is None:
        return (rng.random(shape) < 0.3).astype(np.int32)
    if first.kind == "cuba":
        return np.repeat(rng.integers(0, 2 * first.threshold, (1, *shape[1:])), steps, 0).astype(np.int32)
    return (rng.integers(-120, 121, shape[1:]) + rng.integers(-9, 10, shape)).astype(np.int32)


def test_stock_lava_cannot_go_on_with_leaky_neurons() -> None:
    network = random_network(0, cuba=True)
    values = random_input(network, 2, 0, cuba=True)
    with LavaBackend(network, stock=True, timeout=TIMEOUT) as lava:
        lava.run(values)
        with pytest.raises(JobError, match="moved on while the pipeline ran empty"):
            lava.run(values)


def test_wrong_input_shape_is_named() -> None:
    lava = LavaBackend(random_network(1, cuba=False), timeout=TIMEOUT)
    with lava:
        for shape in ((1, 99), (0, *lava.network.input_shape)):
            with pytest.raises(InputError, match="input: found shape"):
                lava.run(np.zeros(shape, np.int32))
