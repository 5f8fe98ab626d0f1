"""A file of events as a stream: what every reader's packets must keep to, whatever the file says."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

import numpy as np

from neuromorph_track.data.events.events import Events
from neuromorph_track.errors import InputError
from neuromorph_track.files import file_sha256

# No event camera has a side of it; a header that says more lies.
LARGEST_SIDE = 4096
# Beyond it, a pause is a broken time rather than a quiet scene: an hour is 360,000 windows of 10 ms.
LONGEST_PAUSE_US = 3_600_000_000
PACKET_EVENTS = 1 << 20

Size = tuple[int, int]


@dataclass(frozen=True)
class Hints:
    """What a user says of a file that does not say it.

    Attributes
    ----------
    size : (width, height) or None
        Of the sensor, in pixels.
    columns : str or None
        Order of a text's columns, e.g. ``txyp``.
    time_unit : str or None
        Of a text's times, or HDF5's: ``s``, ``ms``, ``us`` or ``ns``.
    """

    size: Size | None = None
    columns: str | None = None
    time_unit: str | None = None


class Reader(Protocol):
    """What a format's own file gives; :class:`Recording` checks it.

    Attributes
    ----------
    form : str
        The format's name.
    size : (width, height) or None
        Of the sensor; None where the file does not say.
    details : dict of str
        What else a user may want to know of the file.
    ended_early : str or None
        After reading: what is missing at the end.
    """

    form: str
    size: Size | None
    details: dict[str, str]
    ended_early: str | None

    def read(self) -> Iterator[Events]:
        """Events with the file's own clock in microseconds, wraps undone."""


@dataclass
class Recording:
    """An event stream of a file.

    Times count from the first event, :attr:`origin_us` is the file's own clock then. What is read is
    checked: times that fall, pauses of more than an hour and pixels outside of the sensor are errors.

    Parameters
    ----------
    path : Path
    reader : Reader
    told : (width, height), optional
        The sensor's size where a user says it. Where nobody does, opening reads the file once to find the
        smallest sensor that has all its pixels.

    Attributes
    ----------
    name : str
        The file's name without its ending.
    width, height : int
        Of the sensor, in pixels.
    size_from : str
        ``file``, ``user`` or ``events``.
    origin_us : int
        Microseconds of the file's clock at the first event.

    Raises
    ------
    InputError
        Naming the file, the event (counted from 0), what was found and what was expected.
    """

    path: Path
    reader: Reader
    told: Size | None = None
    name: str = field(init=False)
    width: int = field(init=False)
    height: int = field(init=False)
    size_from: str = field(init=False)
    origin_us: int = field(init=False)

    def __post_init__(self) -> None:
        self.name = self.path.stem
        size, self.size_from = self.reader.size, "file"
        if self.told is not None:
            if size is not None and size != self.told:
                expected = "{}x{} as the file says".format(*size)
                raise InputError(self.path, "size", "{}x{}".format(*self.told), expected)
            size, self.size_from = self.told, "user"
        if size is None:
            size, self.size_from = self._extent(), "events"
        self.width, self.height = self._require_sides(size)
        first = next((part for part in self.reader.read() if len(part)), None)
        self.origin_us = 0 if first is None else int(first.t[0])

    @property
    def form(self) -> str:
        """The format's name."""
        return self.reader.form

    @property
    def details(self) -> dict[str, str]:
        """What else the file says of itself."""
        return self.reader.details

    @property
    def ended_early(self) -> str | None:
        """After reading: what is missing at the end; None where nothing is."""
        return self.reader.ended_early

    def packets(self) -> Iterator[Events]:
        """At most 2**20 events at a time, times from the first event on, never falling.

        Raises
        ------
        InputError
            At the first event that cannot be.
        """
        last, done = self.origin_us, 0
        for part in self._bounded():
            self._require_times(part, last, done)
            self._require_pixels(part, done, (self.width, self.height))
            last, done = int(part.t[-1]), done + len(part)
            yield Events(part.t - self.origin_us, part.x, part.y, part.on)

    def fingerprint(self) -> str:
        """SHA-256 of the file."""
        return file_sha256(self.path)

    def _bounded(self) -> Iterator[Events]:
        for part in self.reader.read():
            for start in range(0, len(part), PACKET_EVENTS):
                yield part[start : start + PACKET_EVENTS]

    def _extent(self) -> Size:
        width, height, done = 1, 1, 0
        for part in self._bounded():
            self._require_pixels(part, done, (LARGEST_SIDE, LARGEST_SIDE))
            width, height = max(width, int(part.x.max()) + 1), max(height, int(part.y.max()) + 1)
            done += len(part)
        return width, height

    def _require_sides(self, size: Size) -> Size:
        if not all(1 <= side <= LARGEST_SIDE for side in size):
            expected = f"sides of 1 to {LARGEST_SIDE} pixels"
            raise InputError(self.path, "sensor", "{}x{}".format(*size), expected)
        return size

    def _require_times(self, part: Events, last: int, done: int) -> None:
        before = np.concatenate([[last], part.t[:-1]])
        # Of any two 64-bit times that do not fall, the unsigned difference fits.
        pause = part.t.astype(np.uint64) - before.astype(np.uint64)
        wrong = (part.t < before) | (pause > LONGEST_PAUSE_US)
        if not wrong.any():
            return
        at = int(np.argmax(wrong))
        found = f"{part.t[at]} us after {before[at]} us"
        expected = f"times that never fall, and no pause of more than {LONGEST_PAUSE_US // 1_000_000} s"
        raise InputError(self.path, f"event {done + at}, t", found, expected)

    def _require_pixels(self, part: Events, done: int, size: Size) -> None:
        for name, values, side in (("x", part.x, size[0]), ("y", part.y, size[1])):
            wrong = (values < 0) | (values >= side)
            if wrong.any():
                at = int(np.argmax(wrong))
                expected = f"0 to {side - 1} on a sensor of {size[0]}x{size[1]}"
                raise InputError(self.path, f"event {done + at}, {name}", str(values[at]), expected)
