"""Boxes of one frame, as arrays: what a detector gives and what a tracker returns."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Detections:
    """Boxes found in one frame.

    Attributes
    ----------
    xyxy : (N, 4) float32
        Left, top, right, bottom in pixels of the frame the user gave; may reach over its edges.
    score : (N,) float32
        Confidence between 0 and 1.
    class_id : (N,) int64
        Index into the class names of the network.
    anchor : (N, 4) float32 or None
        The prior box of the detector's cell that gave each box, left, top, right, bottom; None where the
        detector has none, or they are not known.
    suppressed : (N,) bool or None
        True for boxes that non-maximum suppression would have removed, kept for a tracker that can use them;
        None where there are none.
    embedding : (N, E) float32 or None
        What each object looks like, of length 1, or 0 where nothing is known; None where the detector does
        not tell.
    """

    xyxy: NDArray[np.float32]
    score: NDArray[np.float32]
    class_id: NDArray[np.int64]
    anchor: NDArray[np.float32] | None = None
    suppressed: NDArray[np.bool_] | None = None
    embedding: NDArray[np.float32] | None = None

    @classmethod
    def empty(cls) -> Detections:
        return cls(np.zeros((0, 4), np.float32), np.zeros(0, np.float32), np.zeros(0, np.int64))

    def __len__(self) -> int:
        return len(self.score)

    def __getitem__(self, index: NDArray[np.bool_] | NDArray[np.int64] | slice) -> Detections:
        """The boxes chosen by a boolean mask, an index array or a slice."""
        return Detections(
            self.xyxy[index],
            self.score[index],
            self.class_id[index],
            None if self.anchor is None else self.anchor[index],
            None if self.suppressed is None else self.suppressed[index],
            None if self.embedding is None else self.embedding[index],
        )


@dataclass(frozen=True)
class Tracks:
    """The confirmed tracks of one frame.

    Attributes
    ----------
    xyxy, score, class_id
        As in :class:`Detections`.
    track_id : (N,) int64
        From 1, never used again for another object.
    detection : (N,) int64
        Index of the detection each track took in this frame; -1 where it took none.
    """

    xyxy: NDArray[np.float32]
    score: NDArray[np.float32]
    class_id: NDArray[np.int64]
    track_id: NDArray[np.int64]
    detection: NDArray[np.int64] = field(default_factory=lambda: np.zeros(0, np.int64))

    @classmethod
    def empty(cls) -> Tracks:
        none = Detections.empty()
        return cls(none.xyxy, none.score, none.class_id, np.zeros(0, np.int64))

    def __len__(self) -> int:
        return len(self.score)
