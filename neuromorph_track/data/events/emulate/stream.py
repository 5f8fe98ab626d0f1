"""A recording that is made from pictures each time it is read."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Protocol

import cv2
import numpy as np
from numpy.typing import NDArray

from neuromorph_track.data.events.emulate.pixels import PixelEmulator
from neuromorph_track.data.events.emulate.settings import SensorSettings
from neuromorph_track.data.events.emulate.v2e import V2eEmulator
from neuromorph_track.data.events.events import Events
from neuromorph_track.errors import InputError

if TYPE_CHECKING:
    from neuromorph_track.data.frames import FrameSource

# Share of red, green and blue in brightness (ITU-R BT.601).
LUMA = np.array([[0.299, 0.587, 0.114]], np.float32)


class Emulator(Protocol):
    """What turns pictures, one after the other, into events."""

    def step(self, intensity: NDArray[np.generic], t_us: int) -> Events:
        """Events since the picture before, (height, width) of linear brightness; 255 is white."""


EMULATORS: Mapping[str, Callable[[SensorSettings, tuple[int, int], int], Emulator]] = {
    "pixels": PixelEmulator,
    "v2e": V2eEmulator,
}
"""By name: ours, and v2e's as visionsim ships it (the extra ``simulate``)."""


class Intensities(Protocol):
    """Pictures with times, which can be had again and again.

    Attributes
    ----------
    name : str
    width, height : int
    """

    name: str
    width: int
    height: int

    def __iter__(self) -> Iterator[tuple[int, NDArray[np.generic]]]:
        """Microseconds, rising, and linear brightness (height, width), 255 for white."""

    def fingerprint(self) -> str:
        """SHA-256 that tells one source from another, in hexadecimal."""


class VideoIntensities:
    """The brightness of a video's frames, evenly spaced by its frame rate; no frame is made up between."""

    def __init__(self, frames: FrameSource) -> None:
        self._frames = frames
        self.name = frames.name
        self.width, self.height = frames.size

    def __iter__(self) -> Iterator[tuple[int, NDArray[np.generic]]]:
        for index, frame in enumerate(self._frames):
            yield round(index * 1e6 / self._frames.fps), cv2.transform(frame.astype(np.float32), LUMA)

    def fingerprint(self) -> str:
        """SHA-256 of the frames and their rate."""
        return hashlib.sha256(f"{self._frames.fingerprint()} {self._frames.fps!r}".encode()).hexdigest()


class EmulatedStream:
    """An :class:`~neuromorph_track.data.events.EventStream` made from pictures, one packet for each of them.

    Parameters
    ----------
    source : Intensities
    settings : SensorSettings
    seed : int
    emulator : str
        One of :data:`EMULATORS`.

    Raises
    ------
    InputError
        For another name of an emulator.
    """

    def __init__(
        self,
        source: Intensities,
        settings: SensorSettings | None = None,
        seed: int = 0,
        emulator: str = "pixels",
    ) -> None:
        if emulator not in EMULATORS:
            raise InputError("events", "emulator", repr(emulator), f"one of {', '.join(EMULATORS)}")
        self._source, self._seed, self._emulator = source, seed, emulator
        self.settings = settings or SensorSettings()
        self.name, self.width, self.height = source.name, source.width, source.height

    def packets(self) -> Iterator[Events]:
        """The events between one picture and the next, made when they are asked for."""
        emulator = EMULATORS[self._emulator](self.settings, (self.height, self.width), self._seed)
        for time, intensity in self._source:
            events = emulator.step(intensity, time)
            if len(events):
                yield events

    def fingerprint(self) -> str:
        """SHA-256 of the source's, and of all that events are made with."""
        made = f"{self._source.fingerprint()} {self.settings!r} {self._seed} {self._emulator}"
        return hashlib.sha256(made.encode()).hexdigest()
