"""Losses between paired boxes: overlap (IoU, GIoU, CIoU) and distance between Gaussians (NWD, Asa-NWD).

Boxes are (M, 4) of (cx, cy, w, h) and every loss gives (M,), one number a pair. An overlap has no unit; a
distance is compared with a constant in **pixels**, so arguments named ``_px`` are in pixels, and
:data:`BOX_LOSSES`, whose functions take boxes in cells of a head, are told how many pixels a cell has.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from types import MappingProxyType

import torch
from torch import Tensor

BoxLoss = Callable[[Tensor, Tensor, float], Tensor]

NWD_CONSTANT = 12.8
ASA_RATIO = 0.8
# COCO's bound between small and medium objects is 32; SMTrack calls small what is below 64 x 64 pixels.
SMALL_AREA = 64.0**2
# In square pixels: W is at most 1e-6 pixels too long, and the square root has a gradient where it is zero.
DISTANCE_EPS = 1e-12


def intersection_over_union(a: Tensor, b: Tensor) -> Tensor:
    """IoU of paired boxes (M, 4) as (cx, cy, w, h)."""
    overlap, union, _ = _shared(a, b)
    return overlap / union


def generalised_iou(a: Tensor, b: Tensor) -> Tensor:
    """GIoU of paired boxes (M, 4) as (cx, cy, w, h) (Rezatofighi et al. 2019, arXiv 1902.09630)."""
    overlap, union, hull = _shared(a, b)
    around = hull.prod(1).clamp(min=1e-9)
    return overlap / union - (around - union) / around


def complete_iou(a: Tensor, b: Tensor) -> Tensor:
    """CIoU of paired boxes ``(M, 4)`` as (cx, cy, w, h) (Zheng et al. 2020, arXiv 1911.08287, eq. 10)."""
    overlap, union, hull = _shared(a, b)
    iou = overlap / union
    distance = (a[:, :2] - b[:, :2]).square().sum(1) / hull.square().sum(1).clamp(min=1e-9)
    angle = torch.atan(b[:, 2] / b[:, 3]) - torch.atan(a[:, 2] / a[:, 3].clamp(min=1e-9))
    aspect = 4 / math.pi**2 * angle.square()
    with torch.no_grad():
        alpha = aspect / (1 - iou + aspect).clamp(min=1e-9)
    return iou - distance - alpha * aspect


def wasserstein_distance(a: Tensor, b: Tensor) -> Tensor:
    """W of paired boxes (M, 4) seen as Gaussians of standard deviations w/2 and h/2, in the boxes' unit.

    W² = Δcx² + Δcy² + (Δw² + Δh²) / 4 (Wang et al. 2021, arXiv 2110.13389, eq. 7). The square root is taken
    of W² + :data:`DISTANCE_EPS`: of equal boxes the gradient is then zero, not NaN.
    """
    difference = (a - b).square()
    return (difference[:, :2].sum(1) + difference[:, 2:].sum(1) / 4 + DISTANCE_EPS).sqrt()


def nwd_loss(found_px: Tensor, truth_px: Tensor, constant_px: float = NWD_CONSTANT) -> Tensor:
    """1 − exp(−W / C) with one C for every data set.

    Parameters
    ----------
    found_px, truth_px : (M, 4) float
        (cx, cy, w, h) in pixels.
    constant_px : float
        C in pixels. 12.8 is the mean size of an object in AI-TOD (Wang et al. 2021, arXiv 2110.13389).
    """
    return -torch.expm1(-wasserstein_distance(found_px, truth_px) / constant_px)


def asa_nwd_loss(found_px: Tensor, truth_px: Tensor, ratio: float = ASA_RATIO) -> Tensor:
    """1 − exp(−W / C) with C = λ √A of this batch (SMTrack, arXiv 2508.14607).

    A is the mean area of the truth in square pixels, over boxes below :data:`SMALL_AREA` if there are any,
    else over all. A box counts as often as it is paired. No gradient goes through C.

    Parameters
    ----------
    found_px, truth_px : (M, 4) float
        (cx, cy, w, h) in pixels, of all positives of a batch.
    ratio : float
        λ.
    """
    if not len(truth_px):
        return nwd_loss(found_px, truth_px)
    distance = wasserstein_distance(found_px, truth_px)
    return -torch.expm1(-distance / asa_constant(truth_px, ratio))


@torch.no_grad()
def asa_constant(truth_px: Tensor, ratio: float = ASA_RATIO) -> Tensor:
    """C of :func:`asa_nwd_loss` in pixels, a scalar, for at least one box."""
    area = truth_px[:, 2:].prod(1)
    small = area < SMALL_AREA
    # Without a branch, which would make a GPU wait.
    weight = torch.where(small.any(), small, torch.ones_like(small)).to(area.dtype)
    # Truth without area would make it zero, and the loss NaN.
    return ratio * ((area * weight).sum() / weight.sum()).sqrt().clamp(min=1e-3)


def _shared(a: Tensor, b: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Area of the overlap and of the union (M,), and sides of the box around both (M, 2)."""
    a_low, a_high = a[:, :2] - a[:, 2:] / 2, a[:, :2] + a[:, 2:] / 2
    b_low, b_high = b[:, :2] - b[:, 2:] / 2, b[:, :2] + b[:, 2:] / 2
    overlap = (torch.minimum(a_high, b_high) - torch.maximum(a_low, b_low)).clamp(min=0).prod(1)
    union = (a[:, 2:].prod(1) + b[:, 2:].prod(1) - overlap).clamp(min=1e-9)
    return overlap, union, torch.maximum(a_high, b_high) - torch.minimum(a_low, b_low)


def _overlap_loss(measure: Callable[[Tensor, Tensor], Tensor]) -> BoxLoss:
    return lambda found, truth, pixels_per_cell: 1 - measure(found, truth)


def _distance_loss(loss: Callable[[Tensor, Tensor], Tensor]) -> BoxLoss:
    return lambda found, truth, pixels_per_cell: loss(found * pixels_per_cell, truth * pixels_per_cell)


BOX_LOSSES: Mapping[str, BoxLoss] = MappingProxyType(
    {
        "iou": _overlap_loss(intersection_over_union),
        "giou": _overlap_loss(generalised_iou),
        "ciou": _overlap_loss(complete_iou),
        "nwd": _distance_loss(nwd_loss),
        "asa_nwd": _distance_loss(asa_nwd_loss),
    }
)
"""By the name of a recipe: found (M, 4) and true boxes (M, 4), **in cells**, and pixels per cell, to (M,)."""

# YOLOX weighs its IoU loss with 5, SMTrack its Asa-NWD with 8.
BOX_WEIGHTS: Mapping[str, float] = MappingProxyType(
    {"iou": 5.0, "giou": 5.0, "ciou": 5.0, "nwd": 8.0, "asa_nwd": 8.0}
)
"""The usual factor of each of :data:`BOX_LOSSES` in a detector's loss."""
