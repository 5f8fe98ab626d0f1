"""A Lava graph of integer LIF neurons, which are a process of ours: counted like the chip's own."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from neuromorph_track.netx import Layer, Network, Neuron, write_net
from tests.profiling.lava.programs import answer
from tests.profiling.lava.test_netx import Case, assert_counted

pytestmark = [pytest.mark.slayer, pytest.mark.slow]

PROFILE = """
from neuromorph_track.backends.lava_cpu import layer_specs
from neuromorph_track.backends.lava_worker.graph import Settings, build_graph
from neuromorph_track.netx import read_net
from tests.profiling.lava.test_netx import described

folder = sys.argv[1]
values = np.load(folder + "/values.npy")
layers = build_graph(layer_specs(read_net(folder + "/x.net")), Settings(6))
source = Source(data=np.stack([value.T for value in values], -1))
source.s_out.connect(layers[0].neuron.a_in)
head = layers[-1].neuron
config = Loihi2SimCfg(select_tag="fixed_pt")
profiler = Profiler.init(config)
run(head, len(values), config)
head.stop()
result = told(profiler)
result["described"] = [described(layer) for layer in profiler.activity.layers]
result["named"] = len(profiler.activity.layers)
result["unprofiled"] = profiler.unprofiled
print(json.dumps(result))
"""


def case() -> Case:
    """Pixels as spikes, a leaky layer, and sums."""
    rng = np.random.default_rng(3)
    weight = rng.integers(-40, 60, (4, 2, 3, 3)).astype(np.int32)
    layers = (
        Layer("input", (2, 6, 5), neuron=Neuron("ilif", "ILIF", 1, 0, 4096, levels=255)),
        Layer(
            "conv",
            (4, 6, 5),
            neuron=Neuron("ilif", "ILIF", 1024, 0, 1024, levels=8),
            weight=weight,
            bias=np.array([5, 300, -20, 0], np.int32),
            padding=(1, 1),
        ),
        Layer(
            "conv",
            (3, 6, 5),
            neuron=Neuron("cuba", "CUBA", 1 << 17, 4096, 0),
            weight=rng.integers(-9, 9, (3, 4, 1, 1)).astype(np.int32),
        ),
    )
    return Case(Network(layers), rng.integers(0, 40, (9, 2, 6, 5)).astype(np.int32))


def test_counts_are_the_simulators(tmp_path: Path) -> None:
    network, values, *_ = made = case()
    write_net(network, tmp_path / "x.net")
    np.save(tmp_path / "values.npy", values)
    result: dict[str, Any] = answer(PROFILE, str(tmp_path))
    assert result["unprofiled"] == []
    assert all(sum(layer["spikes_out"]) for layer in result["counts"][:-1])
    assert_counted(result, made)
    assert json.dumps(result["described"]).count('"ilif"') == 2
