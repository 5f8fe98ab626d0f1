"""Networks as they ran on a chip: simulated, mapped and priced, against what was published."""

from __future__ import annotations

import importlib.metadata
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from neuromorph_track.backends.activity import Activity, NeuronSpikes
from neuromorph_track.backends.fixed import FixedSimulator
from neuromorph_track.hardware import load_profile
from neuromorph_track.netx import Network, read_net
from neuromorph_track.profiling import EnergyReport, price

pytestmark = pytest.mark.slayer

# lava-nc/lava-dl, netx/pilotnet_snn/benchmark.ipynb, three runs: J dynamic and timesteps per second.
DYNAMIC = (0.562239e-3, 1.070673e-3, 1.093544e-3)
STEPS_PER_SECOND = (415.51 * 16, 413.76 * 16, 408.91 * 16)
# Synops per timestep by the chip's counters, read off the notebook's plots.
COUNTERS = {"1 conv": 0, "2 conv": 1.6158e6, "3 conv": 451.7e3, "4 conv": 154.6e3, "5 conv": 67.8e3}
ALL_COUNTERS = 2.293e6
# lava-nc/lava-dl, netx/pilotnet_sdnn/benchmark.ipynb, three runs: J in total.
SDNN_TOTAL = (11.756690e-3, 31.964948e-3, 16.343833e-3)


@pytest.fixture(scope="module")
def wheel() -> Path:
    folder = "tests/lava/lib/dl/netx/gts/pilotnet_lif"
    return Path(str(importlib.metadata.distribution("lava-dl").locate_file(folder)))


def counted(simulator: FixedSimulator, frames: np.ndarray) -> Activity:
    """Activity of ``frames``, (2, steps, *shape)."""
    ran, spikes = [], []
    for frame in frames:
        ran.append(simulator.run(frame.astype(np.int32)).activity)
        spikes.append(simulator.take_spikes_by_neuron())
    layers = tuple(
        replace(one, **{name: np.append(getattr(one, name), getattr(two, name)) for name in Activity.COUNTS})
        for one, two in zip(ran[0].layers, ran[1].layers, strict=True)
    )
    return replace(ran[0], layers=layers, by_neuron=NeuronSpikes(*spikes)).per_frame(frames.shape[1])


def priced(activity: Activity, network: Network) -> EnergyReport:
    return price(activity, load_profile("loihi2-oheogulch"), network=network)


def test_spiking_pilotnet_with_a_dead_input(wheel: Path) -> None:
    network = read_net(wheel / "network.net")
    simulator = FixedSimulator(network, reset_interval=16)
    activity = counted(simulator, np.zeros((2, 16, *network.input_shape)))
    layers = {layer.name: layer for layer in activity.layers}
    for name, counter in COUNTERS.items():
        assert layers[name].synops[1] / 16 == pytest.approx(counter, rel=0.07)
    # The notebook never wrote its picture to the chip.
    report = priced(replace(activity, input_values=0, output_values=0), network)
    assert report.counters["synops"] == pytest.approx(ALL_COUNTERS, rel=0.02)
    dynamic, step = report.steady_state.dynamic, report.steady_state.step_time
    assert dynamic is not None
    assert step is not None
    assert dynamic.p5 < min(DYNAMIC)
    assert dynamic.p95 > max(DYNAMIC)
    errors = [abs(np.log(dynamic.p50 / measured)) for measured in DYNAMIC]
    assert np.exp(np.mean(errors)) <= 1.3
    for rate in STEPS_PER_SECOND:
        assert step.p50 == pytest.approx(1 / rate, rel=0.2)
    assert report.placement is not None
    assert (report.placement.cores, report.placement.chips, report.placement.fits) == (74, 1, True)


def test_sigma_delta_pilotnet_waits_for_its_pixels(wheel: Path, shared_data: Path) -> None:
    network = read_net(shared_data / "checkpoints/pilotnet_sdnn_tut.net")
    picture = np.load(wheel / "image.npy").transpose(2, 1, 0).astype(float)
    # Its video is not public: a picture that moves by a pixel, scaled as the network's recorded input is.
    values = np.rint(128 * picture / picture.max() - 64)
    frames = np.stack([values, np.roll(values, 1, axis=2)])[:, None]
    report = priced(counted(FixedSimulator(network), frames), network)
    energy = report.steady_state
    assert report.bound == "input and output"
    assert energy.static is not None
    assert energy.dynamic is not None
    assert energy.total is not None
    assert energy.static.p5 > energy.dynamic.p95
    assert energy.total.p5 < min(SDNN_TOTAL)
    assert energy.total.p95 > max(SDNN_TOTAL)
    assert any("below" in caveat and "meter" in caveat for caveat in report.caveats)
    assert report.placement is not None
    assert (report.placement.cores, report.placement.chips, report.placement.fits) == (61, 1, True)
