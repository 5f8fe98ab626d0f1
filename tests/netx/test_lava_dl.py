"""lava-dl's own NetX loader is the judge of the files we write."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from neuromorph_track.netx import read_net, write_net

# In a process of its own: importing Lava changes how the whole program starts processes.
COMPARE = """
import sys
import numpy as np
from lava.lib.dl import netx

def variables(path):
    found = {}
    for index, layer in enumerate(netx.hdf5.Network(path, input_message_bits=0).layers):
        for part in ("neuron", "synapse"):
            process = getattr(layer, part, None)
            for var in process.vars if process is not None else ():
                found[f"{index}.{part}.{var.name}"] = np.asarray(var.init)
            if process is not None:
                for name, value in process.proc_params._parameters.items():
                    if isinstance(value, (int, float, np.ndarray, tuple, list, np.integer)):
                        found[f"{index}.{part}.param.{name}"] = np.asarray(value)
    return found

first, second = variables(sys.argv[1]), variables(sys.argv[2])
assert first and first.keys() == second.keys(), first.keys() ^ second.keys()
for name in first:
    assert np.array_equal(first[name], second[name]), name
print(len(first), "equal")
"""


@pytest.mark.slow
@pytest.mark.slayer
@pytest.mark.parametrize(
    "name", ["tiny.net", "mnist_tut.net", "oxford.net", "pilotnet_sdnn_tut.net", "yolo_kp_coco80.net"]
)
def test_lava_dl_builds_the_same_network(shared_data: Path, tmp_path: Path, name: str) -> None:
    original, ours = shared_data / "checkpoints" / name, tmp_path / "x.net"
    write_net(read_net(original), ours)
    done = subprocess.run(
        [sys.executable, "-c", COMPARE, str(original), str(ours)], capture_output=True, text=True, timeout=300
    )
    assert done.returncode == 0, done.stderr[-2000:]
    assert "equal" in done.stdout
