"""What the objects in boxes look like, told by a layer of the network that found them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from neuromorph_track.detection.encode import Placement
from neuromorph_track.netx import InputSpec

# Share of a box's width and height that is left out on each side, where mostly background is.
MARGIN = 0.25


class BoxFeatures:
    """Mean features of a layer inside boxes.

    Parameters
    ----------
    spec : InputSpec
        Of the network: tells how large the picture is that the layer's map covers.
    margin : float
        Share of the width and the height left out on each side of a box, below one half.
    """

    def __init__(self, spec: InputSpec, margin: float = MARGIN) -> None:
        self.spec, self.margin = spec, margin

    def __call__(
        self, features: NDArray[np.integer | np.floating], xyxy: NDArray[np.float32], placement: Placement
    ) -> NDArray[np.float32]:
        """One embedding for each box.

        Parameters
        ----------
        features : (C, H, W)
            What the neurons of the layer say, in any unit.
        xyxy : (N, 4) float32
            Boxes in pixels of the frame.
        placement : Placement
            Where the frame lies in the network's input.

        Returns
        -------
        (N, C) float32
            Of length 1, or 0 where nothing in the box says anything. A box takes in the cells whose centres
            lie in its middle, at least one.
        """
        channels, rows, columns = features.shape
        sums = np.zeros((rows + 1, columns + 1, channels))
        np.cumsum(features.transpose(1, 2, 0), axis=0, out=sums[1:, 1:])
        np.cumsum(sums[1:, 1:], axis=1, out=sums[1:, 1:])
        left, top, right, bottom = self._cells(xyxy, placement, rows, columns)
        total = sums[bottom, right] - sums[top, right] - sums[bottom, left] + sums[top, left]
        length = np.linalg.norm(total, axis=1, keepdims=True)
        return np.divide(total, length, out=np.zeros_like(total), where=length > 0).astype(np.float32)

    def _cells(
        self, xyxy: NDArray[np.float32], placement: Placement, rows: int, columns: int
    ) -> tuple[NDArray[np.int64], ...]:
        """The cells of each box: left, top, and behind the last right and bottom, each (N,)."""
        scale, offset = np.tile(placement.scale, 2), np.tile(placement.offset, 2)
        boxes = xyxy * scale + offset
        inner = self.margin * np.tile(boxes[:, 2:] - boxes[:, :2], 2) * [1, 1, -1, -1]
        cells = (boxes + inner) / np.tile([self.spec.width / columns, self.spec.height / rows], 2)
        low = np.clip(np.round(cells[:, :2]), 0, [columns - 1, rows - 1]).astype(np.int64)
        high = np.clip(np.round(cells[:, 2:]).astype(np.int64), low + 1, [columns, rows])
        return low[:, 0], low[:, 1], high[:, 0], high[:, 1]
