"""A recording of events as a source of frames: one picture a window."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from itertools import islice

from neuromorph_track.data.events.pictures import Picture, window_pictures
from neuromorph_track.data.events.stream import EventStream
from neuromorph_track.netx import EventsSpec

MICROSECONDS = 1e6


class EventFrames:
    """Frames of an event stream, in constant memory.

    Parameters
    ----------
    stream : EventStream
    spec : EventsSpec
        The window, and what its picture shows.
    max_frames : int, optional
        Stop after that many.

    Attributes
    ----------
    fps : float
        Windows per second.
    frames : None
        Nobody knows before the end.
    ended_early : str or None
        After reading: what is missing at the end of the file.
    """

    frames: int | None
    ended_early: str | None

    def __init__(self, stream: EventStream, spec: EventsSpec, max_frames: int | None = None) -> None:
        self.stream, self.spec = stream, spec
        self.name = stream.name
        self.fps = MICROSECONDS / spec.window_us
        self.size = (stream.width, stream.height)
        self.frames = self.ended_early = None
        self._max_frames = max_frames

    def __iter__(self) -> Iterator[Picture]:
        self.ended_early = None
        yield from islice(window_pictures(self.stream, self.spec), self._max_frames)
        self.ended_early = getattr(self.stream, "ended_early", None)

    def fingerprint(self) -> str:
        """SHA-256 of the recording's own and of what its pictures show."""
        return hashlib.sha256(f"{self.stream.fingerprint()}\0{self.spec!r}".encode()).hexdigest()
