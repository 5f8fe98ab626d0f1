"""Out and in again gives the same integers; and what goes out computes the same spikes elsewhere."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import nir
import numpy as np
import pytest

from neuromorph_track.backends.fixed import FixedSimulator
from neuromorph_track.errors import InputError
from neuromorph_track.netx import Head, InputSpec, Layer, Network, Neuron, RunContract, read_net, write_net
from neuromorph_track.netx.graph import LARGEST_THRESHOLD
from neuromorph_track.netx.nir import read_nir, write_nir
from tests.backends.random_networks import random_input, random_network
from tests.netx.nir import reference
from tests.netx.nir.graphs import DT

LIF = Neuron("cuba", "CUBA", 40, 4096, 512)
SILENT = Neuron("cuba", "CUBA", LARGEST_THRESHOLD, 4096, 1024)
DELTA = Neuron("delta", "SDNN", 1, extra={"activation": "relu"})
RNG = np.random.default_rng(0)


def integers(*shape: int, low: int = -90, high: int = 90) -> np.ndarray:
    values = RNG.integers(low, high, shape).astype(np.int32)
    values.ravel()[:2] = (89, -61)
    return values


def assert_same(written: Network, read: Network) -> None:
    assert len(written.layers) == len(read.layers)
    for a, b in zip(written.layers, read.layers, strict=True):
        for name in ("kind", "shape", "stride", "padding", "dilation", "groups"):
            assert getattr(a, name) == getattr(b, name)
        for name in ("weight", "weight_rec", "spread_bias", "delay"):
            wanted, got = getattr(a, name), getattr(b, name)
            if wanted is None or not np.any(wanted):
                assert got is None or not np.any(got)
            else:
                np.testing.assert_array_equal(wanted, got)
        if a.neuron is None:
            assert b.neuron is None
            continue
        assert b.neuron is not None
        # The decay of a current that nothing drives is no matter: an input is fed through its bias.
        if a.kind != "input":
            assert a.neuron.current_decay == b.neuron.current_decay
        assert (a.neuron.kind, a.neuron.threshold) == (b.neuron.kind, b.neuron.threshold)
        assert a.neuron.voltage_decay == b.neuron.voltage_decay


def cases() -> dict[str, Network]:
    """One network for each thing that a graph has to say."""
    dense = Layer("dense", (5,), neuron=LIF, weight=integers(5, 6), bias=integers(5))
    conv = Layer("conv", (4, 5, 5), neuron=LIF, weight=integers(4, 3, 3, 3), padding=(1, 1), bias=integers(4))
    flat, image = Layer("input", (6,)), Layer("input", (3, 5, 5))
    cuba = Neuron("cuba", "CUBA", 700, 300, 12)
    return {
        "recurrent": Network((flat, replace(dense, kind="dense_rec", weight_rec=integers(5, 5)))),
        "recurrent with a current": Network(
            (flat, replace(dense, kind="dense_rec", weight_rec=integers(5, 5), neuron=cuba))
        ),
        "delays of outputs": Network((flat, replace(dense, delay=np.arange(5, dtype=np.int32)))),
        "delays of inputs": Network((flat, replace(dense, delay=np.arange(6, dtype=np.int32)))),
        "no leak": Network((flat, replace(dense, neuron=replace(LIF, voltage_decay=0)))),
        "no leak, current": Network((flat, replace(dense, neuron=replace(cuba, voltage_decay=0)))),
        "neither decays": Network((flat, replace(dense, neuron=Neuron("cuba", "CUBA", 99, 0, 0)))),
        "no memory": Network((flat, replace(dense, neuron=Neuron("cuba", "CUBA", 7, 4096, 4096)))),
        "threshold 0": Network((flat, replace(dense, neuron=Neuron("cuba", "CUBA", 0, 4096, 77)))),
        "largest numbers": Network(
            (
                flat,
                replace(
                    dense,
                    weight=np.array([[-256, 254, 2, 0, 0, 4]] * 5, np.int32),
                    bias=np.full(5, -(1 << 16), np.int32),
                    neuron=Neuron("cuba", "CUBA", LARGEST_THRESHOLD - 1, 1, 1),
                ),
            )
        ),
        "head": Network((flat, replace(dense, neuron=SILENT))),
        "head with a current": Network((flat, replace(dense, neuron=replace(SILENT, current_decay=99)))),
        "head without a leak": Network((flat, replace(dense, neuron=replace(SILENT, voltage_decay=0)))),
        "biases as the input": Network((replace(image, neuron=Neuron("cuba", "CUBA", 64, 4096, 200)), conv)),
        "values as the input": Network(
            (replace(image, neuron=DELTA), replace(conv, neuron=replace(LIF, current_decay=0)))
        ),
        "groups, dilation, flatten": Network(
            (
                Layer("input", (4, 6, 7)),
                Layer(
                    "conv",
                    (6, 2, 3),
                    neuron=cuba,
                    weight=integers(6, 2, 3, 2),
                    bias=integers(6),
                    stride=(2, 2),
                    padding=(1, 0),
                    dilation=(2, 1),
                    groups=2,
                ),
                Layer("flatten", (36,)),
                Layer("dense", (3,), neuron=LIF, weight=integers(3, 36)),
            )
        ),
    }


@pytest.mark.parametrize("name", cases())
def test_out_and_in_again(tmp_path: Path, name: str) -> None:
    network, path = cases()[name], tmp_path / "x.nir"
    write_nir(network, path)
    back = read_nir(path)
    assert_same(network, back.network)
    assert all(layer.rounding.exact for layer in back.report.layers)
    # Two of them have decays so slow, and weights so large, that their currents can indeed wrap.
    wraps = name in ("neither decays", "largest numbers")
    assert ["wrap" in warning for warning in back.report.warnings] == [True] * wraps
    nir.read(str(path), type_check=False)


def that_nir_has(network: Network) -> Network:
    """The network with neurons that leak where they have a bias each: all at once, which rounds nothing."""
    layers = []
    for layer in network.layers:
        own = layer.bias is not None and layer.bias.ndim == 3
        if own and layer.neuron is not None and layer.neuron.voltage_decay == 0:
            layer = replace(layer, neuron=replace(layer.neuron, voltage_decay=4096))
        layers.append(layer)
    return replace(network, layers=tuple(layers))


def test_a_bias_per_neuron_needs_a_leak(tmp_path: Path) -> None:
    bias = np.arange(4 * 5 * 5, dtype=np.int32).reshape(4, 5, 5)
    integrates = Neuron("cuba", "CUBA", 40, 4096, 0)
    conv = Layer("conv", (4, 5, 5), neuron=integrates, weight=integers(4, 3, 1, 1), bias=bias)
    network = Network((Layer("input", (3, 5, 5)), conv))
    with pytest.raises(InputError, match="layer/1: found a bias per neuron, and neurons that do not leak"):
        write_nir(network, tmp_path / "x.nir")


@pytest.mark.parametrize("seed", range(30))
def test_random_networks_out_and_in_again(tmp_path: Path, seed: int) -> None:
    network, path = that_nir_has(random_network(seed, cuba=True)), tmp_path / "x.nir"
    write_nir(network, path)
    assert_same(network, read_nir(path).network)


@pytest.mark.parametrize("seed", range(20))
def test_the_graph_sends_the_same_spikes(tmp_path: Path, seed: int) -> None:
    network, path = that_nir_has(random_network(seed, cuba=True)), tmp_path / "x.nir"
    write_nir(network, path)
    inputs = random_input(network, 12, seed, cuba=True)
    graph = nir.read(str(path), type_check=False)
    expected = reference.run(graph, inputs, DT)
    ran = FixedSimulator(network, pipelined=False).run(inputs, record=True)
    assert ran.spikes is not None
    names = sorted(name for name in graph.nodes if name.endswith("_neuron"))
    for name, spikes in zip(names, ran.spikes, strict=True):
        np.testing.assert_array_equal(spikes.reshape(12, -1), expected[name].reshape(12, -1))


def test_a_head_in_the_units_of_its_contract(tmp_path: Path) -> None:
    path = tmp_path / "x.nir"
    head = Layer("conv", (6, 4, 4), neuron=SILENT, weight=integers(6, 3, 1, 1), bias=integers(6))
    contract = RunContract(
        name="x",
        input=InputSpec(height=4, width=4, fraction_bits=3, step=1, low=0, high=8),
        encoder="bias",
        head=Head(anchors=((1.0, 1.0),), scale=0.003),
        classes=("a",),
    )
    fed = Layer("input", (3, 4, 4), neuron=Neuron("cuba", "CUBA", 16, 4096, 0))
    network = Network((fed, head), contract=contract)
    write_nir(network, path)
    back = read_nir(path)
    assert back.network.contract == contract
    assert back.report.membrane_scale == pytest.approx(0.003)
    inputs = RNG.integers(0, 9, (8, 3, 4, 4)).astype(np.int32)
    expected = reference.run(nir.read(str(path), type_check=False), inputs, DT)["1_neuron"]
    ran = FixedSimulator(network, pipelined=False).run(inputs)
    assert ran.membrane is not None
    np.testing.assert_allclose(ran.membrane * 0.003, expected, atol=4 * 0.003)
    # All of it survives the way through a .net.
    write_net(back.network, tmp_path / "x.net")
    assert_same(network, read_net(tmp_path / "x.net"))


def test_another_timestep_is_the_file_s_own(tmp_path: Path) -> None:
    network, path = cases()["recurrent with a current"], tmp_path / "x.nir"
    write_nir(network, path, dt=2e-3)
    back = read_nir(path)
    assert back.report.dt == 2e-3
    assert_same(network, back.network)
    # Who insists on another one gets other decays.
    other = read_nir(path, dt=1e-3).network.layers[1].neuron
    assert other is not None
    assert (other.current_decay, other.voltage_decay) == (150, 6)


@pytest.mark.parametrize("name", cases())
def test_without_our_metadata_the_scale_is_found_again(tmp_path: Path, name: str) -> None:
    if name.endswith("as the input"):
        pytest.skip("nothing else says that the input is numbers")
    network, path = cases()[name], tmp_path / "x.nir"
    write_nir(network, path)
    graph = nir.read(str(path), type_check=False)
    for node in (graph, *graph.nodes.values()):
        node.metadata = {}
    nir.write(str(path), graph)
    made = read_nir(path)
    assert all(layer.rounding.exact for layer in made.report.layers)
    weights = [layer.weight for layer in made.network.layers if layer.weight is not None]
    for wanted, got in zip((x.weight for x in network.layers if x.weight is not None), weights, strict=True):
        # The same up to a common factor of the weights.
        factor = np.abs(wanted).max() / np.abs(got).max()
        np.testing.assert_allclose(got * factor, wanted)


@pytest.mark.parametrize(
    ("layers", "words"),
    [
        (
            (Layer("input", (6,), neuron=DELTA), replace(cases()["no leak"].layers[1], neuron=LIF)),
            "layer/0: found a delta encoder, expected CUBA neurons alone; NIR has no sigma-delta ones",
        ),
        (
            (
                Layer("input", (6,)),
                Layer("dense", (5,), neuron=Neuron("sigma_delta", "SDNN", 4), weight=integers(5, 6)),
            ),
            "layer/1: found sigma-delta neurons",
        ),
        (
            (
                Layer("input", (6,)),
                Layer("dense", (5,), neuron=Neuron("sigma", "SDNN"), weight=integers(5, 6)),
            ),
            "layer/1: found sigma neurons",
        ),
        (
            (
                Layer("input", (6,)),
                Layer(
                    "dense",
                    (5,),
                    neuron=Neuron("rf", "RF_PHASE", 4),
                    weight=integers(5, 6),
                    weight_imag=integers(5, 6),
                ),
            ),
            "layer/1: found rf neurons",
        ),
        (
            (
                Layer("input", (6,)),
                Layer("dense", (5,), neuron=SILENT, weight=integers(5, 6)),
                Layer("dense", (5,), neuron=LIF, weight=integers(5, 5)),
            ),
            "layer/1: found neurons that never fire",
        ),
        (
            (
                Layer("input", (6,)),
                Layer(
                    "dense", (5,), neuron=LIF, weight=integers(5, 6), delay=integers(5, 6, low=0, high=9) % 9
                ),
            ),
            "layer/1: found a delay of its own for each synapse",
        ),
        (
            (
                Layer("input", (3, 4, 4)),
                Layer("conv", (5, 4, 4), neuron=LIF, weight=integers(5, 3, 1, 1), delay=np.ones(5, np.int32)),
            ),
            "layer/1: found delays of a convolution",
        ),
        (
            (
                Layer("input", (6,)),
                Layer("dense", (6,), neuron=LIF, weight=integers(6, 6)),
                Layer("average", (3,)),
            ),
            "layer/2: found no neurons",
        ),
        (
            (
                Layer("input", (6,), weight=np.array(2, np.int32)),
                Layer("dense", (6,), neuron=LIF, weight=integers(6, 6)),
            ),
            "layer/0: found an input with a gain or a bias",
        ),
    ],
)
def test_what_nir_cannot_say_is_named(tmp_path: Path, layers: tuple[Layer, ...], words: str) -> None:
    path = tmp_path / "x.nir"
    with pytest.raises(InputError) as raised:
        write_nir(Network(layers, "some.net"), path)
    assert words in str(raised.value)
    assert str(raised.value).startswith("some.net: ")
    assert not path.exists()


def test_a_timestep_of_nothing(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="dt: found 0"):
        write_nir(cases()["head"], tmp_path / "x.nir", dt=0)
