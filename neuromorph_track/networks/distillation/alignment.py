"""The same places of two maps: cells of one picture in grids of different sizes."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional as F

from neuromorph_track.networks.distillation.ground import Size, extent_of

# Of the length of a token, as a share of the usual one.
SHORTEST = 0.01


def size_of(maps: Tensor) -> Size:
    """Height and width of maps (..., H, W)."""
    return maps.shape[-2], maps.shape[-1]


def resampled(maps: Tensor, size: Size) -> Tensor:
    """Maps (N, C, H, W) at the centres of the cells of another grid over the same picture.

    Linear between cell centres, at the places where the cells lie, not at their indices. A finer map is
    averaged over the new cell first, so that no cell of it is lost.
    """
    if size_of(maps) == size:
        return maps
    return F.interpolate(maps, size, mode="bilinear", align_corners=False, antialias=True)


def nearest(maps: Tensor, size: Size) -> Tensor:
    """Maps (N, C, H, W): of each cell of another grid, the value of the cell that holds its centre."""
    return maps if size_of(maps) == size else F.interpolate(maps, size, mode="nearest-exact")


def mean_cell(maps: Tensor, weight: Tensor | None = None) -> Tensor:
    """Mean (C, 1, 1) over pictures and cells of maps (N, C, H, W), each counting ``weight`` (N, H, W)."""
    if weight is None:
        return maps.mean((0, 2, 3)).view(-1, 1, 1)
    total = weight.sum().clamp(min=torch.finfo(maps.dtype).tiny)
    return (torch.einsum("nchw,nhw->c", maps, weight) / total).view(-1, 1, 1)


def at_most(size: Size, side: int) -> Size:
    """The same picture on a grid with no side longer than ``side``."""
    if max(size) <= side:
        return size
    high, wide = extent_of(size)
    return max(round(high * side), 1), max(round(wide * side), 1)


def directions(maps: Tensor, shortest: float = SHORTEST, weight: Tensor | None = None) -> Tensor:
    """Tokens (N, H W, C) of maps (N, C, H, W), of length 1 but where they are silent.

    x / √(|x|² + δ²), δ being ``shortest`` of the usual length in the picture. Tokens of zeros are common in a
    spiking network; division by their length alone would give them a gradient without bound. Cells count
    ``weight`` (N, H, W) in what is usual.
    """
    tokens = maps.flatten(2).mT
    squared = tokens.square().sum(-1, keepdim=True)
    cells = torch.ones_like(squared) if weight is None else weight.reshape(squared.shape)
    least = torch.finfo(maps.dtype).tiny
    usual = (squared.detach() * cells).sum(1, keepdim=True) / cells.sum(1, keepdim=True).clamp(min=least)
    return tokens / (squared + shortest**2 * usual + torch.finfo(maps.dtype).eps).sqrt()
