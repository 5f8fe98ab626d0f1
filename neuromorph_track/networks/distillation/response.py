"""Response distillation: the student's head says what the teacher's says."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional as F

from neuromorph_track.networks.distillation.alignment import nearest, resampled, size_of
from neuromorph_track.networks.distillation.numbers import in_full
from neuromorph_track.networks.distillation.spatial import Objects

# Of a box, in sides of the picture: truth without area would make residuals infinite.
LEAST_SIDE = 1e-3
LEAST_WEIGHT = 1e-3


@in_full
def score_response(found: Tensor, wanted: Tensor, objects: Objects, temperature: float = 2.0) -> Tensor:
    """KL(teacher | student) of score maps times T² (Hinton et al. 2015, arXiv 1503.02531), T the temperature.

    Of ``one`` object: between softmaxes over the cells, mean over pictures. Of ``many``: between the chances
    of each cell, summed over cells and divided by the objects that the teacher sees, at least 1. The minimum
    is the teacher's map, whatever that is.

    Parameters
    ----------
    found : (N, H, W) float
        Logits.
    wanted : (N, H', W') float
        Logits, resampled to the student's grid. No gradient goes there.

    Returns
    -------
    scalar
    """
    wanted = resampled(wanted.detach().unsqueeze(1), size_of(found)).squeeze(1)
    student, teacher = (each.flatten(1) / temperature for each in (found, wanted))
    if objects == "one":
        said, asked = student.log_softmax(1), teacher.log_softmax(1)
        return temperature**2 * (asked.exp() * (asked - said)).sum(1).mean()
    chance = teacher.sigmoid()
    # KL of two coins is the cross entropy less that of the teacher with itself.
    left, least = (
        F.binary_cross_entropy_with_logits(each, chance, reduction="sum") for each in (student, teacher)
    )
    return temperature**2 * (left - least) / wanted.sigmoid().sum().clamp(min=1)


@in_full
def box_response(found: Tensor, wanted: Tensor, teacher_score: Tensor, sure: float = 0.3) -> Tensor:
    """Smooth L1 between boxes where the teacher is sure, weighed with its score.

    Boxes are compared as Girshick et al. (2014, arXiv 1311.2524, appendix C) do: distance of centres in sides
    of the teacher's box, logarithms of the ratios of sides. Zero, and with a gradient of zero, for the same
    boxes.

    Parameters
    ----------
    found : (N, 4, H, W) float
        (cx, cy, w, h) in sides of the picture.
    wanted : (N, 4, H', W') float
        Of each student's cell, the box of the teacher's cell there. No gradient goes there.
    teacher_score : (N, H', W') float
        Logits.
    sure : float
        Least score of a cell that teaches. No such cell: the loss is zero.

    Returns
    -------
    scalar
    """
    size = size_of(found)
    wanted = nearest(wanted.detach(), size)
    score = nearest(teacher_score.detach().unsqueeze(1), size).squeeze(1).sigmoid()
    weight = score * (score >= sure)
    residual = _residual(found, wanted)
    each = F.smooth_l1_loss(residual, torch.zeros_like(residual), reduction="none").sum(1)
    return (each * weight).sum() / weight.sum().clamp(min=LEAST_WEIGHT)


def _residual(found: Tensor, wanted: Tensor) -> Tensor:
    told, sides = found[:, 2:].clamp(min=LEAST_SIDE), wanted[:, 2:].clamp(min=LEAST_SIDE)
    return torch.cat([(found[:, :2] - wanted[:, :2]) / sides, (told / sides).log()], 1)
