"""Work by core: its sums against the simulator, its parts against the full matrix of connections."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from neuromorph_track.backends.fixed import FixedSimulator
from neuromorph_track.errors import InputError
from neuromorph_track.export.zoo import load_network
from neuromorph_track.hardware import HardwareProfile, load_profile
from neuromorph_track.hardware.mapping import place
from neuromorph_track.netx import AnyNetwork, Network, fan_out, read_net, stages
from neuromorph_track.netx.fanout import recurrent_fan_out
from neuromorph_track.profiling.core_load import LayerLoad, core_load
from tests.backends.random_graphs import random_graph, random_graph_input
from tests.backends.random_networks import random_input, random_network
from tests.hardware.mapping_cases import dense, lava_dl_networks, profile
from tests.hardware.test_mapping_fill import sources_by_core

STEPS = 9


class Run:
    """A network that ran, and what a chip's cores would have done."""

    def __init__(
        self, network: AnyNetwork, values: np.ndarray, chip: HardwareProfile, **options: int
    ) -> None:
        self.network, self.values = network, values
        self.placement = place(network, chip, host_encoder=False)
        simulator = FixedSimulator(network, **options)
        steps = simulator.run(values, record=True)
        assert steps.spikes is not None
        self.last = [layer[-1] != 0 for layer in steps.spikes]
        self.activity = steps.activity
        self.spikes = simulator.take_spikes_by_neuron()
        first = stages(network)[0]
        self.fed = (values != 0).sum(0) if first.layer.has_synapses else None

    def loads(self) -> tuple[LayerLoad, ...]:
        return core_load(self.network, self.placement, self.spikes, fed=self.fed)

    def check_sums(self) -> None:
        for index, (stage, load, counted) in enumerate(
            zip(stages(self.network), self.loads(), self.activity.layers, strict=True)
        ):
            late = (0, 0)
            if stage.layer.weight_rec is not None:
                # What it sent itself in the last step has not arrived yet.
                own = recurrent_fan_out(stage.layer)
                late = (int(own.nonzero @ self.last[index]), int(own.all @ self.last[index]))
            assert load.name == counted.name
            assert load.synops.sum() - late[0] == counted.synops.sum()
            assert load.synops_all.sum() - late[1] == counted.synops_all.sum()
            assert load.neurons.sum() == stage.layer.neurons

    def check_messages(self) -> None:
        wired = stages(self.network)
        for index, (stage, load) in enumerate(zip(wired, self.loads(), strict=True)):
            if not stage.layer.has_synapses:
                assert load.messages == 0
                continue
            heard = [np.asarray(self.spikes[source]).reshape(-1) for source in stage.sources]
            if not heard:
                assert self.fed is not None
                heard = [self.fed.reshape(-1)]
            arrived = np.concatenate(heard) if stage.join == "concat" else np.sum(heard, axis=0)
            if stage.layer.weight_rec is not None:
                arrived = np.concatenate([arrived, self.spikes[index]])
            reached = sources_by_core(stage, self.placement.layers[index].core)
            assert load.messages_in.tolist() == (reached @ arrived).tolist()
            assert load.messages == load.messages_in.sum()


@pytest.mark.parametrize("rule", ["columns", "fill"])
@pytest.mark.parametrize("seed", range(12))
def test_random_chains(seed: int, rule: str) -> None:
    cuba = bool(seed % 2)
    network = random_network(seed, cuba, in_time=seed % 4 == 1)
    values = random_input(network, STEPS, seed, cuba)
    run = Run(network, values, profile(rule, neurons_per_core=5 + seed))
    assert sum(layer.synops.sum() for layer in run.activity.layers) > 0
    run.check_sums()
    run.check_messages()


@pytest.mark.parametrize("rule", ["columns", "fill"])
@pytest.mark.parametrize("seed", range(12))
def test_random_branches(seed: int, rule: str) -> None:
    graph = random_graph(seed, cuba=bool(seed % 2), mixed=seed % 3 == 0)
    run = Run(graph, random_graph_input(graph, STEPS, seed), profile(rule, neurons_per_core=6 + seed))
    run.check_sums()
    run.check_messages()


def test_detector_on_both_chips() -> None:
    network = load_network("scenes-nano")
    generator = np.random.default_rng(0)
    values = generator.integers(0, 64, (2, *network.input_shape)).astype(np.int32)
    for name in ("loihi2-oheogulch", "loihi1"):
        Run(network, values, load_profile(name)).check_sums()


@pytest.mark.slow
def test_yolo_kp_in_seconds(shared_data: Path) -> None:
    network = read_net(shared_data / "checkpoints" / "yolo_kp_coco80.net")
    generator = np.random.default_rng(0)
    spikes = [generator.poisson(0.1, stage.layer.neurons) for stage in stages(network)]
    loads = core_load(network, place(network, load_profile("loihi2-kapoho-point")), spikes)
    for stage, load in zip(stages(network)[1:], loads[1:], strict=True):
        arrived = spikes[stage.sources[0]].reshape(stage.input_shape)
        expected = fan_out(stage.layer, stage.input_shape)
        assert load.synops.sum() == (expected.nonzero * arrived).sum()
        assert load.synops_all.sum() == (expected.all * arrived).sum()


@pytest.mark.slayer
def test_the_busiest_core_of_pilotnet_is_the_chips() -> None:
    """Intel's benchmark of PilotNet LIF, input dead: 150,980 synops a step, read off its plot to 0.7 %."""
    network = read_net(lava_dl_networks() / "gts/pilotnet_lif/network.net")
    placement = place(network, load_profile("loihi2-oheogulch"))
    simulator = FixedSimulator(network, reset_interval=16)
    nothing = np.zeros((16, 3, 66, 200), np.int32)
    simulator.run(nothing)
    simulator.take_spikes_by_neuron()
    activity = simulator.run(nothing).activity
    loads = core_load(network, placement, simulator.take_spikes_by_neuron())
    assert sum(int(load.synops.sum()) for load in loads) == int(activity.total("synops").sum()) == 36_315_366
    busiest = max(int(load.synops.max()) for load in loads) / 16
    assert busiest == 150_710
    assert busiest == pytest.approx(150_980, rel=0.007)


def test_a_layer_off_the_cores_has_no_load() -> None:
    network = random_network(0, cuba=False)
    placement = place(network, profile())
    loads = core_load(network, placement, [np.ones(s.layer.neurons, np.int64) for s in stages(network)])
    assert placement.layers[0].cores == 0
    assert [load.synops.size for load in loads] == [layer.cores for layer in placement.layers]
    # Its spikes reach the next layer's cores all the same.
    assert loads[1].messages > 0


def test_spikes_of_another_network_are_refused() -> None:
    network = random_network(0, cuba=False)
    placement = place(network, profile())
    spikes = [np.zeros(stage.layer.neurons, np.int64) for stage in stages(network)]
    with pytest.raises(InputError, match=r"spikes: found layers of .* neurons, expected"):
        core_load(network, placement, [*spikes[:-1], np.zeros(99, np.int64)])
    with pytest.raises(InputError, match="placement: found that of another network"):
        core_load(network, place(Network((dense(4, 3),)), profile()), spikes)


def test_what_is_fed_to_synapses_must_be_told() -> None:
    network = random_network(1, cuba=True)
    spikes = [np.zeros(stage.layer.neurons, np.int64) for stage in stages(network)]
    with pytest.raises(InputError, match=r"fed: found nothing, expected spikes of the \d+ inputs"):
        core_load(network, place(network, profile()), spikes)
