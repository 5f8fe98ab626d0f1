"""SimOTA: which cells of an anchor-free grid learn which object (YOLOX, Ge et al. 2021, arXiv 2107.08430)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import torch
from torch import Tensor
from torch.nn import functional as F

from neuromorph_track.networks.loss import Targets

# YOLOX's: what a cell costs that does not lie both in the box and at its centre.
OUTSIDE_COST = 1e5
OVERLAP_WEIGHT = 3.0
OVERLAPS_COUNTED = 10
OVERLAP_EPS = 1e-8


@dataclass(frozen=True)
class Predictions:
    """What each cell of a batch of pictures says.

    Attributes
    ----------
    cxcywh : (N, H, W, 4) float
        Boxes in cells.
    objectness : (N, H, W) float
        Logits.
    classes : (N, H, W, K) float
        Logits.
    """

    cxcywh: Tensor
    objectness: Tensor
    classes: Tensor


class Assignment(NamedTuple):
    """Positive cells and what they learn.

    Attributes
    ----------
    picture, row, column : (P,) int64
        Positive cells, each once, in this order.
    target : (P,) int64
        Row of the targets.
    overlap : (P,) float
        IoU of the cell's box with its target.
    counted : (N, H, W) bool
        False for cells that are neither object nor background.
    """

    picture: Tensor
    row: Tensor
    column: Tensor
    target: Tensor
    overlap: Tensor
    counted: Tensor


@torch.no_grad()
def assign(predictions: Predictions, targets: Targets, radius: float = 1.5) -> Assignment:
    """Assign cells to objects, all pictures of a batch in one pass.

    Candidates of a picture are cells whose centre lies in some object's box, or within ``radius`` cells of
    its centre in both directions. A candidate costs an object

        BCE(√(σ(objectness) σ(class)), one-hot) − 3 log(IoU + 1e-8) + 1e5 if not in box and at centre

    and an object takes its k cheapest candidates, k = max(1, ⌊sum of its 10 highest IoUs with candidates⌋). A
    cell taken more than once goes to the object of its picture that it costs least, as in YOLOX's code. An
    object with no candidate of its own (its centre lies off the grid) takes none.

    Cells both in the box and at the centre of an *ignored* box, and the cell that holds its centre however
    small it is, are not counted as background; they may still learn another object.

    Parameters
    ----------
    predictions : Predictions
    targets : Targets
        In any order.
    radius : float
        Of the centre, in cells.
    """
    n, height, width = predictions.objectness.shape
    in_box, in_centre = _places(targets.cxcywh, height, width, radius)
    inside, near = in_box & in_centre, in_box | in_centre
    objects = torch.nonzero(~targets.ignored & near.any(1)).squeeze(1)
    hidden = _hidden(targets, height, width, radius, n)
    picture = targets.picture[objects]
    excluded = ~_by_picture(near[objects], picture, n)[picture]

    # In place, because fresh memory for each step takes as long as the arithmetic.
    overlap = _overlaps(predictions.cxcywh.reshape(n, -1, 4), targets.cxcywh[objects], picture)
    overlap.masked_fill_(excluded, 0)
    cost = (overlap + OVERLAP_EPS).log_().mul_(-OVERLAP_WEIGHT)
    cost.add_(_class_costs(predictions, targets.class_id[objects], picture))
    cost.add_(~inside[objects], alpha=OUTSIDE_COST).masked_fill_(excluded, torch.inf)

    row, cell = _cheapest(cost, overlap)
    row, cell = _settle(cost, picture, row, cell)
    order = torch.argsort(picture[row] * (height * width) + cell)
    row, cell = row[order], cell[order]
    hidden[picture[row], cell] = False
    return Assignment(
        picture=picture[row],
        row=cell // width,
        column=cell % width,
        target=objects[row],
        overlap=overlap[row, cell],
        counted=~hidden.reshape(n, height, width),
    )


def _places(cxcywh: Tensor, height: int, width: int, radius: float) -> tuple[Tensor, Tensor]:
    """Whether each cell's centre lies in each box, and at its centre, (M, H*W) bool."""
    columns = torch.arange(width, device=cxcywh.device) + 0.5
    rows = torch.arange(height, device=cxcywh.device) + 0.5
    dx, dy = (columns - cxcywh[:, 0:1]).abs(), (rows - cxcywh[:, 1:2]).abs()
    in_box = (dy < cxcywh[:, 3:4] / 2)[:, :, None] & (dx < cxcywh[:, 2:3] / 2)[:, None]
    in_centre = (dy < radius)[:, :, None] & (dx < radius)[:, None]
    return in_box.flatten(1), in_centre.flatten(1)


def _hidden(targets: Targets, height: int, width: int, radius: float, pictures: int) -> Tensor:
    """Cells (N, H*W) that ignored boxes take from the background."""
    boxes = targets.cxcywh[targets.ignored]
    sides = boxes[:, 2:].clamp(min=1)
    in_box, in_centre = _places(torch.cat([boxes[:, :2], sides], 1), height, width, radius)
    return _by_picture(in_box & in_centre, targets.picture[targets.ignored], pictures)


def _by_picture(cells: Tensor, picture: Tensor, pictures: int) -> Tensor:
    """Cells (N, H*W) that are true for some box (M, H*W) of a picture."""
    counts = torch.zeros(pictures, cells.shape[1], device=cells.device)
    return counts.index_add_(0, picture, cells.to(counts.dtype)) > 0


def _overlaps(found: Tensor, truth: Tensor, picture: Tensor) -> Tensor:
    """IoU of each object with the box of each cell of its picture, (M, H*W)."""
    # Coordinates in planes of their own: strided arithmetic is several times slower on a CPU.
    cx, cy, w, h = (plane.contiguous() for plane in found.unbind(-1))
    x, y, tall, wide = truth[:, 0:1], truth[:, 1:2], truth[:, 3:4], truth[:, 2:3]
    across = _common(cx - w / 2, cx + w / 2, x - wide / 2, x + wide / 2, picture)
    along = _common(cy - h / 2, cy + h / 2, y - tall / 2, y + tall / 2, picture)
    shared = across.mul_(along)
    union = (w * h).index_select(0, picture).add_(wide * tall).sub_(shared)
    return shared.div_(union.clamp_(min=1e-9))


def _common(low: Tensor, high: Tensor, true_low: Tensor, true_high: Tensor, picture: Tensor) -> Tensor:
    end = high.index_select(0, picture).clamp_(max=true_high)
    return end.sub_(low.index_select(0, picture).clamp_(min=true_low)).clamp_(min=0)


def _class_costs(predictions: Predictions, class_id: Tensor, picture: Tensor) -> Tensor:
    """BCE of √(σ(objectness) σ(class)) with each object's one-hot class, summed over classes, (M, H*W)."""
    objectness, classes = predictions.objectness.flatten(1), predictions.classes.flatten(1, 2)
    # Logarithms of logits do not underflow; log(1 - p) is bounded as PyTorch's BCE bounds it.
    log_p = (F.logsigmoid(objectness)[..., None] + F.logsigmoid(classes)) / 2
    log_rest = (-torch.expm1(log_p)).log().clamp(min=-100)
    absent = -log_rest.sum(-1)
    change = (log_rest - log_p.clamp(min=-100)).transpose(1, 2)
    return absent.index_select(0, picture).add_(change[picture, class_id])


def _cheapest(cost: Tensor, overlap: Tensor) -> tuple[Tensor, Tensor]:
    """The cells each object takes, as indices of `cost`."""
    most = min(OVERLAPS_COUNTED, cost.shape[1])
    wanted = overlap.topk(most, dim=1).values.sum(1).long().clamp(min=1)
    values, cells = cost.topk(most, dim=1, largest=False)
    taken = (torch.arange(most, device=cost.device) < wanted[:, None]) & values.isfinite()
    return torch.nonzero(taken)[:, 0], cells[taken]


def _settle(cost: Tensor, picture: Tensor, row: Tensor, cell: Tensor) -> tuple[Tensor, Tensor]:
    """Leave each cell to one object."""
    cells = cost.shape[1]
    key, times = torch.unique(picture[row] * cells + cell, return_counts=True)
    contested = key[times > 1]
    if not len(contested):
        return row, cell
    where, place = contested // cells, contested % cells
    rivals = torch.where(picture[:, None] == where, cost[:, place], torch.inf)
    kept = ~torch.isin(picture[row] * cells + cell, contested)
    return torch.cat([row[kept], rivals.argmin(0)]), torch.cat([cell[kept], place])
