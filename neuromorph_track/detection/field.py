"""All of a frame as what a network sees, and the way back."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from neuromorph_track.detection.encode import FrameEncoder


@dataclass(frozen=True)
class Field:
    """Where a frame lies in a network's input, see :class:`~neuromorph_track.detection.encode.Placement`.

    Attributes
    ----------
    sides : (4,) float64
        Width and height of the input, twice, in pixels of the frame.
    corner : (4,) float64
        Where it begins in the frame, as (x, y, 0, 0).
    """

    sides: NDArray[np.float64]
    corner: NDArray[np.float64]

    @classmethod
    def of(cls, encoder: FrameEncoder, width: int, height: int) -> Field:
        """The field of frames of this size."""
        placement = encoder.placement(width, height)
        scale, offset = np.array(placement.scale), np.array(placement.offset)
        size = np.array([encoder.spec.width, encoder.spec.height])
        return cls(np.tile(size / scale, 2), np.concatenate([-offset / scale, np.zeros(2)]))

    def to_frame(self, cxcywh: NDArray[np.float64]) -> NDArray[np.float64]:
        """Boxes (..., 4) as (cx, cy, w, h) in sides of the input to pixels of the frame."""
        return np.asarray(cxcywh, np.float64) * self.sides + self.corner

    def from_frame(self, cxcywh: NDArray[np.float64]) -> NDArray[np.float64]:
        """Boxes (..., 4) in pixels of the frame to sides of the input."""
        return (np.asarray(cxcywh, np.float64) - self.corner) / self.sides
