"""How far the picture inside boxes has moved: dense optical flow, averaged over each box."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

# Pixels of the longer side at which flow is computed; the paper has squares of this size.
LONGER_SIDE = 256


class FarnebackShifts:
    """Mean optical flow of boxes, between the two frames seen last (Farnebäck, SCIA 2003; OpenCV's).

    Parameters
    ----------
    longer_side : int
        Frames are shrunk until their longer side has this many pixels.
    """

    def __init__(self, longer_side: int = LONGER_SIDE) -> None:
        self.longer_side = longer_side
        self._scale = 1.0
        self._before: NDArray[np.uint8] | None = None
        self._now: NDArray[np.uint8] | None = None

    def see(self, frame: NDArray[np.uint8]) -> None:
        """Take in the next frame, (H, W, 3) uint8 RGB. Where the size changes, nothing has moved."""
        import cv2

        height, width = frame.shape[:2]
        self._scale = min(1.0, self.longer_side / max(height, width))
        size = (max(round(width * self._scale), 1), max(round(height * self._scale), 1))
        grey = cv2.cvtColor(frame, cv2.COLOR_RGB2GRAY)
        small = grey if self._scale == 1 else cv2.resize(grey, size, interpolation=cv2.INTER_AREA)
        self._before, self._now = self._now, np.asarray(small, np.uint8)

    def __call__(self, xyxy: NDArray[np.float32]) -> NDArray[np.float64]:
        """Shifts (N, 2) in pixels of the frame, right and down, of boxes (N, 4) in the frame before.

        A box outside the frame has not moved. With no box, no flow is computed.
        """
        before, now = self._before, self._now
        if not len(xyxy) or before is None or now is None or before.shape != now.shape:
            return np.zeros((len(xyxy), 2))
        return mean_in_boxes(dense_flow(before, now), xyxy.astype(np.float64) * self._scale) / self._scale


def dense_flow(before: NDArray[np.uint8], now: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Where each pixel (H, W) of ``before`` has gone to in ``now``, (H, W, 2) float32: right and down."""
    import cv2

    # Half-size pyramid of 3 levels, windows of 15 pixels, 3 iterations, polynomials over 5 pixels: SMOT's.
    flow = cv2.calcOpticalFlowFarneback(before, now, None, 0.5, 3, 15, 3, 5, 1.2, 0)  # type: ignore[call-overload]
    return np.asarray(flow, np.float32)


def mean_in_boxes(field: NDArray[np.float32], xyxy: NDArray[np.float64]) -> NDArray[np.float64]:
    """Mean of a field (H, W, D) over the pixels that each box (N, 4) touches; 0 outside the field.

    One summed-area table serves all boxes, so their number hardly matters.
    """
    height, width, depth = field.shape
    sums = np.zeros((height + 1, width + 1, depth))
    np.cumsum(field, axis=0, out=sums[1:, 1:])
    np.cumsum(sums[1:, 1:], axis=1, out=sums[1:, 1:])
    limits = np.array([width, height])
    left, top = np.clip(np.floor(xyxy[:, :2]), 0, limits).astype(np.int64).T
    right, bottom = np.clip(np.ceil(xyxy[:, 2:]), 0, limits).astype(np.int64).T
    right, bottom = np.maximum(right, left), np.maximum(bottom, top)
    total = sums[bottom, right] - sums[top, right] - sums[bottom, left] + sums[top, left]
    area = (right - left) * (bottom - top)
    return total / np.maximum(area, 1)[:, None]
