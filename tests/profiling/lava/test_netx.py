"""Networks through lava-dl's own loader: the profiler counts what the simulator counts."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pytest

from neuromorph_track.backends.activity import Activity, LayerActivity
from neuromorph_track.backends.fixed import FixedSimulator
from neuromorph_track.netx import Network, read_net, stages, write_net
from neuromorph_track.netx.graph import Integers
from tests.backends.random_networks import random_input, random_network
from tests.profiling.lava.programs import answer

pytestmark = [pytest.mark.slayer, pytest.mark.slow]

# A synapse hears its layer's input one step before the neurons do.
AT_SYNAPSES = ("spikes_in", "synops", "synops_all")

# Importing lava-dl takes longer than to run all of these networks: one program runs them.
NETX = """
from pathlib import Path
from lava.lib.dl import netx
from tests.profiling.lava.test_netx import described
from neuromorph_track.netx import read_net

def profile(folder, interval, profiled):
    path, values = str(folder / "network.net"), np.load(folder / "values.npy")
    resets = {"reset_interval": interval, "reset_offset": 0} if interval else {}
    network = netx.hdf5.Network(path, input_message_bits=16, **resets)
    fed = network.in_layer.neuron.a_in if network.in_layer.block == "Input" else network.inp
    steps = len(values)
    source = Source(data=np.stack([value.T for value in values], -1))
    source.s_out.connect(fed)
    sink = Sink(shape=network.out.shape, buffer=steps)
    network.out.connect(sink.a_in)
    config = Loihi2SimCfg(select_tag="fixed_pt")
    if profiled:
        profiler = Profiler.init(config)
        profiler.energy_probe(num_steps=steps)
    run(network, steps, config)
    result = {"sent": sink.data.get().tolist()}
    network.stop()
    if profiled:
        result |= told(profiler)
        result["unprofiled"] = profiler.unprofiled
        mine, theirs = profiler.network.layers, read_net(path).layers
        result["layers"] = [[layer.kind, layer.shape] for layer in mine]
        result["weights"] = [
            layer.weight is None if other.weight is None or not layer.has_synapses
            else np.array_equal(layer.weight, other.weight)
            for layer, other in zip(mine, theirs)
        ]
        result["placed"] = [layer.name for layer in profiler.placement.layers]
        result["joules"] = profiler.energy
        result["described"] = [described(layer) for layer in profiler.activity.layers]
        result["named"] = len(set(profiler.names.values()))
    return result

cases = json.loads(sys.argv[2])
print(json.dumps([profile(Path(sys.argv[1]) / case, *how) for case, how in cases.items()]))
"""


class Case(NamedTuple):
    """A network and what it is fed, step by step; of CUBA neurons with or without resets."""

    network: Network
    values: Integers
    interval: int = 0
    profiled: bool = True


RANDOM = {
    f"seed {seed}": (seed, cuba, in_time, interval)
    for seed, cuba, in_time, interval in (
        (1, False, False, 0),
        (9, True, False, 0),
        (4, True, False, 5),
        (10, True, True, 0),
        (23, True, True, 0),
    )
}
LAVA_DL = {"oxford.net": 40, "mnist_tut.net": 12}
ALONE = "seed 9"


def random_case(name: str, profiled: bool = True) -> Case:
    seed, cuba, in_time, interval = RANDOM[name]
    network = random_network(seed, cuba, in_time)
    return Case(network, random_input(network, 14, seed, cuba), interval, profiled)


def lava_dl_case(checkpoints: Path, name: str) -> Case:
    network, steps = read_net(checkpoints / name), LAVA_DL[name]
    rng = np.random.default_rng(0)
    values = (rng.random((steps, *network.input_shape)) < 0.5).astype(np.int32)
    if name == "oxford.net":
        # Random spikes leave it silent; the recording holds (neuron, 0, time in ms) of each spike.
        recorded = np.load(checkpoints / "oxford_gts" / "input.npy")
        events = recorded[recorded[:, 2] < steps].astype(int)
        values = np.zeros((steps, *network.input_shape), np.int32)
        values[events[:, 2], events[:, 0]] = 1
    return Case(network, values)


def profile(cases: dict[str, Case], folder: Path) -> dict[str, dict[str, Any]]:
    """What Lava does with each network, and what our profiler says of it."""
    for name, case in cases.items():
        (folder / name).mkdir()
        write_net(case.network, folder / name / "network.net")
        np.save(folder / name / "values.npy", case.values)
    how = {name: (case.interval, case.profiled) for name, case in cases.items()}
    return dict(zip(cases, answer(NETX, folder, json.dumps(how)), strict=True))


@pytest.fixture(scope="module")
def of_random(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Any]]:
    cases = {name: random_case(name) for name in RANDOM} | {"alone": random_case(ALONE, profiled=False)}
    return profile(cases, tmp_path_factory.mktemp("random"))


def described(layer: LayerActivity) -> dict[str, Any]:
    """All but the counts."""
    return {name: value for name, value in vars(layer).items() if name not in Activity.COUNTS}


def assert_counted(result: dict[str, Any], case: Case) -> None:
    """Lava's clock is one for all layers; the simulator adds the steps before the first input to it."""
    network, values, interval, _ = case
    simulator = FixedSimulator(network, reset_interval=interval or None)
    expected = simulator.run(values).activity.layers
    steps = len(values)
    assert result["described"] == [described(layer) for layer in expected]
    assert result["named"] == len(expected)
    for stage, found, layer in zip(stages(network), result["counts"], expected, strict=True):
        assert stage.depth < steps
        for name in Activity.COUNTS:
            late = stage.depth - (name in AT_SYNAPSES and stage.depth > 0)
            mine = np.array(found[name])
            folded = np.concatenate([[mine[: late + 1].sum()], mine[late + 1 :]])[: steps - stage.depth]
            np.testing.assert_array_equal(
                folded, getattr(layer, name)[: len(folded)], err_msg=f"{stage.name} {name}"
            )
    for at, stage in enumerate(stages(network)):
        short = FixedSimulator(network, reset_interval=interval or None)
        short.run(values[: steps - stage.depth])
        np.testing.assert_array_equal(
            result["first"][at], short.take_spikes_by_neuron()[at], err_msg=stage.name
        )


@pytest.mark.parametrize("name", RANDOM)
def test_counts_are_the_simulators(of_random: dict[str, dict[str, Any]], name: str) -> None:
    result, case = of_random[name], random_case(name)
    assert_counted(result, case)
    assert any(sum(layer["spikes_out"]) for layer in result["counts"][:-1]), "a silent network proves nothing"
    assert result["unprofiled"] == []
    assert result["placed"] == [stage.name for stage in stages(case.network)]
    assert all(result["weights"])
    assert [[layer.kind, list(layer.shape)] for layer in case.network.layers] == result["layers"]
    assert result["joules"] > 0


def test_results_are_the_same_with_and_without(of_random: dict[str, dict[str, Any]]) -> None:
    assert of_random[ALONE]["sent"] == of_random["alone"]["sent"]
    assert np.any(of_random["alone"]["sent"])


def test_networks_of_lava_dl(shared_data: Path, tmp_path: Path) -> None:
    cases = {name: lava_dl_case(shared_data / "checkpoints", name) for name in LAVA_DL}
    for name, result in profile(cases, tmp_path).items():
        assert_counted(result, cases[name])
