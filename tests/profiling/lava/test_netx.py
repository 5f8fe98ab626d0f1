"""Networks through lava-dl's own loader: the profiler counts what the simulator counts."""

from __future__ import annotations

from pathlib import Path
from typing import Any

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

NETX = """
from lava.lib.dl import netx
from tests.profiling.lava.test_netx import described
from neuromorph_track.netx import read_net

path, values, interval, profiled = sys.argv[1], np.load(sys.argv[2]), int(sys.argv[3]), sys.argv[4] == "True"
resets = {"reset_interval": interval, "reset_offset": 0} if interval else {}
network = netx.hdf5.Network(path, input_message_bits=16, **resets)
fed = network.in_layer.neuron.a_in if network.in_layer.block == "Input" else network.inp
steps = len(values)
source = Source(data=np.stack([value.T for value in values], -1))
source.s_out.connect(fed)
sink = Sink(shape=network.out.shape, buffer=steps)
network.out.connect(sink.a_in)
config = Loihi2SimCfg(select_tag="fixed_pt")
result = {}
if profiled:
    profiler = Profiler.init(config)
    profiler.energy_probe(num_steps=steps)
run(network, steps, config)
result["sent"] = sink.data.get().tolist()
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
print(json.dumps(result))
"""


def profile(
    network: Network, values: Integers, folder: Path, interval: int = 0, profiled: bool = True
) -> dict[str, Any]:
    path = folder / "network.net"
    write_net(network, path)
    np.save(folder / "values.npy", values)
    result: dict[str, Any] = answer(NETX, path, folder / "values.npy", interval, profiled)
    return result


def described(layer: LayerActivity) -> dict[str, Any]:
    """All but the counts."""
    return {name: value for name, value in vars(layer).items() if name not in Activity.COUNTS}


def assert_counted(result: dict[str, Any], network: Network, values: Integers, interval: int = 0) -> None:
    """Lava's clock is one for all layers; the simulator adds the steps before the first input to it."""
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


@pytest.mark.parametrize(
    ("seed", "cuba", "in_time", "interval"),
    [
        (1, False, False, 0),
        (9, True, False, 0),
        (4, True, False, 5),
        (10, True, True, 0),
        (23, True, True, 0),
    ],
)
def test_counts_are_the_simulators(
    seed: int, cuba: bool, in_time: bool, interval: int, tmp_path: Path
) -> None:
    network = random_network(seed, cuba, in_time)
    values = random_input(network, 14, seed, cuba)
    result = profile(network, values, tmp_path, interval)
    assert_counted(result, network, values, interval)
    assert any(sum(layer["spikes_out"]) for layer in result["counts"][:-1]), "a silent network proves nothing"
    assert result["unprofiled"] == []
    assert result["placed"] == [stage.name for stage in stages(network)]
    assert all(result["weights"])
    assert [[layer.kind, list(layer.shape)] for layer in network.layers] == result["layers"]
    assert result["joules"] > 0


def test_results_are_the_same_with_and_without(tmp_path: Path) -> None:
    network = random_network(9, cuba=True)
    values = random_input(network, 14, 9, cuba=True)
    with_it, without = (profile(network, values, tmp_path, profiled=on)["sent"] for on in (True, False))
    assert with_it == without
    assert np.any(with_it)


@pytest.mark.parametrize(("name", "steps"), [("oxford.net", 40), ("mnist_tut.net", 12)])
def test_networks_of_lava_dl(shared_data: Path, tmp_path: Path, name: str, steps: int) -> None:
    network = read_net(shared_data / "checkpoints" / name)
    rng = np.random.default_rng(0)
    values = (rng.random((steps, *network.input_shape)) < 0.5).astype(np.int32)
    if name == "oxford.net":
        # Random spikes leave it silent; the recording holds (neuron, 0, time in ms) of each spike.
        recorded = np.load(shared_data / "checkpoints" / "oxford_gts" / "input.npy")
        events = recorded[recorded[:, 2] < steps].astype(int)
        values = np.zeros((steps, *network.input_shape), np.int32)
        values[events[:, 2], events[:, 0]] = 1
    assert_counted(profile(network, values, tmp_path), network, values)
