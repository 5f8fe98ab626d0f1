"""What the stages of a tracker take: the profiler turns it into joules of the host."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass


class Stages:
    """Time by stage, summed over frames: the stages of a frame follow each other without a gap.

    Attributes
    ----------
    seconds : dict of str to float
        Stage -> time on the wall, s, in the order in which stages first ended.
    frames : int
        Frames taken in.
    bytes_in : int
        Bytes of all arrays taken in: those of the detections, and embeddings.
    """

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}
        self.frames = 0
        self.bytes_in = 0
        self._since = 0.0

    def begin(self, *arrays: object) -> None:
        """A frame begins, with these arrays; what is None has no bytes."""
        self.frames += 1
        self.bytes_in += sum(getattr(array, "nbytes", 0) for array in arrays)
        self._since = time.perf_counter()

    def end(self, stage: str) -> None:
        """What ran since the frame began, or since the last stage ended, was ``stage``."""
        now = time.perf_counter()
        self.seconds[stage] = self.seconds.get(stage, 0.0) + now - self._since
        self._since = now


@dataclass(frozen=True)
class HostStages:
    """What a run's :class:`Stages` came to.

    Attributes
    ----------
    seconds : mapping of str to float
        Stage -> time on the wall over all frames, s.
    frames, bytes_in : int
        Frames taken in, and bytes of their arrays.
    """

    seconds: Mapping[str, float]
    frames: int
    bytes_in: int

    @classmethod
    def of(cls, stages: Stages) -> HostStages:
        return cls(dict(stages.seconds), stages.frames, stages.bytes_in)
