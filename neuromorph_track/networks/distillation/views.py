"""What a distillation sees of a network, whichever head it has."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from neuromorph_track.networks.centre_loss import boxes_of
from neuromorph_track.networks.distillation.temporal import Track
from neuromorph_track.networks.grid_loss import predictions_of


@dataclass(frozen=True)
class View:
    """What a network said of N pictures.

    Attributes
    ----------
    score : (N, H, W) float
        Logits: the score of a centre head, the objectness of a grid head.
    boxes : (N, 4, H, W) float
        (cx, cy, w, h) in sides of the picture.
    features : tuple of (N, C, H', W') float
        Maps of one or more levels, the teacher's and the student's in the same order.
    track : Track or None
        Of each object, features over time.
    near : (N, H, W) float or None
        Of the teacher's: how much of each cell, in the student's grid, is in an object's neighbourhood.
    """

    score: Tensor
    boxes: Tensor
    features: tuple[Tensor, ...] = ()
    track: Track | None = None
    near: Tensor | None = None


def centre_view(
    raw: Tensor,
    features: tuple[Tensor, ...] = (),
    track: Track | None = None,
    near: Tensor | None = None,
) -> View:
    """Of a centre head, (N, 5, H, W, F): score, offset, size.

    Pictures are those of the first frame, then those of the second, and so on; ``features`` are in this
    order.
    """
    pictures = frames_first(raw)
    return View(pictures[:, 0], boxes_of(pictures), features, track, near)


def grid_view(
    raw: Tensor,
    classes: int,
    clamp: float = 5.0,
    features: tuple[Tensor, ...] = (),
    track: Track | None = None,
) -> View:
    """Of a grid head, (N, 5+K+E, H, W, F), see :func:`~neuromorph_track.networks.grid_loss.predictions_of`.

    Pictures are in the order of :func:`centre_view`.
    """
    pictures = frames_first(raw)
    height, width = pictures.shape[2:]
    said = predictions_of(pictures.movedim(1, -1), classes, clamp)
    sides = said.cxcywh.new_tensor([width, height, width, height])
    return View(said.objectness, (said.cxcywh / sides).movedim(-1, 1), features, track)


def frames_first(maps: Tensor) -> Tensor:
    """Maps (N, C, H, W, F) as (F N, C, H, W), the pictures of the first frame first."""
    return torch.cat(maps.unbind(-1)) if maps.shape[-1] > 1 else maps.squeeze(-1)
