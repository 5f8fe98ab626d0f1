"""Feature distillation: each cell of the student says what the teacher's cell of the same place says."""

from __future__ import annotations

from typing import Literal

import torch
from torch import Tensor, nn

from neuromorph_track.networks.distillation.alignment import directions, mean_cell, resampled, size_of
from neuromorph_track.networks.distillation.numbers import in_full, unexplained, weighted_mean

# Of the weights that PyTorch begins with.
FRESH = 0.1

FeatureKind = Literal["mse", "cosine"]


class FeatureTerm(nn.Module):
    """A 1 x 1 projection of the student's cells to the teacher's channels, and their distance.

    Parameters
    ----------
    student, teacher : int
        Channels.
    kind : str
        ``mse``: the share of the teacher's variance that is left, 1 for the best constant. ``cosine``: the
        mean of 1 − cosine, blind to lengths.
    """

    def __init__(self, student: int, teacher: int, kind: FeatureKind = "mse") -> None:
        super().__init__()
        self.kind = kind
        self.projection = nn.Conv2d(student, teacher, 1, bias=False)
        # What a random one says is worse than nothing, and the quickest way to less of it is to fall silent.
        with torch.no_grad():
            self.projection.weight.mul_(FRESH)

    @in_full
    def forward(self, found: Tensor, wanted: Tensor, weight: Tensor | None = None) -> Tensor:
        """Scalar loss of maps (N, C, H, W) and the teacher's (N, C', H', W'), which gets no gradient.

        ``weight`` (N, H, W) is what each cell counts.
        """
        said, wanted = self.projection(found), resampled(wanted.detach(), size_of(found))
        if self.kind == "mse":
            # What a channel is on average says nothing of a cell, and takes a bias a thousand steps to learn.
            said = said + (mean_cell(wanted, weight) - mean_cell(said, weight))
        return feature_distance(said, wanted, self.kind, weight)

    @in_full
    def projected(self, found: Tensor) -> Tensor:
        """Maps (N, C', H, W) in the teacher's channels."""
        maps: Tensor = self.projection(found)
        return maps


def feature_distance(
    found: Tensor, wanted: Tensor, kind: FeatureKind, weight: Tensor | None = None
) -> Tensor:
    """The same of maps of one shape."""
    cells = None if weight is None else weight.flatten()
    if kind == "mse":
        return unexplained(found.movedim(1, -1).flatten(0, 2), wanted.movedim(1, -1).flatten(0, 2), cells)
    said, asked = (directions(each, weight=weight) for each in (found, wanted))
    return weighted_mean(1 - (said * asked).sum(-1).flatten(), cells)
