"""Similarity distillation: which cells look alike, without asking what they look like."""

from __future__ import annotations

from typing import Literal

import torch
from torch import Tensor
from torch.nn import functional as F

from neuromorph_track.networks.distillation.alignment import (
    at_most,
    directions,
    mean_cell,
    resampled,
    size_of,
)
from neuromorph_track.networks.distillation.ground import Size
from neuromorph_track.networks.distillation.numbers import in_full, weighted_mean

SimilarityKind = Literal["gram", "attention"]
# Of the attention: cosines are at most 1 apart from their like.
TEMPERATURE = 0.1
SIDE = 16
# Of the length of a cell, as a share of the usual one. All cells are compared with all, and those that are
# silent are many: with a hundredth their gradients drown all others.
SHORTEST = 0.1
# Of a weight whose logarithm is taken.
LEAST = 1e-12


@in_full
def similarity_loss(
    found: Tensor,
    wanted: Tensor,
    kind: SimilarityKind = "gram",
    side: int = SIDE,
    weight: Tensor | None = None,
) -> Tensor:
    """Difference of the relations between the cells of a picture (Tung & Mori 2019, arXiv 1907.09682).

    ``gram``: mean squared difference of the cosines of all pairs of cells. ``attention``: mean over cells of
    KL(teacher | student) of softmax(cosines / :data:`TEMPERATURE`), which looks at the most alike. Both
    matrices are over the same cells in the same order: those of the student's grid, of sides up to ``side``.

    Parameters
    ----------
    found : (N, C, H, W) float
    wanted : (N, C', H', W') float
        Any number of channels. No gradient goes there.
    weight : (N, H, W) float, optional
        What each cell counts, as one of a pair and in the mean of all.

    Returns
    -------
    scalar
    """
    size = at_most(size_of(found), side)
    cells = torch.ones_like(found[:, 0]) if weight is None else weight
    cells = resampled(cells.unsqueeze(1), size).squeeze(1)
    student, teacher = cosines(found, size, cells), cosines(wanted.detach(), size, cells)
    each = cells.flatten(1)
    if kind == "gram":
        return weighted_mean((student - teacher).square(), each.unsqueeze(2) * each.unsqueeze(1))
    said, asked = (
        F.log_softmax(cosine / TEMPERATURE + each.clamp(min=LEAST).log().unsqueeze(1), -1)
        for cosine in (student, teacher)
    )
    return weighted_mean((asked.exp() * (asked - said)).sum(-1), each)


def cosines(maps: Tensor, size: Size, weight: Tensor | None = None) -> Tensor:
    """Cosines (N, L, L) between the L cells of maps (N, C, H, W) on a grid of ``size``, less their mean.

    Rectifiers are never negative: all cells of a teacher point much the same way, and a student that was to
    do so too would have to speak everywhere. What is compared is how cells differ from the usual one.
    """
    cells = resampled(maps, size)
    cells = directions(cells - mean_cell(cells, weight), SHORTEST, weight)
    return cells @ cells.mT
