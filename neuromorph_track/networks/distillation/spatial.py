"""Spatial alignment: how far a student's mass, or its tokens, must move to lie as the teacher's."""

from __future__ import annotations

from typing import Literal

import torch
from torch import Tensor

from neuromorph_track.networks.distillation.alignment import at_most, directions, resampled, size_of
from neuromorph_track.networks.distillation.ground import (
    DenseGround,
    Distance,
    extent_of,
    grid_cost,
    grid_ground,
)
from neuromorph_track.networks.distillation.numbers import in_full
from neuromorph_track.networks.distillation.transport import EPSILON, distributions, divergence

Objects = Literal["one", "many"]
# Maps with longer sides are made coarser: the costs of 64 x 64 cells would be 16 million numbers a picture.
SIDE = 16
# Features cost up to 2, and those of neighbours differ by little: with less entropy a plan between like maps
# is nearly an assignment, which takes hundreds of iterations to find.
TOKEN_EPSILON = 0.2


def score_mass(logits: Tensor, objects: Objects, temperature: float = 1.0) -> Tensor:
    """Where score maps (N, H, W) say that objects are, as distributions (N, H, W).

    Of ``one`` object it is a softmax over the cells. Of ``many`` it is the square of each cell's chance over
    their sum: the surest object does not take all, and a thousand cells of a hundredth do not outweigh it.
    """
    cells = logits.flatten(1) / temperature
    mass = cells.softmax(1) if objects == "one" else distributions(cells.sigmoid().square())
    return mass.view_as(logits)


@in_full
def map_transport(
    found: Tensor, wanted: Tensor, distance: Distance = "squared", epsilon: float = EPSILON, side: int = SIDE
) -> Tensor:
    """Divergence (N,) between maps of mass over the same picture.

    Parameters
    ----------
    found : (N, H, W) float
        Mass, of any sum.
    wanted : (N, H', W') float
        No gradient goes there.
    distance : str
        Between cells of a picture whose longer side is 1: ``squared`` or ``plain`` Euclidean.
    epsilon : float
        Of :func:`~neuromorph_track.networks.distillation.transport.divergence`.
    side : int
        Finer maps are summed into a map with no longer sides.
    """
    extent = extent_of(size_of(found))
    found, wanted = coarse(found, side), coarse(wanted.detach(), side)
    a, b = distributions(found.flatten(1)), distributions(wanted.flatten(1))
    sizes = ((size_of(found), size_of(wanted)), (size_of(found),) * 2, (size_of(wanted),) * 2)
    across, within, other = (grid_ground(*pair, extent, distance, a) for pair in sizes)
    return divergence(a, b, across, (within, other), epsilon)


@in_full
def token_transport(
    found: Tensor,
    wanted: Tensor,
    grid: float = 1.0,
    distance: Distance = "squared",
    epsilon: float = TOKEN_EPSILON,
    side: int = SIDE,
) -> Tensor:
    """Divergence (N,) between the tokens of two maps, each cell being a point: a feature and a place.

    Moving a token costs 1 − cosine of the features plus ``grid`` times the distance of the places. All tokens
    of a map weigh the same. Zero only where each place has the direction of the teacher's feature there.

    Parameters
    ----------
    found : (N, C, H, W) float
    wanted : (N, C, H', W') float
        No gradient goes there.
    distance, epsilon, side
        As of :func:`map_transport`.
    """
    extent = extent_of(size_of(found))
    found, wanted = (resampled(each, at_most(size_of(each), side)) for each in (found, wanted.detach()))
    student, teacher = (directions(found), size_of(found)), (directions(wanted), size_of(wanted))
    across, within, other = (
        DenseGround(_half_squared(some, others) + grid * grid_cost(size, other_size, extent, distance, some))
        for (some, size), (others, other_size) in ((student, teacher), (student, student), (teacher, teacher))
    )
    a, b = (tokens.new_full(tokens.shape[:2], 1 / tokens.shape[1]) for tokens, _ in (student, teacher))
    return divergence(a, b, across, (within, other), epsilon)


def coarse(mass: Tensor, side: int) -> Tensor:
    """Mass (N, H, W) on a grid of sides up to ``side``; what lies in several cells is shared by area."""
    size = size_of(mass)
    if at_most(size, side) == size:
        return mass
    rows, columns = (_shares(*cells, mass) for cells in zip(size, at_most(size, side), strict=True))
    return rows @ mass @ columns.mT


def _half_squared(some: Tensor, others: Tensor) -> Tensor:
    """Half the squared distances (N, M, M') of directions: 1 − cosine; from a silent token to others 1/2."""
    lengths = some.square().sum(-1).unsqueeze(-1) + others.square().sum(-1).unsqueeze(-2)
    return lengths / 2 - some @ others.mT


def _shares(cells: int, parts: int, like: Tensor) -> Tensor:
    """How much of each cell lies in each part, (parts, cells)."""
    low = torch.arange(cells, device=like.device, dtype=like.dtype) / cells
    edge = torch.arange(parts, device=like.device, dtype=like.dtype).unsqueeze(1) / parts
    overlap = torch.minimum(low + 1 / cells, edge + 1 / parts) - torch.maximum(low, edge)
    return overlap.clamp(min=0) * cells
