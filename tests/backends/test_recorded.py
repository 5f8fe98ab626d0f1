"""Counts of spikes that another program recorded."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor

from neuromorph_track.backends.activity import Activity
from neuromorph_track.backends.fixed import FixedSimulator
from neuromorph_track.backends.recorded import count_recorded
from neuromorph_track.errors import InputError
from neuromorph_track.netx import Graph, Layer, Network, Neuron, Node
from tests.backends.random_networks import random_input, random_network

LIF = Neuron("cuba", "LIF", 1)
STEPS, SAMPLES = 8, 4


def weights_and_spikes() -> tuple[list[Tensor], Tensor]:
    """Three layers with a quarter of their weights zero, and Bernoulli input (T, B, C, H, W)."""
    generator = torch.Generator().manual_seed(1234)
    sizes = [((8, 2, 3, 3), 0.6), ((16, 8, 3, 3), 0.25), ((10, 1024), 0.08)]
    weights = [torch.randn(size, generator=generator) * scale for size, scale in sizes]
    for weight in weights:
        weight[torch.rand(weight.shape, generator=generator) < 0.25] = 0
    return weights, (torch.rand(STEPS, SAMPLES, 2, 16, 16, generator=generator) < 0.1).float()


def integrate_and_fire(
    weights: list[Tensor], fed: Tensor, resets_late: bool
) -> tuple[list[Tensor], list[Tensor]]:
    """Spikes and potentials after each step, layer by layer, each (T, B, ...); soft reset at threshold 1."""
    synapses = [
        lambda x: torch.nn.functional.conv2d(x, weights[0], padding=1),
        lambda x: torch.nn.functional.conv2d(x, weights[1], stride=2, padding=1),
        lambda x: torch.nn.functional.linear(x.flatten(1), weights[2]),
    ]
    spikes: list[list[Tensor]] = [[], [], []]
    potentials: list[list[Tensor]] = [[], [], []]
    for arriving in fed:
        for index, synapse in enumerate(synapses):
            sums = synapse(arriving)
            before = potentials[index][-1] if potentials[index] else torch.zeros_like(sums)
            now = before + sums - (resets_late * (before >= 1).float())
            arriving = (now >= 1).float()
            spikes[index].append(arriving)
            potentials[index].append(now if resets_late else now - arriving)
    return [torch.stack(part) for part in spikes], [torch.stack(part) for part in potentials]


def layers_of(weights: list[Tensor]) -> list[Layer]:
    support = [(weight != 0).numpy().astype(np.int32) for weight in weights]
    return [
        Layer("input", (2, 16, 16)),
        Layer("conv", (8, 16, 16), LIF, support[0], padding=(1, 1)),
        Layer("conv", (16, 8, 8), LIF, support[1], stride=(2, 2), padding=(1, 1)),
        Layer("flatten", (1024,)),
        Layer("dense", (10,), LIF, support[2]),
    ]


def by_sample(parts: list[Tensor]) -> list[np.ndarray[Any, Any]]:
    """(T, B, ...) as (B * T, ...), sample behind sample."""
    return [part.transpose(0, 1).flatten(0, 1).numpy() for part in parts]


def states_changed(potentials: list[Tensor], all_at_first: bool) -> list[np.ndarray[Any, Any]]:
    starts = [torch.cat([torch.zeros_like(part[:1]), part[:-1]]) for part in potentials]
    moved = [after != before for after, before in zip(potentials, starts, strict=True)]
    if all_at_first:
        for part in moved:
            part[0] = True
    return by_sample(moved)


def run_reference(resets_late: bool, all_at_first: bool) -> Activity:
    weights, fed = weights_and_spikes()
    spikes, potentials = integrate_and_fire(weights, fed, resets_late)
    changed = states_changed(potentials, all_at_first)
    return count_recorded(layers_of(weights), by_sample([fed, *spikes]), changed, steps_per_frame=STEPS)


def test_the_counts_of_other_tools() -> None:
    """NeuroBench's effective ACs, sinabs' synops and syops' of the same spikes, per sample."""
    activity = run_reference(resets_late=False, all_at_first=False)
    assert activity.frames == SAMPLES
    mean = {count: activity.total(count).mean() for count in activity.COUNTS}
    assert mean["synops"] == 75_272.25
    assert mean["synops_all"] == 101_633.5
    assert sum(layer.synops_nominal for layer in activity.layers).mean() == pytest.approx(108_007.5)
    assert mean["neuron_updates"] == 24_656
    assert sum(layer.macs for layer in activity.layers) == 111_808
    assert sum(layer.nominal_macs for layer in activity.layers) == 120_832
    assert activity.layers[0].spikes_in.mean() == 410.75
    assert [layer.spikes_out.mean() for layer in activity.layers] == [1903.5, 990.75, 12.25]
    assert (activity.input_values, activity.output_values, activity.depth) == (512, 10, 3)


@pytest.mark.parametrize(
    ("resets_late", "all_at_first", "expected"),
    [(False, False, 19_706.0), (True, False, 20_022.75), (True, True, 20_729.75)],
)
def test_changed_states(resets_late: bool, all_at_first: bool, expected: float) -> None:
    """NeuroBench's membrane updates are the last: snnTorch resets a step late; all of a first step count."""
    activity = run_reference(resets_late, all_at_first)
    assert activity.total("neuron_updates_changed").mean() == expected


@pytest.mark.parametrize(("seed", "cuba", "in_time"), [(0, False, False), (1, True, False), (4, True, True)])
def test_recorded_spikes_of_the_simulator_count_as_in_the_simulator(
    seed: int, cuba: bool, in_time: bool
) -> None:
    network = random_network(seed, cuba, in_time)
    values = random_input(network, 6, seed, cuba)
    simulator = FixedSimulator(network, pipelined=False)
    steps = simulator.run(values, record=True)
    assert steps.spikes is not None
    # A delayed spike is counted where it arrives at the layer, so that steps agree too.
    found = count_recorded(network, [values, *steps.spikes], steps_per_frame=2)
    expected = steps.activity.per_frame(2)
    for mine, theirs in zip(found.layers, expected.layers, strict=True):
        for count in set(found.COUNTS) - {"neuron_updates_changed"}:
            np.testing.assert_array_equal(getattr(mine, count), getattr(theirs, count), err_msg=count)
        assert (mine.neuron_updates_changed == mine.neuron_updates).all()
    assert found.by_neuron is not None
    for first, rest, all_of_it in zip(*found.by_neuron, simulator.take_spikes_by_neuron(), strict=True):
        np.testing.assert_array_equal(first + rest, all_of_it)


def test_branches_send_messages_of_their_own() -> None:
    def node(name: str, sources: tuple[str, ...]) -> Node:
        layers = (Layer("dense", (3,), LIF, np.eye(3, dtype=np.int32)),)
        return Node(name, Network(layers), sources)

    graph = Graph((node("a", ("input",)), node("b", ("input",)), node("c", ("a", "b"))), ("c",))
    ones, none = np.ones((2, 3), np.int32), np.zeros((2, 3), np.int32)
    activity = count_recorded(graph, [ones, ones, ones, none])
    joined = activity.layers[2]
    assert joined.spikes_in.tolist() == joined.synops.tolist() == [6, 6]
    assert joined.synops_all.tolist() == [18, 18]
    assert (joined.neurons_in, joined.nominal_macs) == (3, 9)


SPIKES = [np.zeros((4, 2)), np.zeros((4, 3))]
LAYERS = [Layer("input", (2,)), Layer("dense", (3,), LIF, np.ones((3, 2), np.int32))]


@pytest.mark.parametrize(
    ("layers", "spikes", "changed", "steps", "words"),
    [
        (LAYERS, SPIKES[:1], None, 1, "spikes: found 1 arrays, expected 2: what was fed, then 1 dense"),
        (LAYERS, [SPIKES[0], SPIKES[0]], None, 1, r"spikes/1 dense: found shape \(4, 2\)"),
        (LAYERS, [SPIKES[0], SPIKES[1][:3]], None, 1, r"spikes/1 dense: found shape \(3, 3\)"),
        (LAYERS, SPIKES, None, 3, "found 4 steps, expected whole frames of 3"),
        (LAYERS, SPIKES, None, 0, "steps_per_frame: found 0"),
        (LAYERS, [part[:0] for part in SPIKES], None, 1, "found 0 steps"),
        (LAYERS, SPIKES, [], 1, "changed: found 0 arrays, expected 1"),
        (LAYERS, SPIKES, [SPIKES[1]], 1, r"changed/1 dense: found float64 \(4, 3\)"),
        (
            [LAYERS[0], Layer("dense", (3,), LIF, np.ones((3, 5), np.int32))],
            SPIKES,
            None,
            1,
            "layers: layer/1",
        ),
        (
            [LAYERS[0], Layer("dense", (3,), None, np.ones((3, 2), np.int32))],
            SPIKES,
            None,
            1,
            "without neurons",
        ),
        ([*LAYERS, Layer("average", (1,))], SPIKES, None, 1, "layer/2: found 'average'"),
        ([LAYERS[0]], SPIKES[:1], None, 1, "a layer with neurons"),
        ([], [], None, 1, "a layer with neurons"),
    ],
)
def test_what_does_not_fit_is_named(
    layers: list[Layer], spikes: list[Any], changed: Any, steps: int, words: str
) -> None:
    with pytest.raises(InputError, match=words):
        count_recorded(layers, spikes, changed, steps_per_frame=steps)
