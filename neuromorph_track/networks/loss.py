"""Loss of an anchor-grid detector: assignment by centre, CIoU for boxes."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional as F

from neuromorph_track.networks.box_losses import complete_iou
from neuromorph_track.networks.detector import DetectorSpec


@dataclass(frozen=True)
class LossWeights:
    """Factors of the three terms, and the radius of positives around a box centre in cells."""

    box: float = 2.0
    objectness: float = 1.0
    classes: float = 0.5
    centre_radius: float = 1.0


@dataclass(frozen=True)
class Targets:
    """Truth of a batch of pictures.

    Attributes
    ----------
    cxcywh : (M, 4) float
        Centre and size in cells of the head.
    class_id : (M,) int64
    picture : (M,) int64
        Which picture of the batch each box belongs to.
    ignored : (M,) bool
        Boxes too hidden to learn from; they are neither object nor background.
    identity : (M,) int64 or None
        Which object each box shows, one number for all its pictures and no other object of the batch; -1
        where it is not known. None where none is known.
    """

    cxcywh: Tensor
    class_id: Tensor
    picture: Tensor
    ignored: Tensor
    identity: Tensor | None = None


def split_head(raw: Tensor, spec: DetectorSpec, classes: int) -> Tensor:
    """``(N, A*(5+K), H, W)`` -> ``(N, A, H, W, 5+K)``."""
    n, _, h, w = raw.shape
    return raw.reshape(n, len(spec.anchors), 5 + classes, h, w).permute(0, 1, 3, 4, 2)


def decode_boxes(head: Tensor, spec: DetectorSpec) -> Tensor:
    """Boxes ``(cx, cy, w, h)`` in cells of every prediction, shape ``(N, A, H, W, 4)``."""
    _, _, h, w, _ = head.shape
    rows = torch.arange(h, device=head.device).view(1, 1, h, 1)
    columns = torch.arange(w, device=head.device).view(1, 1, 1, w)
    gain, shift = spec.offset_gain, (spec.offset_gain - 1) / 2
    anchors = head.new_tensor(spec.anchors).view(1, -1, 1, 1, 2)
    x = head[..., 0].sigmoid() * gain - shift + columns
    y = head[..., 1].sigmoid() * gain - shift + rows
    size = head[..., 2:4].clamp(max=5.0).exp() * anchors
    return torch.cat([torch.stack([x, y], -1), size], -1)


def detection_loss(
    raw: Tensor, targets: Targets, spec: DetectorSpec, classes: int, weights: LossWeights
) -> tuple[Tensor, dict[str, float]]:
    """Loss of one batch of pictures.

    Parameters
    ----------
    raw : (N, A*(5+K), H, W) float
        Head potentials of one step.
    targets : Targets

    Returns
    -------
    loss : scalar
    terms : dict of float
        Each term before its factor.
    """
    head = split_head(raw, spec, classes)
    picture, anchor, row, column, target, background = _assign(head.shape, targets, spec, weights)
    found = head[picture, anchor, row, column]
    boxes = decode_boxes(head, spec)[picture, anchor, row, column]
    ciou = complete_iou(boxes, targets.cxcywh[target])
    # The score learns how well the box fits, so that ranking by it is ranking by quality.
    objectness = torch.zeros_like(head[..., 4])
    objectness[picture, anchor, row, column] = ciou.detach().clamp(0, 1)
    positives = max(len(target), 1)
    confidence = F.binary_cross_entropy_with_logits(head[..., 4], objectness, reduction="none")
    terms = {
        "box": (1 - ciou).sum() / positives,
        "objectness": (confidence * background).sum() / positives,
        "classes": F.cross_entropy(found[:, 5:], targets.class_id[target], reduction="sum") / positives,
    }
    loss = torch.stack([getattr(weights, name) * term for name, term in terms.items()]).sum()
    return loss, {name: float(term.detach()) for name, term in terms.items()}


def _assign(
    shape: torch.Size, targets: Targets, spec: DetectorSpec, weights: LossWeights
) -> tuple[Tensor, Tensor, Tensor, Tensor, Tensor, Tensor]:
    n, anchors, h, w, _ = shape
    device = targets.cxcywh.device
    rows, columns = torch.meshgrid(
        torch.arange(h, device=device) + 0.5, torch.arange(w, device=device) + 0.5, indexing="ij"
    )
    centre = targets.cxcywh[:, :2, None, None]
    reach = (targets.cxcywh[:, 2:, None, None] / 2).clamp(max=weights.centre_radius)
    dx, dy = (columns - centre[:, 0]).abs(), (rows - centre[:, 1]).abs()
    # The cell that holds the centre is always a positive, however small the box.
    near = (dx <= reach[:, 0].clamp(min=0.5)) & (dy <= reach[:, 1].clamp(min=0.5))
    distance = torch.where(near, dx.square() + dy.square(), torch.inf)
    best_anchor = _closest_anchor(targets.cxcywh[:, 2:], spec)
    background = torch.ones(n, anchors, h, w, device=device)
    owner = torch.full((n, anchors, h, w), -1, dtype=torch.long, device=device)
    closest = torch.full((n, anchors, h, w), torch.inf, device=device)
    for index in range(len(targets.picture)):
        where = (int(targets.picture[index]), int(best_anchor[index]))
        if targets.ignored[index]:
            background[where[0]][:, near[index]] = 0
            continue
        nearer = distance[index] < closest[where]
        owner[where][nearer] = index
        closest[where][nearer] = distance[index][nearer]
    picture, anchor, row, column = torch.nonzero(owner >= 0, as_tuple=True)
    background[picture, anchor, row, column] = 1
    return picture, anchor, row, column, owner[picture, anchor, row, column], background


def _closest_anchor(sizes: Tensor, spec: DetectorSpec) -> Tensor:
    anchors = sizes.new_tensor(spec.anchors)
    overlap = torch.minimum(sizes[:, None], anchors[None]).prod(2)
    return (overlap / (sizes.prod(1)[:, None] + anchors.prod(1)[None] - overlap)).argmax(1)
