"""Similarity distillation: which cells look alike, without asking what they look like."""

from __future__ import annotations

from typing import Literal

from torch import Tensor
from torch.nn import functional as F

from neuromorph_track.networks.distillation.alignment import at_most, directions, resampled, size_of
from neuromorph_track.networks.distillation.ground import Size
from neuromorph_track.networks.distillation.numbers import in_full

SimilarityKind = Literal["gram", "attention"]
# Of the attention: cosines are at most 1 apart from their like.
TEMPERATURE = 0.1
SIDE = 16
# Of the length of a cell, as a share of the usual one. All cells are compared with all, and those that are
# silent are many: with a hundredth their gradients drown all others.
SHORTEST = 0.1


@in_full
def similarity_loss(found: Tensor, wanted: Tensor, kind: SimilarityKind = "gram", side: int = SIDE) -> Tensor:
    """Difference of the relations between the cells of a picture (Tung & Mori 2019, arXiv 1907.09682).

    ``gram``: mean squared difference of the cosines of all pairs of cells. ``attention``: mean over cells of
    KL(teacher | student) of softmax(cosines / :data:`TEMPERATURE`), which looks at the most alike. Both
    matrices are over the same cells in the same order: those of the student's grid, of sides up to ``side``.

    Parameters
    ----------
    found : (N, C, H, W) float
    wanted : (N, C', H', W') float
        Any number of channels. No gradient goes there.

    Returns
    -------
    scalar
    """
    size = at_most(size_of(found), side)
    student, teacher = cosines(found, size), cosines(wanted.detach(), size)
    if kind == "gram":
        return F.mse_loss(student, teacher)
    said, asked = (F.log_softmax(each / TEMPERATURE, -1) for each in (student, teacher))
    return (asked.exp() * (asked - said)).sum(-1).mean()


def cosines(maps: Tensor, size: Size) -> Tensor:
    """Cosines (N, L, L) between the L cells of maps (N, C, H, W) on a grid of ``size``, less their mean.

    Rectifiers are never negative: all cells of a teacher point much the same way, and a student that was to
    do so too would have to speak everywhere. What is compared is how cells differ from the usual one.
    """
    cells = resampled(maps, size)
    cells = directions(cells - cells.mean((0, 2, 3), keepdim=True), SHORTEST)
    return cells @ cells.mT
