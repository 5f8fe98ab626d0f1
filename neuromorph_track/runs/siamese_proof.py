"""Evidence that an exported siamese pair computes what the network that was trained computes."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from neuromorph_track.data.targets import TargetScene, TargetSpec
from neuromorph_track.detection.crop import Window, from_corners
from neuromorph_track.networks.spiketrack import SpiketrackNet
from neuromorph_track.netx import CropSpec, Siamese
from neuromorph_track.runs.siamese_net import Frame, PairNet, SiameseNet

TARGETS = 2
FRAMES = 4


@dataclass(frozen=True)
class SiameseProof:
    """Head potentials of both on the same crops.

    Attributes
    ----------
    targets, frames, values : int
        Templates that were written, search crops of each, potentials compared.
    equal : bool
        Whether every potential is the same to the last bit.
    largest_difference, largest_potential : int
        In units of a membrane potential.
    error : float
        What 8 bits took from the memories: the largest relative Frobenius norm.
    wrapped : tuple of str
        A warning for each layer whose sums left 24 bits, which is one reason not to be equal.
    """

    targets: int
    frames: int
    values: int
    equal: bool
    largest_difference: int
    largest_potential: int
    error: float
    wrapped: tuple[str, ...]

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)

    def sentence(self) -> str:
        over = f"over {self.values:,} head potentials of {self.frames} frames of {self.targets} targets"
        lost = f"; 8 bits took {self.error:.1%} of a memory"
        if self.equal:
            return f"equal to the trained network, to the last bit, {over}{lost}"
        differs = f"{self.largest_difference} of {self.largest_potential}"
        why = "".join(f"; {told}" for told in self.wrapped)
        return f"compared with the trained network {over}: it differs by at most {differs}{lost}{why}"


def prove_siamese(model: SpiketrackNet, siamese: Siamese) -> SiameseProof:
    """Run the trained network and the pair in the fixed simulator on the same synthetic targets."""
    net = SiameseNet(siamese)
    run, wanted, errors = [], [], [0.0]
    for seed in range(TARGETS):
        pictures = list(TargetScene(TargetSpec(seed=seed, split="test", frames=FRAMES)))
        box = from_corners(pictures[0][1])
        template = net.template(pictures[0][0], box)
        errors += [written.error for written in net.write(template.sums)]
        around = _window(siamese.contract.search, box)
        for frame, _, _ in pictures:
            run.append(net.potentials(frame, around))
            wanted.append(_trained(model, siamese, pictures[0][0], box, frame, around))
    return compared(net, np.stack(run), np.stack(wanted), TARGETS, len(run), max(errors))


def compared(
    net: PairNet,
    run: NDArray[np.integer],
    wanted: NDArray[np.int64],
    targets: int,
    frames: int,
    error: float,
) -> SiameseProof:
    """The proof of potentials of the pair against those of the trained network."""
    given = run.astype(np.int64)
    return SiameseProof(
        targets=targets,
        frames=frames,
        values=given.size,
        equal=bool(np.array_equal(given, wanted)),
        largest_difference=int(np.abs(given - wanted).max()),
        largest_potential=int(np.abs(wanted).max()),
        error=error,
        wrapped=tuple(net.wrapped_layers()),
    )


@torch.inference_mode()
def _trained(
    model: SpiketrackNet,
    siamese: Siamese,
    first: Frame,
    box: NDArray[np.float64],
    frame: Frame,
    around: Window,
) -> NDArray[np.int64]:
    contract = siamese.contract
    template = _pixels(_window(contract.template, box), first, contract.template)
    search = _pixels(around, frame, contract.search)
    raw = model.eval()(template, search).raw[0, ..., 0].numpy()
    # What a host adds to potentials of zero.
    added = contract.raw_output(np.zeros_like(raw))
    # Training takes the mean over the steps, which float32 rounds; the sum is whole.
    return np.round((raw - added) / np.float64(contract.head_scale)).astype(np.int64)


def _window(crop: CropSpec, box: NDArray[np.float64]) -> Window:
    assert crop.factor is not None
    return Window.around(box, crop.factor)


def _pixels(window: Window, frame: Frame, crop: CropSpec) -> torch.Tensor:
    return pixels_of(window.cut(frame, crop.input.height, crop.input.pad))


def pixels_of(picture: Frame) -> torch.Tensor:
    """A picture (H, W, 3) as a network that is trained takes it, (1, 3, H, W, 1)."""
    return torch.from_numpy(picture).permute(2, 0, 1)[None, ..., None].float() / 256
