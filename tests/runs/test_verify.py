"""Comparing backends: equal where they are, and where not, the first place and why."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from neuromorph_track.backends.fixed import FixedSimulator
from neuromorph_track.errors import InputError
from neuromorph_track.netx import Layer, Network, Neuron, read_net
from neuromorph_track.runs import verify as module
from neuromorph_track.runs.difference import Against, first_difference, likely_cause
from neuromorph_track.runs.verify import input_values, verify
from tests.backends.random_networks import random_network

SHIPPED = Path(__file__).resolve().parents[2] / "netx_exports" / "scenes-nano.net"

ONES = np.ones((2, 2), np.int32)
GRADED = Neuron("sigma_delta", "SDNN", 1)
LEAKY = Neuron("cuba", "CUBA", 1)
PLAIN = Layer("dense", (2,), neuron=GRADED, weight=ONES)


@pytest.mark.parametrize(
    ("layer", "step", "fixed", "other", "against", "words"),
    [
        (replace(PLAIN, delay=ONES), 3, 1, 2, "lava", "delays"),
        (replace(PLAIN, weight_rec=ONES), 3, 1, 2, "lava", "recurrent state"),
        (PLAIN, 3, 5 - (1 << 24), 5, "lava", "wrap-around"),
        (PLAIN, 3, 1 << 25, (1 << 25) + 1, "slayer", "float32"),
        (replace(PLAIN, bias=ONES[0]), 0, 1, 2, "lava", "early bias"),
        (replace(PLAIN, bias=ONES[0]), 1, 1, 2, "lava", "none of the known"),
        (PLAIN, 3, 1, 2, "slayer", "rounding"),
        (replace(PLAIN, neuron=LEAKY), 3, 0, 1, "slayer", "decay"),
        (PLAIN, 3, 1, 2, "lava", "none of the known"),
    ],
)
def test_likely_cause(
    layer: Layer, step: int, fixed: float, other: float, against: Against, words: str
) -> None:
    assert words in likely_cause(layer, step, fixed, other, against)


def test_first_difference_is_in_the_first_layer_then_step_then_neuron() -> None:
    layers = (Layer("input", (2, 2), neuron=LEAKY), Layer("flatten", (4,)), PLAIN)
    network = Network(layers)
    fixed = [np.zeros((3, 2, 2)), np.zeros((3, 2))]
    other = [sent.copy() for sent in fixed]
    assert first_difference(network, fixed, other, "lava") is None
    other[1][0, 0] = 7
    found = first_difference(network, fixed, other, "lava")
    assert found is not None
    assert (found.layer, found.step, found.neuron, found.fixed, found.other) == ("2 dense", 0, (0,), 0, 7)
    other[0][2, 1, 0] = other[0][2, 1, 1] = 5
    found = first_difference(network, fixed, other, "lava")
    assert found is not None
    assert (found.layer, found.step, found.neuron, found.neurons) == ("0 input", 2, (1, 0), 2)


def test_noise_for_a_network_without_a_contract_makes_it_answer() -> None:
    for seed, cuba in ((2, False), (0, True)):
        network = random_network(seed, cuba)
        values = input_values(network, 8, None)
        assert values.shape == (8, *network.input_shape)
        assert values.dtype == np.int32
        np.testing.assert_array_equal(values, input_values(network, 8, None))
        sent = FixedSimulator(network).run(values, record=True).spikes
        assert sent is not None
        assert np.any(sent[0])


def test_pictures_need_a_contract() -> None:
    with pytest.raises(InputError, match="neuromorph_track/contract: found nothing"):
        input_values(random_network(0, cuba=False), 2, "scene:seed=1")


def test_pictures_are_encoded_and_repeated() -> None:
    network = read_net(SHIPPED)
    assert network.contract is not None
    twice = replace(network, contract=network.contract.model_copy(update={"steps_per_frame": 2}))
    values = input_values(twice, 3, "scene:seed=1,frames=5")
    assert values.shape == (6, 3, 192, 256)
    np.testing.assert_array_equal(values[0::2], values[1::2])
    assert np.any(values[0] != values[2])


@pytest.mark.slow
@pytest.mark.slayer
@pytest.mark.parametrize("stock", [False, True])
def test_equal_to_lava(stock: bool) -> None:
    verdict = verify(random_network(4, cuba=True), "lava", 6, stock=stock, timeout=60)
    assert verdict.equal
    assert verdict.counts_equal
    assert verdict.spikes
    assert verdict.steps == 6


@pytest.mark.slow
@pytest.mark.slayer
def test_a_wrong_weight_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """Lava is given a network in which one neuron or channel of the second layer has other weights."""
    network = random_network(2, cuba=False)
    index = [i for i, layer in enumerate(network.layers) if layer.has_synapses][1]
    layer = network.layers[index]
    assert layer.weight is not None
    weight = layer.weight.copy()
    weight[0] += 20
    layers = list(network.layers)
    layers[index] = replace(layer, weight=weight)
    wrong = Network(tuple(layers))
    real = module.LavaBackend
    monkeypatch.setattr(module, "LavaBackend", lambda _, **options: real(wrong, **options))
    verdict = verify(network, "lava", 6, timeout=60, stock=False)
    assert not verdict.equal
    assert verdict.difference is not None
    assert verdict.difference.layer == network.name(index)
    assert "none of the known" in verdict.difference.cause or "bias" in verdict.difference.cause
    assert verdict.to_dict()["difference"]["layer"] == network.name(index)


@pytest.mark.slow
@pytest.mark.slayer
@pytest.mark.parametrize(
    ("name", "frames"), [("tiny.net", 12), ("mnist_tut.net", 12), ("pilotnet_sdnn_tut.net", 3)]
)
def test_equal_to_slayer(shared_data: Path, name: str, frames: int) -> None:
    verdict = verify(read_net(shared_data / "checkpoints" / name), "slayer", frames)
    assert verdict.equal
    assert verdict.spikes
    assert verdict.counts_equal is None


@pytest.mark.slow
@pytest.mark.slayer
@pytest.mark.parametrize("cuba", [False, True])
@pytest.mark.parametrize("seed", range(6))
def test_random_networks_in_slayer(seed: int, cuba: bool) -> None:
    verdict = verify(random_network(seed, cuba), "slayer", 8)
    assert verdict.equal, verdict.difference


@pytest.mark.slayer
def test_slayer_has_no_recurrence() -> None:
    network = Network((replace(PLAIN, kind="dense_rec", weight_rec=ONES),))
    with pytest.raises(InputError, match="layer/0/type: found 'dense_rec'"):
        verify(network, "slayer", 2)


def heavier_head(network: Network) -> Network:
    *layers, head = network.layers
    assert head.weight is not None
    return replace(network, layers=(*layers, replace(head, weight=head.weight + 1)))


@pytest.mark.slow
@pytest.mark.slayer
@pytest.mark.parametrize("against", ["lava", "slayer"])
def test_a_head_that_does_not_fire_is_compared_by_its_membrane(
    monkeypatch: pytest.MonkeyPatch, leaky: Network, against: Against
) -> None:
    verdict = verify(leaky, against, 3, "scene:seed=1", timeout=60, stock=False)
    assert verdict.equal, verdict.difference
    name = {"lava": "LavaBackend", "slayer": "SlayerTwin"}[against]
    real = getattr(module, name)
    monkeypatch.setattr(module, name, lambda _, **options: real(heavier_head(leaky), **options))
    difference = verify(leaky, against, 3, "scene:seed=1", timeout=60, stock=False).difference
    assert difference is not None
    assert difference.layer == "2 conv (membrane)"
    assert difference.fixed != difference.other


@pytest.mark.slow
@pytest.mark.slayer
@pytest.mark.parametrize("stock", [False, True])
def test_states_are_reset_as_in_use(monkeypatch: pytest.MonkeyPatch, leaky: Network, stock: bool) -> None:
    assert verify(leaky, "lava", 5, "scene:seed=1", timeout=60, stock=stock).equal
    real = module.LavaBackend
    without = {"reset_interval": None, "timeout": 60, "stock": stock}
    monkeypatch.setattr(module, "LavaBackend", lambda network, **options: real(network, **without))
    assert not verify(leaky, "lava", 5, "scene:seed=1").equal


@pytest.mark.slayer
def test_frames_are_those_that_the_source_has(leaky: Network) -> None:
    verdict = verify(leaky, "slayer", 4, "scene:seed=1,frames=2")
    assert (verdict.frames, verdict.steps) == (2, 6)
