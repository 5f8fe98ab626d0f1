"""Loss of a centre head: where the object's centre is, and its box there."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional as F

from neuromorph_track.networks.box_losses import generalised_iou

# CornerNet's bound: boxes shifted by no more than the radius overlap at least so much (Law & Deng 2018,
# arXiv 1808.01244, section 3.2).
LEAST_OVERLAP = 0.7
# Of the focal loss on a Gaussian (ibid., eq. 1).
ALPHA, BETA = 2.0, 4.0
# The radius is three standard deviations, and no narrower than a cell.
LEAST_RADIUS = 1.0
LEAST_SIDE = 1e-3


@dataclass(frozen=True)
class CentreLoss:
    """Factors; the defaults are SpikeTrack's (arXiv 2602.23963)."""

    score: float = 1.0
    giou: float = 2.0
    l1: float = 5.0


class SingleTargets:
    """Where the object is in each search crop.

    Attributes
    ----------
    cxcywh : (N, 4) float
        In sides of the crop; NaN where nobody has said where it is, nor whether it is there.
    present : (N,) bool
        Whether its centre is in the crop.
    """

    def __init__(self, cxcywh: Tensor, present: Tensor) -> None:
        self.cxcywh, self.present = cxcywh, present

    def to(self, device: torch.device) -> SingleTargets:
        """The same on another device."""
        return SingleTargets(self.cxcywh.to(device), self.present.to(device))

    @property
    def known(self) -> Tensor:
        """Crops (N,) of which it is known."""
        return ~self.cxcywh.isnan().any(1)

    def of(self, crops: Tensor) -> SingleTargets:
        """Those of some crops (N,)."""
        return SingleTargets(self.cxcywh[crops], self.present[crops])


def boxes_of(raw: Tensor) -> Tensor:
    """Boxes (N, 4, H, W) as (cx, cy, w, h), in sides of the crop, of head values (N, 5, H, W)."""
    height, width = raw.shape[2:]
    column = torch.arange(width, device=raw.device, dtype=raw.dtype)
    row = torch.arange(height, device=raw.device, dtype=raw.dtype).view(-1, 1)
    told = raw[:, 1:].sigmoid()
    centre = ((told[:, 0] + column) / width, (told[:, 1] + row) / height)
    return torch.stack([*centre, told[:, 2], told[:, 3]], 1)


def centre_loss(raw: Tensor, targets: SingleTargets, factors: CentreLoss) -> tuple[Tensor, dict[str, float]]:
    """Focal loss of the score map; GIoU and L1 of the box in the cell of the centre.

    Parameters
    ----------
    raw : (N, 5, H, W) float
    targets : SingleTargets
    factors : CentreLoss

    Returns
    -------
    loss : scalar
        The mean over the crops of which it is known where the object is; without any, zero.
    terms : dict of float
    """
    known = targets.known
    if not known.all():
        raw, targets = raw[known], targets.of(known)
        if not len(raw):
            return raw.sum(), dict.fromkeys(("score", "giou", "l1"), 0.0)
    number, height, width = len(raw), raw.shape[2], raw.shape[3]
    size = torch.tensor([width, height], device=raw.device)
    cell = (targets.cxcywh[:, :2] * size).long().clamp(min=0)
    cell = torch.minimum(cell, size - 1)
    score = _focal(raw[:, 0], _gaussian(targets, cell, (height, width)), targets.present)
    at = targets.present.nonzero()[:, 0]
    found = boxes_of(raw)[at, :, cell[at, 1], cell[at, 0]]
    truth = targets.cxcywh[at]
    giou = (1 - generalised_iou(found, truth)).sum() / number
    l1 = (found - truth).abs().mean(1).sum() / number
    terms = {"score": score, "giou": giou, "l1": l1}
    loss = factors.score * score + factors.giou * giou + factors.l1 * l1
    return loss, {name: float(term.detach()) for name, term in terms.items()}


def _focal(logits: Tensor, wanted: Tensor, present: Tensor) -> Tensor:
    """Mean over the crops; a crop without the object has cells to call empty alone."""
    chance, centre = logits.sigmoid(), wanted == 1
    hit = -F.logsigmoid(logits) * (1 - chance) ** ALPHA
    miss = -F.logsigmoid(-logits) * chance**ALPHA * (1 - wanted) ** BETA
    return torch.where(centre & present.view(-1, 1, 1), hit, miss).sum() / len(logits)


def _gaussian(targets: SingleTargets, cell: Tensor, size: tuple[int, int]) -> Tensor:
    """Bumps (N, H, W), 1 in the cell of the centre, 0 all over where the object is not."""
    height, width = size
    sides = targets.cxcywh[:, 2:].clamp(min=LEAST_SIDE) * torch.tensor([width, height], device=cell.device)
    deviation = (2 * _radius(sides) + 1) / 6
    column = torch.arange(width, device=cell.device)
    row = torch.arange(height, device=cell.device).view(-1, 1)
    distance = (column - cell[:, 0].view(-1, 1, 1)) ** 2 + (row - cell[:, 1].view(-1, 1, 1)) ** 2
    bump = torch.exp(-distance / (2 * deviation.view(-1, 1, 1) ** 2))
    return bump * targets.present.view(-1, 1, 1)


def _radius(sides: Tensor) -> Tensor:
    """Largest shift (N,), in cells and along both axes, of boxes (N, 2) that overlap by LEAST_OVERLAP still.

    Both corners inside, both outside, or both moved alike: the least of the three solutions.
    """
    total, area = sides.sum(1), sides.prod(1)
    keep = LEAST_OVERLAP
    solutions = (
        _root(1.0, -total, area * (1 - keep) / (1 + keep)),
        _root(4.0, -2 * total, area * (1 - keep)),
        _root(4 * keep, 2 * keep * total, (keep - 1) * area),
    )
    return torch.stack(solutions).amin(0).clamp(min=LEAST_RADIUS)


def _root(a: float, b: Tensor, c: Tensor) -> Tensor:
    """The smaller positive root of a x² + b x + c = 0."""
    spread = (b.square() - 4 * a * c).clamp(min=0).sqrt()
    low = (-b - spread) / (2 * a)
    return torch.where(low > 0, low, (-b + spread) / (2 * a))
