"""One object followed through a sequence: its frames, where it is, and when it is there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from neuromorph_track.data.frames import FrameSource
from neuromorph_track.errors import InputError


class IndexedFrames(FrameSource, Protocol):
    """Frames that can be read in any order, one in memory at a time."""

    def __getitem__(self, index: int) -> NDArray[np.uint8]:
        """Frame ``index``, (H, W, 3) uint8 RGB."""


@dataclass(frozen=True, eq=False)
class SingleSequence:
    """A sequence in which one object is named by its box in the first frame.

    Attributes
    ----------
    name : str
    kind : str
        Whose layout it came in, or whose rules it is scored by: ``otb``, ``lasot``, ``got10k``,
        ``trackingnet``, ``uav123``, ``vot``, ``visevent``, ``coesot``, ``eventvot``, or another name.
    frames : IndexedFrames
        As many as there are boxes. Nothing is read before they are used.
    boxes : (F, 4) float64
        Left, top, width, height in pixels as they stand in the file; NaN where the object is absent or nobody
        says where it is.
    visible : (F,) bool
        Whether the truth counts in a frame; False wherever the box is NaN.
    attributes : tuple of str
        What makes the sequence hard, in its owners' words, e.g. ``OCC``.
    """

    name: str
    kind: str
    frames: IndexedFrames
    boxes: NDArray[np.float64]
    visible: NDArray[np.bool_]
    attributes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.boxes.shape != (len(self.visible), 4) or not len(self.boxes):
            found = f"shapes {self.boxes.shape} and {self.visible.shape}"
            raise InputError(self.name, "boxes", found, "(F, 4) boxes and (F,) flags, a frame at least")
        if np.isnan(self.boxes[self.visible]).any():
            raise InputError(self.name, "boxes", "NaN in a frame that counts", "a box")
        if not self.visible[0]:
            raise InputError(self.name, "first frame", "no box", "the box that names the object")

    def __len__(self) -> int:
        return len(self.boxes)

    @property
    def initial_box(self) -> NDArray[np.float64]:
        """The box of the first frame, (4,)."""
        return self.boxes[0]


def with_known_boxes(
    name: str,
    kind: str,
    frames: IndexedFrames,
    boxes: NDArray[np.float64],
    absent: NDArray[np.bool_] | None = None,
    attributes: tuple[str, ...] = (),
) -> SingleSequence:
    """A sequence from boxes of a file; those without an area, or of an ``absent`` object, are unknown."""
    boxes = boxes.copy()
    known = ~np.isnan(boxes).any(axis=1) & (boxes[:, 2:] > 0).all(axis=1)
    if absent is not None:
        # A file that marks the first frame absent cannot mean it: the tracker is started there.
        known[1:] &= ~absent[1:]
    boxes[~known] = np.nan
    return SingleSequence(name, kind, frames, boxes, known, attributes)
