"""A picture of any size becomes the integers that a network's input layer takes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from neuromorph_track.netx import InputSpec


@dataclass(frozen=True)
class Placement:
    """Where a frame lies in the network's input: ``input = frame * scale + offset``, as (x, y)."""

    scale: tuple[float, float]
    offset: tuple[float, float]
    frame_size: tuple[int, int]

    def to_frame(self, xyxy: NDArray[np.float32], cut: bool = True) -> NDArray[np.float32]:
        """Boxes ``(N, 4)`` in input pixels to boxes in frame pixels, cut at the frame's edges or not."""
        scale, offset = np.tile(self.scale, 2), np.tile(self.offset, 2)
        boxes = (xyxy - offset) / scale
        return (np.clip(boxes, 0, np.tile(self.frame_size, 2)) if cut else boxes).astype(np.float32)


class FrameEncoder:
    """Resize, normalise and quantise frames as :class:`InputSpec` says.

    All 256 grey levels of a channel are quantised beforehand, in float32 and with ties to even,
    which is what SLAYER does to them.
    """

    def __init__(self, spec: InputSpec) -> None:
        self.spec = spec
        levels = np.arange(256, dtype=np.float32) / np.float32(255)
        mean, std = np.array(spec.mean, np.float32), np.array(spec.std, np.float32)
        values = (levels[:, None] - mean) / std
        step = np.float32(spec.step / (1 << spec.fraction_bits))
        quantised = np.round(values / step) * spec.step
        self.table = np.clip(quantised, spec.low, spec.high).astype(np.int32)

    def __call__(self, frame: NDArray[np.uint8]) -> tuple[NDArray[np.int32], Placement]:
        """Encode one frame.

        Parameters
        ----------
        frame : (H, W, 3) uint8
            RGB.

        Returns
        -------
        values : (3, height, width) int32
            A view; a pixel's channels lie side by side, as the simulator's events do.
        placement : Placement
        """
        # A tracker in Lava decodes heads with this room, where there is no OpenCV.
        import cv2

        fitted, placement = self.fit(frame)
        values = np.asarray(cv2.LUT(fitted, self.table[None]), np.int32)
        return values.transpose(2, 0, 1), placement

    def fit(self, frame: NDArray[np.uint8]) -> tuple[NDArray[np.uint8], Placement]:
        """Resize to the network's size; area averaging where it shrinks, so that nothing aliases."""
        height, width = frame.shape[:2]
        left, top, w, h = self._rectangle(width, height)
        # OpenCV averages over areas only when both sides shrink, so enlarging waits for a second step.
        frame = _resize(frame, min(w, width), min(h, height), shrinks=True)
        frame = _resize(frame, w, h, shrinks=False)
        placement = self.placement(width, height)
        if (w, h) == (self.spec.width, self.spec.height):
            return frame, placement
        canvas = np.full((self.spec.height, self.spec.width, 3), round(self.spec.pad), np.uint8)
        canvas[top : top + h, left : left + w] = frame
        return canvas, placement

    def placement(self, width: int, height: int) -> Placement:
        """Where frames of this size lie in the network's input."""
        left, top, w, h = self._rectangle(width, height)
        return Placement((w / width, h / height), (left, top), (width, height))

    def _rectangle(self, width: int, height: int) -> tuple[int, int, int, int]:
        """Left, top, width and height, in pixels of the input, of a frame of this size."""
        sx, sy = self.spec.width / width, self.spec.height / height
        if self.spec.fit == "letterbox":
            sx = sy = min(sx, sy)
        w, h = max(round(width * sx), 1), max(round(height * sy), 1)
        return (self.spec.width - w) // 2, (self.spec.height - h) // 2, w, h


def _resize(frame: NDArray[np.uint8], width: int, height: int, shrinks: bool) -> NDArray[np.uint8]:
    if frame.shape[:2] == (height, width):
        return frame
    import cv2

    method = cv2.INTER_AREA if shrinks else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(frame, (width, height), interpolation=method), np.uint8)
