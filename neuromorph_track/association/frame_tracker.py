"""One frame of any tracker: what is refused changes nothing, and every stage is timed."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import ClassVar

from neuromorph_track.association.checks import checked_input
from neuromorph_track.association.interface import Embeddings, Warp
from neuromorph_track.association.stages import Stages
from neuromorph_track.data.detections import Detections, Tracks


class FrameTracker(ABC):
    """The part of a :class:`~neuromorph_track.association.interface.Tracker` that no mode has of its own.

    Attributes
    ----------
    stages : Stages
    """

    # Attributes that a frame changes; those that have a ``copy`` may be changed in place.
    _kept: ClassVar[tuple[str, ...]]
    stages: Stages

    def update(
        self,
        detections: Detections,
        warp: Warp | None = None,
        embeddings: Embeddings | None = None,
        dt: int = 1,
    ) -> Tracks:
        """Take in the boxes of one frame, see :class:`~neuromorph_track.association.interface.Tracker`."""
        detections, warp, embeddings = checked_input(detections, warp, embeddings, dt)
        self._check(embeddings)
        self.stages.begin(*vars(detections).values(), embeddings)
        before = {name: getattr(self, name) for name in self._kept}
        for name, value in before.items():
            if hasattr(value, "copy"):
                setattr(self, name, value.copy())
        try:
            return self._follow(detections, warp, embeddings, dt)
        # Too many overlaps are found in the middle of a frame; memory or patience may end there too.
        except BaseException:
            vars(self).update(before)
            raise

    def _check(self, embeddings: Embeddings | None) -> None:  # noqa: B027 - most modes have nothing to say
        """Refuse embeddings that do not go with those of earlier frames, in a mode that looks at them."""

    @abstractmethod
    def _follow(
        self, detections: Detections, warp: Warp | None, embeddings: Embeddings | None, dt: int
    ) -> Tracks:
        """Take in a frame that was checked."""
