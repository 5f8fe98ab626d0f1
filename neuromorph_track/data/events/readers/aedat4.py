"""iniVation's AEDAT4, through the library ``aedat``."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import aedat
import numpy as np
from numpy.typing import NDArray

from neuromorph_track.data.events.events import Events
from neuromorph_track.data.events.recording import Size
from neuromorph_track.errors import LONGEST_FOUND, InputError

EXPECTED = "AEDAT4 with a stream of events"


class Aedat4Reader:
    """The events of an AEDAT4 file; its clock counts from 1970.

    The library reads packet by packet, and a packet is at most what a camera collected before it wrote.

    Raises
    ------
    InputError
        When the library cannot read it, or there is not exactly one stream of events.
    """

    form = "AEDAT4"

    def __init__(self, path: Path) -> None:
        self._path = path
        streams = self._decoder().id_to_stream()
        events = {number: each for number, each in streams.items() if each["type"] == "events"}
        if len(events) != 1:
            found = ", ".join(each["type"] for each in streams.values()) or "none"
            raise InputError(path, "streams", found, "exactly one of events")
        ((self._stream, stream),) = events.items()
        self.size: Size | None = (int(stream["width"]), int(stream["height"]))
        others = sorted({each["type"] for each in streams.values()} - {"events"})
        self.details: dict[str, str] = {"also inside": ", ".join(others)} if others else {}
        self.ended_early: str | None = None

    def read(self) -> Iterator[Events]:
        """Events with the camera's clock, one packet of the file after the other."""
        for packet in self._packets():
            if packet["stream_id"] == self._stream and "events" in packet:
                yield _columns(packet["events"])

    def frame_ends(self) -> NDArray[np.int64]:
        """When the exposure of each picture inside ended, (F,) microseconds of the camera's clock.

        Of a picture that does not say, the one time that it has.
        """
        pictures = (packet["frame"] for packet in self._packets() if "frame" in packet)
        ends = [picture["exposure_end_t"] or picture["t"] for picture in pictures]
        return np.array(ends, np.int64)

    def _packets(self) -> Iterator[dict[str, Any]]:
        number = 0
        try:
            for packet in self._decoder():
                yield packet
                number += 1
        except BaseException as error:
            if not _is_fault(error):
                raise
            raise self._error(f"packet {number}", error) from error

    def _decoder(self) -> aedat.Decoder:
        # Where the header's numbers lie, the library's Rust panics and says so on stderr itself.
        with _silent_stderr():
            try:
                return aedat.Decoder(self._path)
            except BaseException as error:
                if not _is_fault(error):
                    raise
                raise self._error("header", error) from error

    def _error(self, field: str, error: BaseException) -> InputError:
        return InputError(self._path, field, str(error)[:LONGEST_FOUND].replace("\n", " "), EXPECTED)


def _is_fault(error: BaseException) -> bool:
    """Whether it is the library's way to say that a file is broken; a panic of Rust is no `Exception`."""
    panicked = type(error).__name__ == "PanicException"
    return panicked or isinstance(error, (OSError, ValueError, RuntimeError, AttributeError))


@contextmanager
def _silent_stderr() -> Iterator[None]:
    sys.stderr.flush()
    kept, nothing = os.dup(2), os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nothing, 2)
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
        os.close(nothing)


def _columns(packet: np.ndarray) -> Events:
    return Events.of(packet["t"].astype(np.int64), packet["x"], packet["y"], packet["on"])
