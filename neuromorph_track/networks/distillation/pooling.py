"""One object's feature out of a map: what stands where the object is, and where that is."""

from __future__ import annotations

import torch
from torch import Tensor

from neuromorph_track.networks.distillation.alignment import size_of
from neuromorph_track.networks.distillation.ground import Size
from neuromorph_track.networks.distillation.numbers import in_full
from neuromorph_track.networks.distillation.transport import distributions


@in_full
def object_tokens(maps: Tensor, mass: Tensor, places: Tensor | None = None) -> Tensor:
    """Means of maps under a mass, and the mean place of the mass.

    Parameters
    ----------
    maps : (B, T, C, H, W) float
    mass : (B, T, H, W) float
        Where the object is, of any sum: a score map's mass, or :func:`box_mass`.
    places : (B, T, 2, H, W) float, optional
        Where each cell says that the object's centre is, (x, y) in sides of the picture; finer than the
        middles of the cells, which are taken otherwise.

    Returns
    -------
    (B, T, C + 2) float
        The last two are x and y in sides of the picture, 0 in its middle. Without them a mean under a mass
        that moves with the object would not tell that it moves.
    """
    weight = distributions(mass.flatten(2))
    if places is None:
        height, width = size_of(mass)
        y = (torch.arange(height, device=mass.device) + 0.5) / height
        x = (torch.arange(width, device=mass.device) + 0.5) / width
        middles = torch.stack([x.expand(height, -1), y.unsqueeze(1).expand(-1, width)])
        places = middles.expand(*mass.shape[:2], -1, -1, -1)
    said = torch.cat([maps, places.to(maps.dtype) - 0.5], 2)
    return torch.einsum("btcl,btl->btc", said.flatten(3), weight)


def box_mass(cxcywh: Tensor, size: Size) -> Tensor:
    """Area (..., H, W) of each cell that lies in a box (..., 4), in cells.

    Parameters
    ----------
    cxcywh : (..., 4) float
        In sides of the picture.
    size : (H, W)
    """
    low, high = cxcywh[..., :2] - cxcywh[..., 2:] / 2, cxcywh[..., :2] + cxcywh[..., 2:] / 2
    covered = []
    for axis, cells in ((1, size[0]), (0, size[1])):
        edge = torch.arange(cells, device=cxcywh.device, dtype=cxcywh.dtype) / cells
        end = torch.minimum(edge + 1 / cells, high[..., axis, None])
        covered.append((end - torch.maximum(edge, low[..., axis, None])).clamp(min=0) * cells)
    return covered[0].unsqueeze(-1) * covered[1].unsqueeze(-2)
