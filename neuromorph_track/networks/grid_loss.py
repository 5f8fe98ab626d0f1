"""Loss of an anchor-free grid head: SimOTA, a box loss by name, objectness, classes and an embedding."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional as F

from neuromorph_track.errors import InputError
from neuromorph_track.networks.box_losses import BOX_LOSSES, BOX_WEIGHTS
from neuromorph_track.networks.contrast import contrastive_loss
from neuromorph_track.networks.loss import Targets
from neuromorph_track.networks.simota import Assignment, Predictions, assign


@dataclass(frozen=True)
class GridLoss:
    """Which terms a loss has, and their factors.

    Attributes
    ----------
    box : str
        One of :data:`~neuromorph_track.networks.box_losses.BOX_LOSSES`.
    box_weight : float or None
        None takes the usual one of that loss, 8 for Gaussians and 5 for overlaps.
    objectness_weight, class_weight : float
    l1_weight : float
        Of the distance of the head's four box values from those that give the true box; YOLOX turns it on,
        with 1, for its last epochs.
    embedding_weight, temperature : float
        Of :func:`~neuromorph_track.networks.contrast.contrastive_loss`, where the head has an embedding.
    centre_radius : float
        Of SimOTA's centre, in cells.
    clamp : float
        Largest logarithm of a side in cells, see :class:`neuromorph_track.netx.Head`.

    Raises
    ------
    InputError
        When there is no such box loss.
    """

    box: str = "asa_nwd"
    box_weight: float | None = None
    objectness_weight: float = 1.0
    class_weight: float = 1.0
    l1_weight: float = 0.0
    embedding_weight: float = 0.5
    temperature: float = 0.1
    centre_radius: float = 1.5
    clamp: float = 5.0

    def __post_init__(self) -> None:
        if self.box not in BOX_LOSSES:
            raise InputError("loss", "box", repr(self.box), f"one of {', '.join(BOX_LOSSES)}")

    def weight_of_box(self) -> float:
        """Factor of the box term."""
        return BOX_WEIGHTS[self.box] if self.box_weight is None else self.box_weight


def predictions_of(head: Tensor, classes: int, clamp: float) -> Predictions:
    """What the cells of a head ``(N, H, W, 5+K+E)`` say.

    x = j + 1/2 + tx and w = exp(min(tw, clamp)) in cells, for column j; y and h alike.
    """
    _, height, width, _ = head.shape
    rows = torch.arange(height, device=head.device).view(1, -1, 1) + 0.5
    columns = torch.arange(width, device=head.device) + 0.5
    centre = torch.stack([head[..., 0] + columns, head[..., 1] + rows], -1)
    size = head[..., 2:4].clamp(max=clamp).exp()
    return Predictions(torch.cat([centre, size], -1), head[..., 4], head[..., 5 : 5 + classes])


def grid_loss(
    raw: Tensor, targets: Targets, stride: float, classes: int, settings: GridLoss
) -> tuple[Tensor, dict[str, float]]:
    """Loss of one batch of pictures, as YOLOX's (Ge et al. 2021, arXiv 2107.08430) with SMTrack's box loss.

    Every term is a sum over cells divided by the number of positives, at least 1.

    Parameters
    ----------
    raw : (N, 5+K+E, H, W) float
        Per cell tx, ty, tw, th, objectness, K classes, E numbers of an embedding. Computed in float32 at
        least.
    targets : Targets
        Boxes in cells.
    stride : float
        Pixels per cell: the constants of NWD are in pixels.
    classes : int
        K.
    settings : GridLoss

    Returns
    -------
    loss : scalar
    terms : dict of float
        Each term before its factor: ``box``, ``objectness``, ``classes``, ``l1``, ``embedding``; zero where
        it has nothing to judge, and no ``l1`` or ``embedding`` where its factor or the head has none.
    """
    # Cosines of half-precision numbers would be too coarse, also where training casts by itself.
    with torch.autocast(raw.device.type, enabled=False):
        head = (raw if raw.dtype == torch.float64 else raw.float()).permute(0, 2, 3, 1)
        said = predictions_of(head, classes, settings.clamp)
        found = _assigned(said, targets, settings)
        sums = _sums(head, said, found, targets, stride, classes, settings)
    positives = max(len(found.target), 1)
    terms = {name: value / positives for name, value in sums.items()}
    weights = {
        "box": settings.weight_of_box(),
        "objectness": settings.objectness_weight,
        "classes": settings.class_weight,
        "l1": settings.l1_weight,
        "embedding": settings.embedding_weight,
    }
    loss = torch.stack([weights[name] * term for name, term in terms.items()]).sum()
    return loss, {name: float(term.detach()) for name, term in terms.items()}


def _assigned(said: Predictions, targets: Targets, settings: GridLoss) -> Assignment:
    still = Predictions(said.cxcywh.detach(), said.objectness.detach(), said.classes.detach())
    return assign(still, targets, settings.centre_radius)


def _sums(
    head: Tensor,
    said: Predictions,
    found: Assignment,
    targets: Targets,
    stride: float,
    classes: int,
    settings: GridLoss,
) -> dict[str, Tensor]:
    """Each term, summed over cells."""
    cells = (found.picture, found.row, found.column)
    positive = head[cells]
    truth = targets.cxcywh[found.target].to(head.dtype)
    sums = {
        "box": BOX_LOSSES[settings.box](said.cxcywh[cells], truth, stride).sum(),
        "objectness": _objectness(said.objectness, found),
        "classes": _classes(said.classes[cells], targets.class_id[found.target], found.overlap),
    }
    if settings.l1_weight:
        sums["l1"] = _l1(positive[:, :4], truth, found)
    if settings.embedding_weight and head.shape[-1] > 5 + classes:
        identity = None if targets.identity is None else targets.identity[found.target]
        sums["embedding"] = contrastive_loss(positive[:, 5 + classes :], identity, settings.temperature)
    return sums


def _objectness(logits: Tensor, found: Assignment) -> Tensor:
    wanted = torch.zeros_like(logits)
    wanted[found.picture, found.row, found.column] = 1
    each = F.binary_cross_entropy_with_logits(logits, wanted, reduction="none")
    return (each * found.counted).sum()


def _classes(logits: Tensor, class_id: Tensor, overlap: Tensor) -> Tensor:
    # The score learns how well the box fits: ranking by it is ranking by quality.
    wanted = F.one_hot(class_id, logits.shape[1]) * overlap[:, None]
    return F.binary_cross_entropy_with_logits(logits, wanted.to(logits.dtype), reduction="sum")


def _l1(said: Tensor, truth: Tensor, found: Assignment) -> Tensor:
    cell = torch.stack([found.column, found.row], 1) + 0.5
    wanted = torch.cat([truth[:, :2] - cell, truth[:, 2:].clamp(min=1e-8).log()], 1)
    return F.l1_loss(said, wanted, reduction="sum")
