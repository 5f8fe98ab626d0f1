"""Event Stream (``.es``), through the library ``event_stream``."""

from __future__ import annotations

import importlib
import os
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from neuromorph_track.data.events.events import Events
from neuromorph_track.data.events.recording import Size
from neuromorph_track.errors import LONGEST_FOUND, InputError, JobError

HEADER_BYTES, EVENT_BYTES = 20, 5
# Bytes that stand for 127 us with no event, and for nothing.
PAUSES, OVERFLOW_US = b"\xff\xfe", 127
BLOCK_BYTES = 1 << 16


class EsReader:
    """Events of types ``dvs`` and ``atis`` (of which brightness measurements are left out).

    Rows of these files are counted from below; ours, as everywhere here, from above.

    The library ends without a word where a file is cut; we find it by counting the bytes that the events
    of a ``dvs`` file take: 5 each, and one for every 127 us before it.

    Raises
    ------
    InputError
        When the library cannot read it, or it holds other things than events.
    JobError
        Where the library is not installed: there is none for Python 3.13.
    """

    form = "ES"

    def __init__(self, path: Path) -> None:
        self._path = path
        decoder = self._decoder()
        if decoder.type not in ("dvs", "atis"):
            raise InputError(path, "type", str(decoder.type), "dvs or atis")
        self._atis = decoder.type == "atis"
        self.size: Size | None = (int(decoder.width), int(decoder.height))
        self.details = {"type": str(decoder.type)}
        self.ended_early: str | None = None

    def read(self) -> Iterator[Events]:
        """Events with the file's clock."""
        assert self.size is not None
        self.ended_early = None
        done, last, taken = 0, 0, HEADER_BYTES
        try:
            for chunk in self._decoder():
                times = chunk["t"].astype(np.int64)
                yield self._columns(chunk, times)
                taken += EVENT_BYTES * len(chunk) + int((np.diff(times, prepend=last) // OVERFLOW_US).sum())
                last, done = int(times[-1]), done + len(chunk)
        except (OSError, ValueError, RuntimeError) as error:
            found = str(error)[:LONGEST_FOUND]
            expected = f"an Event Stream of {self.size[0]}x{self.size[1]} pixels"
            raise InputError(self._path, f"event {done} or later", found, expected) from error
        if not self._atis and self._is_cut(taken):
            self.ended_early = f"{self._path}: ends inside of event {done}, which is left out"

    def _columns(self, chunk: NDArray, times: NDArray[np.int64]) -> Events:
        assert self.size is not None
        rows = turned(chunk["y"], self.size[1])
        if not self._atis:
            return Events.of(times, chunk["x"], rows, chunk["on"])
        change = ~chunk["exposure"]
        return Events.of(times[change], chunk["x"][change], rows[change], chunk["polarity"][change])

    def _is_cut(self, taken: int) -> bool:
        """Whether fewer bytes than an event's follow, those of pauses aside."""
        with open(self._path, "rb") as file:
            file.seek(taken)
            while block := file.read(BLOCK_BYTES):
                rest = block.lstrip(PAUSES)
                if rest:
                    return len(rest) + os.path.getsize(self._path) - file.tell() < EVENT_BYTES
        return False

    def _decoder(self) -> Any:
        try:
            return event_stream_library().Decoder(str(self._path))
        except (OSError, ValueError, RuntimeError) as error:
            found = str(error)[:LONGEST_FOUND]
            raise InputError(self._path, "header", found, "an Event Stream") from error


def turned(rows: NDArray[Any], height: int) -> NDArray[np.int64]:
    """Rows counted from the other end of the sensor."""
    return height - 1 - rows.astype(np.int64)


def event_stream_library() -> ModuleType:
    """The library.

    Raises
    ------
    JobError
        Where it is not installed.
    """
    try:
        return importlib.import_module("event_stream")
    except ImportError as error:
        raise JobError("files of Event Stream (.es) need event-stream, for Python below 3.13") from error
