"""Head potentials of a tracker of one object to a score and a box for each cell."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray


class Cells(NamedTuple):
    """What the cells of a search crop say.

    Attributes
    ----------
    score : (H, W) float64
        That the object's centre is in the cell, 0 to 1.
    cxcywh : (H, W, 4) float64
        The box, in sides of the crop.
    """

    score: NDArray[np.float64]
    cxcywh: NDArray[np.float64]


def decode_cells(raw: NDArray[np.floating]) -> Cells:
    """Cells of head values (5, H, W): score, offset (x, y) in cells, size (w, h) in sides of the crop.

    Each goes through a sigmoid, see :class:`neuromorph_track.netx.SiameseContract`.
    """
    # Written with tanh, which does not overflow.
    told = 0.5 * (1 + np.tanh(0.5 * raw.astype(np.float64)))
    rows, columns = raw.shape[1:]
    x = (told[1] + np.arange(columns)) / columns
    y = (told[2] + np.arange(rows)[:, None]) / rows
    return Cells(told[0], np.stack([x, y, told[3], told[4]], -1))
