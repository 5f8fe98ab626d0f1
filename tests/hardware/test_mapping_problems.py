"""Networks that do not fit: what is said, and that the remedy is one."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from neuromorph_track.hardware import load_profile
from neuromorph_track.hardware.mapping import Problem, place
from neuromorph_track.netx import Graph, Layer, Network, Neuron, Node
from tests.hardware.mapping_cases import RELU, conv, dense, profile, yolo_kp

CUBA = Neuron("cuba", "CUBA", 9)
ILIF = Neuron("ilif", "ILIF", 64, 0, 1024, levels=4)
DELTA = Neuron("delta", "SDNN", 6)


def only_problem(network: Network | Graph, *, host_encoder: bool | None = None, **resources: int) -> Problem:
    placement = place(network, profile(**resources), host_encoder=host_encoder)
    assert len(placement.problems) == 1
    assert not placement.fits
    return placement.problems[0]


def camera(height: int = 64, width: int = 64, neuron: Neuron = DELTA) -> Network:
    layers = (
        Layer("input", (3, height, width), neuron=neuron),
        conv(3, (16, height // 2, width // 2), 3, 2),
        conv(16, (8, height // 4, width // 4), 3, 2),
    )
    return Network(layers)


def test_too_many_chips_and_every_way_out() -> None:
    network = camera(neuron=replace(CUBA, threshold=20))
    problem = only_problem(network, cores=10, chips=1, neurons_per_core=2048)
    assert (problem.layer, problem.found) == ("", "needs 17 cores, 2 chips")
    assert problem.expected == "1 chip of 10 cores"
    assert problem.remedy == "would fit: an encoder on the host (9 cores), or an input of 32 x 32 (5 cores)"
    limits = profile(cores=10, chips=1, neurons_per_core=2048)
    assert place(network, limits, host_encoder=True).cores == 9
    smaller = place(camera(32, 32, replace(CUBA, threshold=20)), limits)
    assert (smaller.cores, smaller.fits) == (5, True)


def test_a_board_with_more_of_the_same_chips_is_named() -> None:
    placement = place(yolo_kp(), load_profile("loihi2-oheogulch"))
    assert placement.problems[0].found == "needs 574 cores, 5 chips"
    assert "profile loihi2-kapoho-point (8 chips)" in placement.problems[0].remedy
    assert place(yolo_kp(), load_profile("loihi2-kapoho-point")).fits


def test_where_nothing_helps_it_says_how_many_boards() -> None:
    problem = only_problem(Network((dense(10, 50),)), cores=1, chips=2, neurons_per_core=10)
    assert problem.found == "needs 5 cores, 5 chips"
    assert problem.expected == "2 chips of 1 core"
    assert problem.remedy == "would fit: 3 such boards, if they can be joined"


def test_branches_are_halved_together_or_not_at_all() -> None:
    trunk = Node("trunk", Network((Layer("input", (3, 32, 32), neuron=DELTA), conv(3, (8, 32, 32), 3, 1))))
    layers = (Layer("input", (8, 32, 32)), conv(8, (8, 32, 32), 3, 1))
    left, right = Node("left", Network(layers), ("trunk",)), Node("right", Network(layers), ("trunk",))
    both = (Layer("input", (16, 32, 32)), conv(16, (4, 32, 32), 3, 1))
    head = Node("head", Network(both), ("left", "right"), "concat")
    graph = Graph((trunk, left, right, head), ("head",))
    problem = only_problem(graph, cores=8, chips=1, neurons_per_core=2048)
    assert problem.remedy == "would fit: an input of 16 x 16 (4 cores)"


def test_one_neuron_with_too_many_weights() -> None:
    network = Network((dense(3000, 5),))
    problem = only_problem(network, synapse_words_per_core=2000)
    assert problem == (
        "0 dense",
        "3,000 synapse words for one neuron",
        "2,000 words on a core",
        "would fit with at most 2,000 inputs to a neuron instead of 3,000",
    )
    assert place(Network((dense(2000, 5),)), profile(synapse_words_per_core=2000)).fits
    assert not place(Network((dense(2001, 5),)), profile(synapse_words_per_core=2000)).fits


@pytest.mark.parametrize("rule", ["columns", "fill"])
def test_one_neuron_that_hears_too_many(rule: str) -> None:
    limits = profile(rule, axons_in_per_core=100)

    def placed(channels: int) -> list[Problem]:
        layers = (Layer("input", (channels, 8, 8), neuron=DELTA), conv(channels, (4, 8, 8), 3, 1))
        return list(place(Network(layers), limits).problems)

    assert placed(12) == [
        Problem(
            "1 conv",
            "108 sources for one neuron",
            "100 axons into a core",
            "would fit with at most 11 input channels to a 3 x 3 kernel instead of 12",
        )
    ]
    assert placed(11) == []


def test_weights_wider_than_the_chips() -> None:
    network = Network((dense(10, 5),))
    problem = only_problem(network, weight_bits=4)
    assert (problem.found, problem.expected) == ("weights of 5 bits", "4 bits")
    assert problem.remedy == "would fit with weights rounded to multiples of 4"
    weight = network.layers[0].weight
    assert weight is not None
    rounded = replace(network.layers[0], weight=(weight // 4 * 4).astype(np.int32))
    assert place(Network((rounded,)), profile(weight_bits=4)).fits


def test_graded_spikes_on_a_chip_without() -> None:
    layers = (Layer("input", (3, 8, 8), neuron=DELTA), conv(3, (4, 8, 8), 3, 1), conv(4, (4, 8, 8), 3, 1))
    placement = place(Network(layers), profile(graded=False))
    # Nobody hears the last layer.
    assert placement.problems == (
        Problem(
            "0 input to 1 conv",
            "spikes that carry 16 bits",
            "binary spikes",
            "would run with leaky (CUBA) neurons",
        ),
    )
    leaky = tuple(replace(layer, neuron=CUBA) for layer in layers)
    assert place(Network(leaky), profile(graded=False)).fits


def test_messages_wider_than_the_chips() -> None:
    first = Layer("dense", (8,), neuron=replace(RELU, message_bits=24), weight=dense(5, 8).weight)
    network = Network((first, dense(8, 8), dense(8, 3)))
    placement = place(network, profile(message_bits=8))
    assert [problem.layer for problem in placement.problems] == ["0 dense", "1 dense"]
    assert placement.problems[0].remedy == "would fit with message_bits 8 and a spike_exp lower by 16"
    assert place(network, profile(message_bits=24)).fits


def test_integer_spikes_carry_what_their_levels_need() -> None:
    spiking = replace(ILIF, levels=255)
    layers = (
        Layer("input", (3, 8, 8), neuron=spiking),
        replace(conv(3, (4, 8, 8), 3, 1), neuron=replace(ILIF, levels=8)),
        replace(conv(4, (4, 8, 8), 3, 1), neuron=CUBA),
    )
    network = Network(layers)
    assert [(p.layer, p.found) for p in place(network, profile(graded=False)).problems] == [
        ("0 input", "spikes that carry 8 bits"),
        ("1 conv", "spikes that carry 4 bits"),
    ]
    narrow = profile(message_bits=4)
    (problem,) = place(network, narrow).problems
    assert (problem.layer, problem.found) == ("0 input", "spikes that carry 8 bits")
    assert problem.remedy == "would fit with at most 15 levels"
    fed = replace(layers[0], neuron=replace(ILIF, levels=15))
    assert place(Network((fed, *layers[1:])), narrow).fits
    binary = tuple(replace(layer, neuron=replace(ILIF, levels=1)) for layer in layers[:2])
    assert place(Network((*binary, layers[2])), profile(graded=False)).fits
    # It lies on the cores that leaky neurons take.
    leaky = tuple(replace(layer, neuron=CUBA) for layer in layers)
    assert place(network, profile()).cores == place(Network(leaky), profile()).cores


def test_axons_out_that_no_cut_avoids() -> None:
    network = Network((dense(4, 10), dense(10, 30)))
    problem = only_problem(network, neurons_per_core=10, axons_out_per_core=20)
    assert problem.found.endswith("axons out of a core")
    assert problem.expected == "20"
    assert problem.remedy.endswith("of its neurons on a core instead of 10")


def test_a_bias_per_neuron_ties_a_network_to_its_size() -> None:
    placed = replace(conv(3, (8, 32, 32), 3, 1), bias=np.zeros((8, 32, 32), np.int32))
    for layer, remedy in ((conv(3, (8, 32, 32), 3, 1), "an input of 16 x 16"), (placed, "such boards")):
        network = Network((Layer("input", (3, 32, 32), neuron=DELTA), layer))
        assert remedy in only_problem(network, cores=3, chips=1, neurons_per_core=2048).remedy
