"""A source of frames without its first ones."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from neuromorph_track.data.frames import FrameSource
from neuromorph_track.errors import InputError


class LaterFrames:
    """The frames of a source from one of them on.

    Those before are read and dropped: what a codec shows depends on them.

    Parameters
    ----------
    source : FrameSource
    start : int
        The first frame that is given, counted from 0.

    Raises
    ------
    InputError
        When the source is known to have no such frame.
    """

    def __init__(self, source: FrameSource, start: int) -> None:
        if start < 0 or (source.frames is not None and start >= source.frames):
            least = "0 or more" if source.frames is None else f"0 to {source.frames - 1}"
            raise InputError(source.name, "start", str(start), least)
        self.source, self.start = source, start
        self.name, self.fps, self.size = source.name, source.fps, source.size
        self.frames = None if source.frames is None else source.frames - start
        self.ended_early = source.ended_early

    def __iter__(self) -> Iterator[NDArray[np.uint8]]:
        yield from islice(iter(self.source), self.start, None)
        self.ended_early = self.source.ended_early

    def fingerprint(self) -> str:
        """The whole source's."""
        return self.source.fingerprint()
