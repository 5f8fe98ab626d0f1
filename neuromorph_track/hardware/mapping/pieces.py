"""The neurons of a map that lie on one core."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import find_objects

from neuromorph_track.hardware.mapping.placement import Cores
from neuromorph_track.netx.branching import Shape


class Piece(NamedTuple):
    """Some neurons of a map: the smallest box around them, and which of its cells they are.

    Attributes
    ----------
    corner : (int, int, int)
        First channel, row and column of the box.
    mask : (c, h, w) bool
    """

    corner: tuple[int, int, int]
    mask: NDArray[np.bool_]


def pieces(core: Cores, shape: Shape) -> Iterator[Piece]:
    """The piece of every core, in the order of the cores; ``core`` is in (C, H, W) order."""
    grid = core.reshape(shape)
    for index, box in enumerate(find_objects(grid + 1)):
        corner = (box[0].start, box[1].start, box[2].start)
        yield Piece(corner, grid[box] == index)
