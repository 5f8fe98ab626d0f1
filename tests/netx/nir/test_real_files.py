"""Networks of the NIR paper (Pedersen et al. 2024), trained with sinabs and snntorch."""

from __future__ import annotations

from pathlib import Path

import nir
import numpy as np
import pytest

from neuromorph_track.backends.fixed import FixedSimulator
from neuromorph_track.netx.nir import NirImport, read_nir, write_nir
from tests.netx.nir import reference
from tests.netx.nir.compare import layer_by_layer, populations
from tests.netx.nir.graphs import DT

CNN, BRAILLE = "cnn_sinabs.nir", "braille_noDelay_bias_zero.nir"
# Share of the spikes that the rounding of leaking states may move: sinabs' network has no leak.
SAME = {"cnn": 0.0, "braille": 0.03}
Model = tuple[nir.NIRGraph, NirImport, np.ndarray]


def load(path: Path, rate: float, steps: int) -> Model:
    made = read_nir(path)
    random = np.random.default_rng(0).random((steps, *made.network.input_shape))
    return nir.read(str(path), type_check=False), made, (random < rate).astype(np.int32)


@pytest.fixture(scope="module")
def cnn(shared_data: Path) -> Model:
    return load(shared_data / "checkpoints" / CNN, 0.05, 20)


@pytest.fixture(scope="module")
def braille(shared_data: Path) -> Model:
    return load(shared_data / "checkpoints" / BRAILLE, 0.1, 256)


def test_layers(cnn: Model, braille: Model) -> None:
    kinds = [(layer.kind, layer.shape) for layer in cnn[1].network.layers]
    # Each sum pool has become part of the convolution or the dense layer behind it.
    assert kinds == [
        ("input", (2, 34, 34)),
        ("conv", (16, 16, 16)),
        ("conv", (16, 16, 16)),
        ("conv", (8, 8, 8)),
        ("flatten", (512,)),
        ("dense", (256,)),
        ("dense", (10,)),
    ]
    layers = braille[1].network.layers
    assert [(layer.kind, layer.shape) for layer in layers] == [
        ("input", (12,)),
        ("dense_rec", (38,)),
        ("dense", (7,)),
    ]
    # alpha 0.55 and beta 0.9, as trained: 1 - dt / tau in 4096ths.
    assert layers[1].neuron is not None
    assert (layers[1].neuron.current_decay, layers[1].neuron.voltage_decay) == (1843, 410)


def test_layers_of_the_convolutional_network_agree_on_random_input(cnn: Model) -> None:
    for name, expected, got in layer_by_layer(*cnn):
        assert got.sum() == pytest.approx(expected.sum(), rel=0.01), name
        assert np.mean(got != expected) < 0.006, name
        assert expected.any()


def test_layers_of_the_recurrent_network_agree_on_random_input(braille: Model) -> None:
    # Its weights reach 13 thresholds, so that 8 bits leave few steps for the others; and its biases alone
    # make the last layer fire every third step, in a rhythm that their rounding shifts.
    found = {name: (expected, got) for name, expected, got in layer_by_layer(*braille)}
    for name, (expected, got) in found.items():
        assert got.sum() == pytest.approx(expected.sum(), rel=0.1), name
        assert expected.any()
    assert np.mean(np.not_equal(*found["lif1.lif"])) < 0.01
    assert np.mean(np.not_equal(*found["lif2"])) < 0.2


@pytest.mark.parametrize("which", ["cnn", "braille"])
def test_what_is_written_computes_the_same_spikes(
    which: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    # What differs from the original graph is the rounding to integers alone: the graph of the integers
    # sends the same spikes, over all layers, in floats.
    _, made, inputs = request.getfixturevalue(which)
    path = tmp_path / "x.nir"
    write_nir(made.network, path)
    back = read_nir(path)
    written = nir.read(str(path), type_check=False)
    expected = reference.run(written, inputs, DT)
    ran = FixedSimulator(made.network, pipelined=False).run(inputs, record=True)
    assert ran.spikes is not None
    names = populations(written, back)
    for name, spikes in zip(names, ran.spikes[-len(names) :], strict=True):
        wanted = expected[name].reshape(len(inputs), -1)
        # Of the spikes: most values of most layers are 0 in both.
        assert np.sum(spikes.reshape(len(inputs), -1) != wanted) <= SAME[which] * wanted.sum(), name


def test_whole_networks_send_as_many_spikes(cnn: Model) -> None:
    graph, made, inputs = cnn
    expected = reference.run(graph, inputs, DT)
    ran = FixedSimulator(made.network, pipelined=False).run(inputs, record=True)
    assert ran.spikes is not None
    for name, spikes in zip(populations(graph, made)[:4], ran.spikes[-5:-1], strict=True):
        assert spikes.sum() == pytest.approx(expected[name].sum(), rel=0.05), name
