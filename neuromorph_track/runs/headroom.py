"""Choosing the binary point of spikes so that no sum wraps."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from neuromorph_track.backends.fixed import FixedSimulator
from neuromorph_track.data.scenes import Scene, SceneSpec
from neuromorph_track.detection import FrameEncoder
from neuromorph_track.errors import InputError
from neuromorph_track.netx import InputSpec, Network

# What a sum may take of its 24 bits on the frames tried here. They hold cuts from one scene to another,
# the largest changes there are; other pictures can still ask for more.
SHARE_OF_RANGE = 0.7
# What happens while the pipeline fills is the same for every input, so it only has to fit.
SHARE_WHILE_FILLING = 0.95
SCENES, FRAMES = 3, 8


def scene_values(spec: InputSpec, scenes: int = SCENES, frames: int = FRAMES) -> NDArray[np.int32]:
    """Encoded frames of synthetic scenes, ``(scenes * frames, 3, height, width)`` int32."""
    encoder = FrameEncoder(spec)
    return np.stack(
        [
            encoder(frame)[0]
            for seed in range(scenes)
            for frame, _ in Scene(SceneSpec.shaped_like(spec.width, spec.height, seed, frames))
        ]
    )


def with_headroom(network: Network) -> Network:
    """The network with the largest ``spike_exp``, at most its own, that leaves its sums room.

    A spike has ``6 + spike_exp`` fractional bits: more keep it closer to SLAYER, fewer keep the sums of a
    convolution inside 24 bits. They are largest when the pipeline fills, before any frame arrives,
    which SLAYER never sees.

    Raises
    ------
    InputError
        When even 0 is too much: the network's activations are too large for the chip.
    """
    contract = network.contract
    assert contract is not None
    values = scene_values(contract.input)
    for spike_exp in range(contract.spike_exp, -1, -1):
        simulator = FixedSimulator(network, spike_exp=spike_exp)
        filling = max(simulator.take_peaks().values(), default=0.0)
        simulator.run(values)
        peaks = simulator.take_peaks()
        if filling <= SHARE_WHILE_FILLING and max(peaks.values(), default=0.0) <= SHARE_OF_RANGE:
            return replace(network, contract=contract.model_copy(update={"spike_exp": spike_exp}))
    worst = max(peaks, key=lambda name: peaks[name])
    found = f"sums of {max(filling, peaks[worst]):.2f} of the 24-bit range, layer {worst}"
    raise InputError(network.source, "activations", found, f"at most {SHARE_OF_RANGE} at spike_exp 0")
