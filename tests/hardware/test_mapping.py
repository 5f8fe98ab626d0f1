"""Placements against the partitions that Intel published."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from neuromorph_track.errors import InputError
from neuromorph_track.hardware import load_profile
from neuromorph_track.hardware.mapping import Placement, place
from neuromorph_track.hardware.mapping.memory import dense_words, kernel_words
from neuromorph_track.netx import Layer, Network, Neuron, read_net
from tests.hardware.mapping_cases import (
    RELU,
    YOLO_KP,
    conv,
    dense,
    lava_dl_networks,
    profile,
    yolo_kp,
)

LOIHI2 = {"synapse_words_per_core": 12000}

# Pieces as (C, H, W), and cores, of lava-dl's netx/pilotnet_snn/benchmark.ipynb.
PILOTNET_MAPS = [((24, 32, 4), 25), ((36, 15, 4), 13), ((48, 7, 8), 3), ((64, 4, 8), 3), ((64, 2, 16), 2)]


def partition(placement: Placement) -> list[tuple[tuple[int, ...], int]]:
    return [(layer.tile, layer.cores) for layer in placement.layers]


@pytest.mark.slayer
def test_pilotnet_lif_lies_as_intel_logged() -> None:
    network = read_net(lava_dl_networks() / "gts/pilotnet_lif/network.net")
    placement = place(network, profile(**LOIHI2))
    assert partition(placement)[:6] == [((3, 66, 16), 13), *PILOTNET_MAPS]
    assert [layer.cores for layer in placement.layers[6:]] == [12, 1, 1, 1]
    assert placement.cores == 74
    assert placement.chips == 1
    assert placement.fits
    assert [layer.synapse_words for layer in placement.layers[1:6]] == [81, 864, 1620, 2160, 2880]
    assert [layer.synapse_words for layer in placement.layers[7:]] == [1300, 150, 10]
    assert [layer.weight_bits for layer in placement.layers] == [0, 5, 4, 4, 4, 4, 3, 4, 5, 6]
    assert [layer.core_neurons for layer in placement.layers[:6]] == [3168, 3072, 2160, 2688, 2048, 2048]
    assert [layer.axons_in for layer in placement.layers[7:]] == [100, 50, 10]
    # The log's 7,253 words are a mean: eleven cores of nine neurons and one of a single neuron.
    dense_cores = np.bincount(placement.layers[6].core)
    assert dense_cores.tolist() == [9] * 11 + [1]
    words = [dense_words(2560, int(neurons), (3,), 12) for neurons in dense_cores]
    assert int(np.mean(words)) == 7253


def test_pilotnet_sdnn_lies_as_intel_logged(shared_data: Path) -> None:
    network = read_net(shared_data / "checkpoints" / "pilotnet_sdnn_tut.net")
    placement = place(network, profile(**LOIHI2))
    assert placement.layers[0].cores == 0
    assert placement.layers[0].core.size == 0
    assert partition(placement)[1:6] == PILOTNET_MAPS
    assert placement.cores == 61
    assert [layer.synapse_words for layer in placement.layers[1:6]] == [81, 864, 1620, 2592, 2880]
    assert [layer.synapse_words for layer in placement.layers[7:]] == [1500, 150, 10]
    assert [layer.weight_bits for layer in placement.layers[1:]] == [6, 5, 4, 5, 4, 4, 6, 5, 4]


@pytest.mark.parametrize("words", [12000, 16000])
def test_yolo_kp_takes_the_cores_of_the_log(words: int) -> None:
    placement = place(yolo_kp(), profile(synapse_words_per_core=words))
    assert [layer.cores for layer in placement.layers[1:]] == [cores for *_, cores in YOLO_KP]
    assert placement.cores == 574
    assert placement.chips == 5


def test_yolo_kp_for_coco_lies_on_as_many(shared_data: Path) -> None:
    placement = place(read_net(shared_data / "checkpoints" / "yolo_kp_coco80.net"), profile(**LOIHI2))
    # Its last layer has 255 channels instead of 48.
    cores = [cores for *_, cores in YOLO_KP]
    assert [layer.cores for layer in placement.layers[1:]] == [*cores[:-1], 14]


def test_built_in_loihi2_holds_pilotnet(shared_data: Path) -> None:
    network = read_net(shared_data / "checkpoints" / "pilotnet_sdnn_tut.net")
    placement = place(network, load_profile("loihi2-oheogulch"))
    assert placement.profile == "loihi2-oheogulch"
    assert (placement.cores, placement.chips, placement.fits) == (61, 1, True)


# Inputs, outputs, bits of a weight, bits of an index, and words in the logs of lava-dl's notebooks.
LOGGED_DENSE = [
    (2560, 100, 4, 12, 66_560),
    (2560, 17, 4, 12, 12_800),
    (2560, 100, 3, 12, 61_440),
    (2560, 17, 3, 12, 12_800),
    (100, 50, 6, 12, 1500),
    (100, 50, 4, 12, 1300),
    (50, 10, 5, 12, 150),
    (10, 1, 4, 12, 10),
    (200, 256, 8, 12, 16_200),
    # Seven bits are stored as eight.
    (256, 200, 7, 12, 16_128),
    # A compiler of August 2022, with narrower indices.
    (200, 256, 8, 10, 14_600),
    (256, 200, 7, 10, 14_592),
    (256, 128, 7, 10, 9472),
]


@pytest.mark.parametrize(("inputs", "outputs", "bits", "index", "words"), LOGGED_DENSE)
def test_dense_words_are_those_of_the_logs(
    inputs: int, outputs: int, bits: int, index: int, words: int
) -> None:
    assert dense_words(inputs, outputs, (bits,), index) == words


# Inputs, channels on a core, kernel, per cent of a core in the log of YOLO-KP.
LOGGED_KERNELS = [
    (3, 16, 3, 0.34),
    (16, 32, 3, 3.60),
    (32, 64, 3, 10.80),
    (64, 128, 3, 39.60),
    (128, 128, 3, 79.20),
    (256, 64, 3, 72.00),
    (256, 64, 3, 86.40),
    (512, 256, 1, 67.20),
    (512, 48, 1, 19.20),
]


@pytest.mark.parametrize(("inputs", "channels", "kernel", "share"), LOGGED_KERNELS)
def test_kernel_words_of_yolo_kp_are_those_of_the_log(
    inputs: int, channels: int, kernel: int, share: float
) -> None:
    """The weights are not published: one of the widths between 4 and 8 bits must give what was logged."""
    layer = Layer("conv", (channels, 1, 1), weight=np.zeros((channels, inputs, kernel, kernel), np.int32))
    shares = [100 * kernel_words(layer, (bits,), [channels]) / 16_000 for bits in (4, 5, 6, 8)]
    assert any(found == pytest.approx(share, abs=0.006) for found in shares)


def test_fewer_channels_never_take_more_memory() -> None:
    layer = Layer("conv", (256, 1, 1), weight=np.zeros((256, 3, 1, 1), np.int32))
    for bits in (1, 4, 5, 6, 8):
        words = [kernel_words(layer, (bits,), [channels]) for channels in range(257)]
        assert words[0] == 0
        assert words == sorted(words)


def test_oxford_takes_one_core_less_than_intel_logged(shared_data: Path) -> None:
    """The log has five cores, two and three; the allocations that it prints ask for two and two."""
    placement = place(read_net(shared_data / "checkpoints" / "oxford.net"), profile(**LOIHI2))
    assert [layer.cores for layer in placement.layers] == [2, 2]


def test_channels_are_halved_before_the_height() -> None:
    tall = Network((Layer("input", (3, 5000, 2), neuron=Neuron("cuba", "CUBA", 5)),))
    assert place(tall, profile()).layers[0].tile == (1, 2500, 1)
    assert place(tall, profile(neurons_per_core=8192)).layers[0].tile == (1, 5000, 1)
    # 255 channels in two pieces of 128 and 127.
    odd = Network((Layer("input", (255, 20, 4), neuron=Neuron("cuba", "CUBA", 5)),))
    assert place(odd, profile()).layers[0].tile == (128, 20, 1)


def test_where_input_layers_lie() -> None:
    layers = (Layer("input", (3, 16, 16), neuron=Neuron("delta", "SDNN", 6)), conv(3, (4, 16, 16), 3, 1))
    network = Network(layers)
    cores = {
        host: [layer.cores for layer in place(network, profile(), host_encoder=host).layers]
        for host in (None, True, False)
    }
    assert cores == {None: [0, 1], True: [0, 1], False: [1, 1]}
    biased = Network((Layer("input", (3, 16, 16), neuron=Neuron("cuba", "CUBA", 5)), layers[1]))
    assert [layer.cores for layer in place(biased, profile()).layers] == [1, 1]
    assert [layer.cores for layer in place(biased, profile(), host_encoder=True).layers] == [0, 1]


def test_every_neuron_lies_on_one_core_and_every_core_is_used() -> None:
    network = Network(
        (
            Layer("input", (3, 30, 30), neuron=Neuron("delta", "SDNN", 6)),
            conv(3, (20, 30, 30), 3, 1),
            Layer("flatten", (18_000,)),
            dense(18_000, 30),
        )
    )
    for layer in place(network, profile(neurons_per_core=700, **LOIHI2)).layers[1:]:
        assert layer.core.shape == (layer.neurons,)
        counts = np.bincount(layer.core)
        assert len(counts) == layer.cores
        assert counts.min() > 0
        assert counts.max() == layer.core_neurons <= 700


def test_recurrent_synapses_take_memory() -> None:
    own = np.full((40, 40), 8, np.int32)
    weight = np.full((40, 10), 8, np.int32)
    layer = Layer("dense_rec", (40,), neuron=Neuron("cuba", "CUBA", 9), weight=weight, weight_rec=own)
    placed = place(Network((layer,)), profile(**LOIHI2)).layers[0]
    assert placed.synapse_words == dense_words(50, 40, (placed.weight_bits,), 12)
    assert placed.axons_in == 50
    assert placed.axons_out == 40


def test_a_machine_without_cores_is_refused() -> None:
    network = Network((dense(4, 3),))
    with pytest.raises(InputError, match=r"dense-45nm-int8: resources: found no cores to map to"):
        place(network, load_profile("dense-45nm-int8"))


def test_a_head_that_only_accumulates_is_placed_too() -> None:
    head = Layer("dense", (3,), neuron=Neuron("sigma", "SDNN"), weight=dense(8, 3).weight)
    layers = place(Network((Layer("dense", (8,), neuron=RELU, weight=dense(5, 8).weight), head)), profile())
    assert [layer.cores for layer in layers.layers] == [1, 1]
