"""Cores filled one after the other: every limit holds, counted again from the full matrix of connections."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch

from neuromorph_track.hardware.mapping import Placement, place
from neuromorph_track.hardware.mapping.memory import list_words
from neuromorph_track.netx import AnyNetwork, Layer, Network, Neuron, Stage, stages
from tests.backends.random_graphs import random_graph
from tests.backends.random_networks import random_network
from tests.hardware.mapping_cases import conv, dense, profile


def matrix(stage: Stage, zeros: bool = False) -> np.ndarray:
    """Weights between each neuron of a layer and each source, ``(neurons, sources)`` of 0 and 1."""
    layer = stage.layer
    assert layer.weight is not None
    used = np.ones_like(layer.weight) if zeros else layer.weight != 0
    if layer.kind != "conv":
        return np.asarray(used, np.int64)
    sources = int(np.prod(stage.input_shape))
    single = torch.eye(sources, dtype=torch.float64).reshape(sources, *stage.input_shape)
    kernel = torch.from_numpy(used.astype(np.float64))
    options = {
        "stride": layer.stride,
        "padding": layer.padding,
        "dilation": layer.dilation,
        "groups": layer.groups,
    }
    return np.asarray(torch.nn.functional.conv2d(single, kernel, **options).reshape(sources, -1).T, np.int64)


def sources_by_core(stage: Stage, core: np.ndarray) -> np.ndarray:
    """Which sources reach which core, ``(cores, sources)``; own neurons stand behind the others."""
    connected = matrix(stage)
    if stage.layer.weight_rec is not None:
        connected = np.hstack([connected, stage.layer.weight_rec != 0])
    return np.array([connected[core == index].any(0) for index in range(core.max() + 1)])


def check_axons(network: AnyNetwork, placement: Placement) -> None:
    wired = stages(network)
    out = [np.zeros(stage.layer.neurons, np.int64) for stage in wired]
    for index, (stage, placed) in enumerate(zip(wired, placement.layers, strict=True)):
        if not placed.cores or not stage.layer.has_synapses:
            continue
        reached = sources_by_core(stage, placed.core)
        assert placed.axons_in == reached.sum(1).max()
        cores = reached.sum(0)
        inputs = int(np.prod(stage.synapse_shape))
        if stage.layer.weight_rec is not None:
            out[index] += cores[inputs:]
        first = 0
        for source in stage.sources:
            neurons = wired[source].layer.neurons
            out[source] += cores[first : first + neurons]
            first += neurons if stage.join == "concat" else 0
    for sent, placed in zip(out, placement.layers, strict=True):
        if placed.cores:
            assert placed.axons_out == np.bincount(placed.core, sent).max()


@pytest.mark.parametrize("rule", ["fill", "columns"])
@pytest.mark.parametrize("seed", range(12))
def test_axons_are_those_of_the_full_matrix(seed: int, rule: str) -> None:
    for network in (
        random_network(seed, cuba=bool(seed % 2), in_time=bool(seed % 4 == 1)),
        random_graph(seed, cuba=bool(seed % 2)),
    ):
        check_axons(network, place(network, profile(rule, neurons_per_core=7 + seed), host_encoder=False))


@pytest.mark.parametrize("seed", range(12))
@pytest.mark.parametrize("shared", [True, False])
def test_every_limit_holds(seed: int, shared: bool) -> None:
    network = random_network(seed, cuba=bool(seed % 2))
    limits = {
        "neurons_per_core": 40,
        "axons_in_per_core": 60,
        "axons_out_per_core": 90,
        "synapse_words_per_core": 400,
    }
    placement = place(network, profile("fill", shared=shared, **limits))
    told = {problem.layer for problem in placement.problems}
    for layer in placement.layers:
        if layer.cores and layer.name not in told:
            assert all(share <= 1 for share in layer.utilisation.values())
            assert set(layer.utilisation) == set(limits)
            assert (np.bincount(layer.core) > 0).all()


def test_cores_are_full() -> None:
    """A limit alone decides how many neurons lie on a core; the last core has what is left."""
    network = Network((Layer("input", (1, 6, 50), neuron=Neuron("cuba", "CUBA", 5)),))
    core = place(network, profile("fill", neurons_per_core=64)).layers[0].core
    assert np.bincount(core).tolist() == [64, 64, 64, 64, 44]
    # Rows of the map, one after the other.
    assert core.reshape(6, 50)[1].tolist() == [0] * 14 + [1] * 36

    wide = Network((dense(100, 60),))
    # 100 lists of four words hold 14 synapses of 5 + 12 bits behind their header.
    assert list_words(14, 17) == 4 < list_words(15, 17)
    placed = place(wide, profile("fill", synapse_words_per_core=400)).layers[0]
    assert np.bincount(placed.core).tolist() == [14, 14, 14, 14, 4]
    assert placed.synapse_words == 400


def test_channels_of_a_cell_lie_together() -> None:
    network = Network((Layer("input", (2, 8, 8)), conv(2, (4, 8, 8), 3, 1)))
    core = place(network, profile("fill", neurons_per_core=32)).layers[0].core.reshape(4, 8, 8)
    for channel in range(4):
        np.testing.assert_array_equal(core[channel], np.repeat(np.arange(8), 8).reshape(8, 8))


def test_axons_out_are_counted_to_every_core_that_listens() -> None:
    # 30 neurons on 6 cores of 5 hear each of 10; so a core holds two of them.
    network = Network((dense(4, 10), dense(10, 30)))
    filled = np.where(network.layers[1].weight == 0, 2, network.layers[1].weight)
    network = Network((network.layers[0], replace(network.layers[1], weight=filled)))
    first, second = place(network, profile("fill", neurons_per_core=5, axons_out_per_core=13)).layers
    assert second.cores == 6
    assert np.bincount(first.core).tolist() == [2] * 5
    assert first.axons_out == 12


def test_kernels_that_are_not_shared_take_a_list_for_each_source() -> None:
    stage = stages(Network((Layer("input", (2, 9, 9)), conv(2, (3, 9, 9), 3, 1))))[0]
    network = Network((Layer("input", (2, 9, 9)), stage.layer))
    placed = place(network, profile("fill", shared=False)).layers[0]
    # As if it lay away from the edges: the whole window of 11 x 11 cells hears it.
    padded = replace(stage, input_shape=(2, 11, 11), layer=replace(stage.layer, padding=(0, 0)))
    synapses = matrix(padded, zeros=True).sum(0)
    assert placed.synapse_words == sum(int(list_words(int(n), placed.weight_bits + 12)) for n in synapses)


def test_a_core_larger_than_any_layer_takes_no_more_memory_than_the_layer() -> None:
    network = Network((Layer("input", (2, 9, 9)), conv(2, (3, 9, 9), 3, 1), conv(3, (5, 5, 5), 3, 2)))
    limits = {"neurons_per_core": 10**12, "synapse_words_per_core": 10**12, "axons_in_per_core": 10**12}
    assert [layer.cores for layer in place(network, profile("fill", **limits)).layers] == [1, 1]
