"""A detector of many objects that learns from another, which sees the same pictures."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from neuromorph_track.networks.distillation import View, grid_view
from neuromorph_track.networks.distillation.tap import Tap, over_steps
from neuromorph_track.networks.distillation.views import frames_first
from neuromorph_track.networks.interface import DetectorOutput
from neuromorph_track.networks.smtrack import SmtrackDetector
from neuromorph_track.networks.smtrack_sigma_delta import SigmaDeltaSmtrack
from neuromorph_track.networks.taught import Taught

Detectors = SmtrackDetector | SigmaDeltaSmtrack
Scale = tuple[tuple[float, ...], tuple[float, ...]]


class TaughtDetector(Taught):
    """A detector of the smtrack family and its loss against another of it.

    Parameters
    ----------
    student, teacher : SmtrackDetector or SigmaDeltaSmtrack
        Of the same classes; neurons, layers and grid may differ.
    distillation : nn.Module
        See :class:`~neuromorph_track.networks.taught.Taught`; of one level.
    scales : pair of (mean, std)
        With which the student's pixels are normalised, and the teacher's.
    """

    student: Detectors

    def __init__(
        self, student: Detectors, teacher: Detectors, distillation: nn.Module, scales: tuple[Scale, Scale]
    ) -> None:
        super().__init__(student, teacher, distillation)
        (mean, std), (told_mean, told_std) = (map(torch.tensor, scale) for scale in scales)
        self.factor: Tensor
        self.offset: Tensor
        self.register_buffer("factor", std / told_std, persistent=False)
        self.register_buffer("offset", (mean - told_mean) / told_std, persistent=False)

    def forward(self, frames: Tensor) -> DetectorOutput:
        """The student's output; ``aside`` is what it has still to learn from the teacher.

        Parameters
        ----------
        frames : (N, 3, H, W, F) float
            Normalised as the student has them.
        """
        output, found = _seen(self.student, frames)
        with torch.no_grad():
            _, wanted = _seen(self.teacher, self._as_taught(frames))
        return output._replace(aside=self.distillation(found, wanted))

    def _as_taught(self, frames: Tensor) -> Tensor:
        """The same pictures as the teacher has them; of those of a history its own alone, if it has none."""
        spec = self.teacher.spec
        if getattr(self.student.spec, "history", False) and not getattr(spec, "history", False):
            frames = frames[..., -1:]
        return frames * self.factor.view(-1, 1, 1, 1) + self.offset.view(-1, 1, 1, 1)


def _seen(network: Detectors, frames: Tensor) -> tuple[DetectorOutput, View]:
    """What a network says of frames, and its last map, pictures of the first frame first."""
    last = f"blocks.{len(network.blocks) - 1}"
    with Tap(network, last) as tap:
        output = network(frames)
    heard = tap.maps[last]
    # Sigma-delta neurons send changes: their sum is what the next layer has, a map for each frame.
    carried = isinstance(network, SigmaDeltaSmtrack)
    maps = frames_first(heard.cumsum(-1)) if carried else over_steps(heard)
    return output, grid_view(output.raw, network.classes, features=(maps,))
