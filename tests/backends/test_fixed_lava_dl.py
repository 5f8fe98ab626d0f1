"""The simulator against activity that lava-dl's authors recorded and ship in the wheel."""

from __future__ import annotations

import importlib.metadata
from pathlib import Path

import numpy as np
import pytest

from neuromorph_track.backends.fixed import FixedSimulator
from neuromorph_track.netx import read_net

pytestmark = pytest.mark.slayer


@pytest.fixture(scope="module")
def recorded() -> Path:
    return Path(str(importlib.metadata.distribution("lava-dl").locate_file("tests/lava/lib/dl/netx")))


def chw(whc: np.ndarray) -> np.ndarray:
    """Lava's width-height-channel order to ours; time, where it is last, comes first."""
    turned = whc.transpose(2, 1, 0, *range(3, whc.ndim))
    return np.moveaxis(turned, -1, 0) if turned.ndim == 4 else turned


def test_tiny_binary_network(recorded: Path) -> None:
    bias = chw(np.load(recorded / "gts/tinynet/input_bias.npy"))
    truth = np.load(recorded / "gts/tinynet/output.npy")[0]
    network = read_net(recorded / "tiny.net")
    steps = FixedSimulator(network, reset_interval=17).run(np.repeat(bias[None], 17, 0).astype(np.int32))
    np.testing.assert_array_equal(np.moveaxis(steps.output, 0, -1)[..., :15], truth[..., 1:])


def test_pilotnet_sigma_delta(recorded: Path) -> None:
    frame = chw(np.load(recorded / "gts/pilotnet_sdnn/input.npy"))
    truth = np.load(recorded / "gts/pilotnet_sdnn/output.npy")
    network = read_net(recorded / "gts/pilotnet_sdnn/network.net")
    found = FixedSimulator(network).run(frame.astype(np.int32)).output
    assert found.tolist() == [[int(truth[0, -1])]]


def test_pilotnet_lif_every_convolution(recorded: Path) -> None:
    image = chw(np.load(recorded / "gts/pilotnet_lif/image.npy").astype(int))
    network = read_net(recorded / "gts/pilotnet_lif/network.net")
    # The recording resets layer l before steps l and l + 17.
    simulator = FixedSimulator(network, reset_interval=17)
    found = simulator.run(np.repeat(image[None], 18, 0).astype(np.int32), record=True).spikes
    assert found is not None
    for index in range(5):
        truth = chw(np.load(recorded / f"gts/pilotnet_lif/conv-{index}.npy"))
        late = index + 1
        np.testing.assert_array_equal(found[index + 1][: 24 - late], truth[late : late + 18])


def test_pilotnet_lif_counts_of_the_chip(recorded: Path) -> None:
    """Synops of 16 steps with a dead input, as Intel's benchmark ran: 2.293 M a step on the chip."""
    network = read_net(recorded / "gts/pilotnet_lif/network.net")
    simulator = FixedSimulator(network, reset_interval=16)
    nothing = np.zeros((16, 3, 66, 200), np.int32)
    simulator.run(nothing)
    activity = simulator.run(nothing).activity
    totals = {name: int(activity.total(name).sum()) for name in activity.COUNTS}
    assert totals["synops"] == 36_315_366
    assert totals["synops_all"] == 47_555_424
    assert totals["neuron_updates"] == 2_536_144
    assert totals["spikes_out"] == 553_715
    assert totals["synops"] / 16 == pytest.approx(2.293e6, rel=0.02)
