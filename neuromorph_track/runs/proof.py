"""Evidence that an exported network computes what the network that was trained computes."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from neuromorph_track.backends.fixed import FixedSimulator
from neuromorph_track.backends.trained import Forward, trained_forward
from neuromorph_track.detection.history import History
from neuromorph_track.netx import Network, RunContract
from neuromorph_track.runs.headroom import scene_values

FRAMES = 4
# SLAYER's spikes have 12 fractional bits.
SLAYER_SPIKE_EXP = 6


@dataclass(frozen=True)
class ExportProof:
    """Head potentials of both on the same frames.

    Attributes
    ----------
    frames, values : int
        Consecutive frames of a synthetic scene, and potentials compared.
    equal : bool
        Whether every potential is the same to the last bit where spikes have SLAYER's precision
        (``spike_exp`` 6): then weights, biases and shapes are the same.
    spike_exp : int
        What the network is run with.
    largest_difference, largest_potential : float
        With that, in the units of SLAYER.
    trainer : str
        Whose forward pass it was compared with.
    """

    frames: int
    values: int
    equal: bool
    spike_exp: int
    largest_difference: float
    largest_potential: float
    trainer: str = "SLAYER"

    def to_dict(self) -> dict[str, float | str]:
        return asdict(self)

    def sentence(self) -> str:
        over = f"over {self.values:,} head potentials of {self.frames} frames"
        text = f"{self.trainer}'s forward pass, {over}"
        if self.equal:
            text = f"equal to {text}, to the last bit"
            if self.spike_exp == SLAYER_SPIKE_EXP:
                return text
            text += f"; run with spike_exp {self.spike_exp} to leave sums room,"
        else:
            text = f"compared with {text}:"
        return f"{text} it differs by at most {self.largest_difference:.2g} of {self.largest_potential:.3g}"


def prove_export(checkpoint: Path, network: Network) -> ExportProof:
    """Run the checkpoint as it was trained and the network in the fixed simulator on the same frames.

    Raises
    ------
    InputError
        When the checkpoint is not one of ours or lava-dl's YOLO-KP.
    JobError
        When it needs lava-dl, which is not installed.
    """
    contract = network.contract
    assert contract is not None
    forward = trained_forward(str(checkpoint))
    values = scene_values(contract.input, scenes=1, frames=FRAMES)
    if contract.head.scale is not None:
        return _integer_proof(network, values, forward)
    expected = forward(_clips(values[None], contract))[0].permute(3, 0, 1, 2).numpy()
    precise, run = (
        _potentials(network, values, spike_exp) for spike_exp in (SLAYER_SPIKE_EXP, contract.spike_exp)
    )
    return ExportProof(
        frames=FRAMES,
        values=int(run.size),
        equal=bool(np.array_equal(precise, expected)),
        spike_exp=contract.spike_exp,
        largest_difference=float(np.abs(run - expected).max()),
        largest_potential=float(np.abs(expected).max()),
    )


def _clips(values: NDArray[np.int32], contract: RunContract) -> Tensor:
    """Clips (N, F, 3, H, W) of what the encoder gives as pixels (N, 3, H, W, F) of a training."""
    # They are quantised already: SLAYER's input layer leaves them as they are.
    pixels = torch.from_numpy(values.astype(np.float32) / (1 << contract.input.fraction_bits))
    return pixels.permute(0, 2, 3, 4, 1)


def _integer_proof(network: Network, values: NDArray[np.int32], forward: Forward) -> ExportProof:
    """The same for a head whose membrane potential is read at the end of each frame, which begins at rest."""
    contract = network.contract
    assert contract is not None
    assert contract.head.scale is not None
    steps = contract.steps_per_frame
    simulator = FixedSimulator(network, reset_interval=steps, pipelined=False)
    shown = History.of(contract)(values)
    membrane = simulator.run(shown).membrane
    assert membrane is not None
    run = membrane[steps - 1 :: steps]
    # A network with a history is given the pictures of all steps; others repeat one themselves.
    by_frame = shown.reshape(len(values), steps, *values.shape[1:])
    clips = by_frame[:, -1:] if contract.alike is None else by_frame
    expected = forward(_clips(clips, contract))[..., 0].numpy()
    # Training takes the mean over the steps, which float32 rounds; the sum is whole.
    whole = np.round(expected / np.float64(contract.head.scale))
    return ExportProof(
        frames=len(values),
        values=int(run.size),
        equal=bool(np.array_equal(run, whole)),
        spike_exp=SLAYER_SPIKE_EXP,
        largest_difference=float(np.abs(run - whole).max() * contract.head.scale),
        largest_potential=float(np.abs(expected).max()),
        trainer="the trained network",
    )


def _potentials(network: Network, values: NDArray[np.int32], spike_exp: int) -> NDArray[np.float64]:
    # SLAYER starts all layers together, so the pipeline of the chip stays out of the comparison.
    sums = FixedSimulator(network, spike_exp=spike_exp, pipelined=False).run(values).output
    return sums / np.float64(1 << (12 + spike_exp))
