"""What SLAYER models become, in Lava itself and in lava-dl's own loader."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from neuromorph_track.backends.fixed import FixedSimulator
from neuromorph_track.backends.lava_cpu import LavaBackend
from neuromorph_track.export.slayer import export_slayer
from neuromorph_track.netx import write_net
from neuromorph_track.runs.slayer_probe import model_probe
from tests.export.slayer.builders import seeded
from tests.export.slayer.test_matrix import EXPORTED

pytestmark = [pytest.mark.slayer, pytest.mark.slow]

FORMS = [
    "conv delay in front of dense",
    "mean norm behind an input block",
    "pool of odd sizes",
    "transposed conv of stride 1",
    "flatten first",
    "recurrent",
    "kwta with feedback of a constant",
    "affine, weight norm and mean norm",
    "average of maps",
    "sigma-delta conv, mean norm",
]

# In a process of its own: importing Lava changes how the whole program starts processes.
LOAD = """
import sys
from lava.lib.dl import netx
for path in sys.argv[1:]:
    print(len(netx.hdf5.Network(path).layers), "layers")
"""


@pytest.mark.parametrize("name", FORMS)
def test_lava_computes_the_same(name: str) -> None:
    """Every layer and the membrane of heads; SLAYER equals the simulator by the proof."""
    case, _ = EXPORTED[name]
    exported = export_slayer(seeded(case), case.shape)
    values = model_probe(exported.parts, case.shape, seed=0).values[:16]
    expected = FixedSimulator(exported.network).run(values, record=True)
    with LavaBackend(exported.network) as lava:
        found = lava.run(values, record=True)
    assert expected.spikes is not None
    assert found.spikes is not None
    for ours, theirs in zip(expected.spikes, found.spikes, strict=True):
        np.testing.assert_array_equal(ours, theirs)
    if expected.membrane is not None:
        assert found.membrane is not None
        np.testing.assert_array_equal(expected.membrane, found.membrane)
    assert expected.output.any() or (expected.membrane is not None and expected.membrane.any())


def test_lava_dl_loads_them(tmp_path: Path) -> None:
    paths, expected = [], []
    for index, name in enumerate(FORMS):
        case, _ = EXPORTED[name]
        network = export_slayer(seeded(case), case.shape).network
        paths.append(tmp_path / f"{index}.net")
        write_net(network, paths[-1])
        expected.append(sum(layer.neuron is not None for layer in network.layers))
    command = [sys.executable, "-W", "ignore", "-c", LOAD, *map(str, paths)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr[-2000:]
    found = [int(line.split()[0]) for line in done.stdout.splitlines() if line.endswith(" layers")]
    assert found == expected
