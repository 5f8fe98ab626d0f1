"""What it costs to move mass from one place of a grid to another."""

from __future__ import annotations

from typing import Literal, Protocol

import torch
from torch import Tensor

Distance = Literal["squared", "plain"]
Size = tuple[int, int]


class Ground(Protocol):
    """Costs C between N sources and M sinks, as Sinkhorn's iterations ask for them."""

    def soft(self, values: Tensor, epsilon: float) -> Tensor:
        """log Σ_j exp(values_j − C_ij / ε), (B, M) -> (B, N)."""

    def turned(self) -> Ground:
        """From sinks to sources."""


class DenseGround:
    """Any costs.

    Parameters
    ----------
    cost : (N, M) or (B, N, M) float
    """

    def __init__(self, cost: Tensor) -> None:
        self.cost = cost

    def soft(self, values: Tensor, epsilon: float) -> Tensor:
        """See :class:`Ground`."""
        return torch.logsumexp(values.unsqueeze(-2) - self.cost / epsilon, -1)

    def turned(self) -> DenseGround:
        """See :class:`Ground`."""
        return DenseGround(self.cost.mT)


class GridGround:
    """Squared distances between the cells of two grids over one picture.

    The kernel of a squared distance is a product of one over rows and one over columns: a sum over H W cells
    is one over H and one over W, which is what makes 12 x 12 cells cheap.

    Parameters
    ----------
    rows : (H, H') float
        Squared distances between rows.
    columns : (W, W') float
    """

    def __init__(self, rows: Tensor, columns: Tensor) -> None:
        self.rows, self.columns = rows, columns

    def soft(self, values: Tensor, epsilon: float) -> Tensor:
        """See :class:`Ground`."""
        cells = values.unflatten(-1, (self.rows.shape[1], self.columns.shape[1]))
        across = torch.logsumexp(cells.unsqueeze(-2) - self.columns / epsilon, -1)
        down = torch.logsumexp(across.mT.unsqueeze(-2) - self.rows / epsilon, -1)
        return down.mT.flatten(-2)

    def turned(self) -> GridGround:
        """See :class:`Ground`."""
        return GridGround(self.rows.mT, self.columns.mT)


def places(size: Size, extent: tuple[float, float], like: Tensor) -> tuple[Tensor, Tensor]:
    """Centres of the rows (H,) and columns (W,) of a grid over a picture ``extent`` high and wide."""
    y, x = (
        (torch.arange(cells, device=like.device, dtype=like.dtype) + 0.5) * (length / cells)
        for cells, length in zip(size, extent, strict=True)
    )
    return y, x


def extent_of(size: Size) -> tuple[float, float]:
    """Height and width of the picture that a grid of square cells covers, the longer one 1."""
    longest = max(size)
    return size[0] / longest, size[1] / longest


def grid_ground(
    sources: Size, sinks: Size, extent: tuple[float, float], distance: Distance, like: Tensor
) -> Ground:
    """Distances between the cells of two grids over the same picture.

    Parameters
    ----------
    sources, sinks : (H, W)
    extent : (height, width)
        Of the picture, see :func:`extent_of`.
    distance : str
        ``squared`` or ``plain`` Euclidean.
    like : Tensor
        Gives dtype and device.
    """
    if distance == "plain":
        return DenseGround(grid_cost(sources, sinks, extent, distance, like))
    return GridGround(*_along_axes(sources, sinks, extent, like))


def grid_cost(
    sources: Size, sinks: Size, extent: tuple[float, float], distance: Distance, like: Tensor
) -> Tensor:
    """The same as a matrix (H W, H' W')."""
    rows, columns = _along_axes(sources, sinks, extent, like)
    squared = (rows[:, None, :, None] + columns[None, :, None, :]).flatten(2).flatten(0, 1)
    return squared if distance == "squared" else squared.sqrt()


def _along_axes(
    sources: Size, sinks: Size, extent: tuple[float, float], like: Tensor
) -> tuple[Tensor, Tensor]:
    (y, x), (other_y, other_x) = (places(size, extent, like) for size in (sources, sinks))
    return (y[:, None] - other_y).square(), (x[:, None] - other_x).square()
