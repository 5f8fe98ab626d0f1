"""PilotNet, the network that lava-dl's authors measured on Loihi 2 and published with its weights."""

from __future__ import annotations

import importlib.metadata
from dataclasses import replace
from pathlib import Path

import numpy as np
from measured.case import Run
from numpy.typing import NDArray

from neuromorph_track.backends.activity import Activity, NeuronSpikes
from neuromorph_track.backends.fixed import FixedSimulator
from neuromorph_track.netx import Network, read_net

STEPS = 16
# Frames of the panned picture; the first one fills the network.
FRAMES = 9


def recorded(name: str) -> Path:
    """A file that lies in lava-dl's wheel."""
    folder = f"tests/lava/lib/dl/netx/gts/{name}"
    return Path(str(importlib.metadata.distribution("lava-dl").locate_file(folder)))


def lif() -> Network:
    return read_net(recorded("pilotnet_lif/network.net"))


def lif_without_input() -> Run:
    """16 timesteps a frame. The benchmark's input never reached the chip, and nothing is handed over."""
    network = lif()
    simulator = FixedSimulator(network, reset_interval=STEPS)
    activity = by_frame(simulator, np.zeros((2, STEPS, *network.input_shape), np.int32))
    return Run(replace(activity, input_values=0, output_values=0), network)


def sdnn(data: Path) -> Network:
    return read_net(data / "checkpoints/pilotnet_sdnn_tut.net")


def sdnn_panned(data: Path) -> Run:
    """One timestep a frame. The video is not public: a picture that moves by a pixel each frame instead."""
    network = sdnn(data)
    picture = np.load(recorded("pilotnet_lif/image.npy")).transpose(2, 1, 0).astype(np.float64)
    # As the recorded input of this network is scaled: -1 to 1 with 6 bits behind the point.
    values = np.rint(128 * picture / picture.max() - 64).astype(np.int32)
    frames = np.stack([np.roll(values, shift, axis=2) for shift in range(FRAMES)])[:, None]
    return Run(by_frame(FixedSimulator(network), frames), network)


def by_frame(simulator: FixedSimulator, frames: NDArray[np.int32]) -> Activity:
    """Counts of ``(frames, steps, *shape)`` values, with the spikes of every neuron."""
    count, steps = frames.shape[:2]
    first = simulator.run(frames[0]).activity
    spikes = simulator.take_spikes_by_neuron()
    rest = simulator.run(frames[1:].reshape((count - 1) * steps, *frames.shape[2:])).activity
    later = simulator.take_spikes_by_neuron()
    layers = tuple(
        replace(one, **{name: np.append(getattr(one, name), getattr(two, name)) for name in Activity.COUNTS})
        for one, two in zip(first.layers, rest.layers, strict=True)
    )
    return replace(first, layers=layers, by_neuron=NeuronSpikes(spikes, later)).per_frame(steps)
