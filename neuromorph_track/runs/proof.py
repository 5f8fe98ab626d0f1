"""Evidence that an exported network computes what SLAYER computes."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import torch

from neuromorph_track.backends.fixed import FixedSimulator
from neuromorph_track.backends.slayer import slayer_forward
from neuromorph_track.data.scenes import Scene, SceneSpec
from neuromorph_track.detection import FrameEncoder
from neuromorph_track.netx import Network

FRAMES = 4


@dataclass(frozen=True)
class ExportProof:
    """Head potentials of both on the same frames.

    Attributes
    ----------
    frames, values : int
        Consecutive frames of a synthetic scene, and potentials compared.
    largest_difference, largest_potential : float
        In the units of SLAYER.
    equal : bool
        Whether every potential is the same to the last bit.
    """

    frames: int
    values: int
    largest_difference: float
    largest_potential: float
    equal: bool

    def to_dict(self) -> dict[str, float]:
        return asdict(self)

    def sentence(self) -> str:
        over = f"over {self.values:,} head potentials of {self.frames} frames"
        if self.equal:
            return f"equal to SLAYER's forward pass to the last bit, {over}"
        return (
            f"differs from SLAYER's forward pass by at most {self.largest_difference:.2g} "
            f"(potentials reach {self.largest_potential:.3g}), {over}"
        )


def prove_export(checkpoint: Path, network: Network) -> ExportProof:
    """Run the checkpoint in SLAYER and the network in the fixed simulator on the same frames.

    Raises
    ------
    InputError
        When the checkpoint is not one that SLAYER can run.
    JobError
        When lava-dl is not installed.
    """
    contract = network.contract
    assert contract is not None
    forward = slayer_forward(str(checkpoint))
    scene = Scene(SceneSpec(seed=0, frames=FRAMES, width=contract.input.width, height=contract.input.height))
    encoder = FrameEncoder(contract.input)
    values = np.stack([encoder(frame)[0] for frame, _ in scene])
    # What the encoder gives is already quantised: SLAYER's input layer leaves it as it is.
    pixels = torch.from_numpy(values.astype(np.float32) / (1 << contract.input.fraction_bits))
    expected = forward(pixels.permute(1, 2, 3, 0)[None])[0].permute(3, 0, 1, 2).numpy()
    # SLAYER starts all layers together, so the pipeline of the chip stays out of the comparison.
    sums = FixedSimulator(network, pipelined=False).run(values).output
    found = sums / np.float64(1 << (12 + contract.spike_exp))
    difference = np.abs(found - expected)
    return ExportProof(
        FRAMES,
        int(found.size),
        float(difference.max()),
        float(np.abs(expected).max()),
        bool(np.array_equal(found, expected)),
    )
