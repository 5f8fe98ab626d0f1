"""The graph we build against the one that lava-dl's NetX loader builds, and our models against Lava's."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from neuromorph_track.netx import write_net
from tests.backends.random_networks import random_network

pytestmark = [pytest.mark.slayer, pytest.mark.slow]

ROOT = Path(__file__).resolve().parents[2]

# In processes of their own: importing Lava changes how the whole program starts processes.
VARIABLES = """
import sys
import warnings
import numpy as np
from lava.lib.dl import netx
from neuromorph_track.backends.lava_cpu import layer_specs
from neuromorph_track.backends.lava_worker.graph import Settings, build_graph
from neuromorph_track.netx import read_net

PORTS = ("a_in", "s_out", "s_in", "a_out")

def described(process):
    found = {var.name: np.broadcast_to(np.asarray(var.init), var.shape) for var in process.vars}
    for name, value in process.proc_params._parameters.items():
        if isinstance(value, (bool, int, float, np.ndarray, np.integer, tuple, list)):
            found["param " + name] = np.asarray(value)
    for name in PORTS:
        if hasattr(process, name):
            found["port " + name] = np.asarray(getattr(process, name).shape)
    return type(process).__name__, found

path, spike_exp, interval, offset, message_bits = sys.argv[1], *map(int, sys.argv[2:])
interval = interval or None
warnings.simplefilter("ignore")
theirs = netx.hdf5.Network(path, spike_exp=spike_exp, reset_interval=interval, reset_offset=offset,
                           input_message_bits=message_bits).layers
ours = build_graph(layer_specs(read_net(path)), Settings(spike_exp, interval, offset))
assert len(ours) == len(theirs), (len(ours), len(theirs))
compared = 0
for index, (mine, block) in enumerate(zip(ours, theirs)):
    for part in ("synapse", "neuron"):
        if getattr(mine, part) is None:
            assert not hasattr(block, part), (index, part)
            continue
        kind, found = described(getattr(mine, part))
        expected_kind, expected = described(getattr(block, part))
        assert kind == expected_kind, (index, part, kind, expected_kind)
        # Names of parameters that lava-dl's blocks pass and no process model reads.
        unread = {"param shape"}
        only_one_has = (found.keys() ^ expected.keys()) - unread
        assert not only_one_has, (index, part, only_one_has)
        for name in found.keys() & expected.keys():
            assert np.array_equal(found[name], expected[name]), (index, part, name)
            compared += 1
print(compared, "equal")
"""


def run(script: str, *arguments: object) -> str:
    command = [sys.executable, "-c", script, *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, cwd=ROOT)
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout


@pytest.mark.parametrize(
    ("name", "spike_exp", "interval", "offset"),
    [
        ("tiny.net", 6, 17, 3),
        ("mnist_tut.net", 6, 0, 0),
        ("oxford.net", 6, 0, 0),
        ("pilotnet_sdnn_tut.net", 6, 0, 0),
        ("yolo_kp_coco80.net", 4, 0, 0),
    ],
)
def test_every_variable_is_lava_dl_s(
    shared_data: Path, name: str, spike_exp: int, interval: int, offset: int
) -> None:
    assert "equal" in run(VARIABLES, shared_data / "checkpoints" / name, spike_exp, interval, offset, 16)


@pytest.mark.parametrize("seed", range(3))
def test_every_variable_of_random_networks(tmp_path: Path, seed: int) -> None:
    write_net(random_network(seed, cuba=seed > 0), tmp_path / "x.net")
    assert "equal" in run(VARIABLES, tmp_path / "x.net", 6, 0, 0, 16)


CONVOLUTION = """
import numpy as np
from lava.proc.conv import utils
from neuromorph_track.backends.lava_worker.conv import Convolution

rng = np.random.default_rng(0)
for case in range(60):
    groups = int(rng.integers(1, 4))
    inputs, outputs = groups * int(rng.integers(1, 4)), groups * int(rng.integers(1, 4))
    kernel, stride, padding, dilation = rng.integers(1, 4, 2), *rng.integers([1, 0, 1], [4, 3, 3], (2, 3)).T
    shape = (int(rng.integers(9, 14)), int(rng.integers(9, 14)), inputs)
    weight = rng.integers(-256, 256, (outputs, *kernel, inputs // groups)).astype(np.int32)
    # Small ones stay in float32, large ones need float64.
    reach = int(rng.choice([2, 300, 1 << 14]))
    spikes = rng.integers(-reach, reach, shape).astype(np.int32)
    spikes[rng.random(shape) < 0.7] = 0
    if case % 5 == 0:
        spikes = spikes.astype(bool)
    expected = utils.conv(spikes, weight, kernel, stride, padding, dilation, groups)
    found = Convolution(weight, stride, padding, dilation, groups)(spikes)
    assert found.dtype == expected.dtype and np.array_equal(found, expected), case
print("equal")
"""


def test_our_convolution_is_lava_s() -> None:
    assert "equal" in run(CONVOLUTION)


WEIGHTS = """
import warnings
import numpy as np
from lava.lib.dl.netx.utils import optimize_weight_bits
from neuromorph_track.backends.lava_worker.weights import fit_weights

warnings.simplefilter("ignore")
rng = np.random.default_rng(0)
ranges = [(-256, 255), (0, 256), (-256, 0), (-256, 1), (-5, 6), (1, 4), (-3, 0), (-128, 128), (254, 255)]
for case in range(600):
    low, high = ranges[case % len(ranges)]
    weight = rng.integers(low, high, (3, 4)) // (1 << (case % 4)) * (1 << (case % 4))
    if not weight.any():
        continue
    expected, bits, exponent, _ = optimize_weight_bits(weight)
    found = fit_weights(weight.astype(np.int32))
    assert np.array_equal(found.weights, expected), (weight, found)
    assert (found.bits, found.exponent) == (bits, exponent), (weight, found, bits, exponent)
print("equal")
"""


def test_weights_are_fitted_as_lava_dl_does() -> None:
    assert "equal" in run(WEIGHTS)
