"""What is in a recording, in one pass and constant memory."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from neuromorph_track.data.events.stream import EventStream

BUSIEST = 5
# Of the rate's curve; bins double when a recording outgrows them.
RATE_BINS = 2048
FIRST_BIN_US = 1000


@dataclass(frozen=True)
class BusyPixel:
    """A pixel and how many of the events are its own."""

    x: int
    y: int
    events: int


@dataclass(frozen=True)
class EventSummary:
    """Counts of a recording.

    Attributes
    ----------
    events, on : int
        All, and those that became brighter.
    duration_us : int
        From the first event's time 0 to the last event.
    silent_pixels : int
        Pixels of the sensor without an event.
    busiest : tuple of BusyPixel
        The busiest first.
    bin_us : int
        Length of a bin of :attr:`rate`.
    rate : (bins, 2) int64
        Events that became darker and brighter, in each bin from time 0 on.
    """

    events: int
    on: int
    duration_us: int
    silent_pixels: int
    busiest: tuple[BusyPixel, ...]
    bin_us: int
    rate: NDArray[np.int64]

    @property
    def per_second(self) -> float:
        """Mean rate in events per second; 0 where there is no duration."""
        return self.events / self.duration_us * 1e6 if self.duration_us else 0.0


def summarise_events(stream: EventStream, seen: Callable[[int], None] | None = None) -> EventSummary:
    """Count everything once.

    Parameters
    ----------
    stream : EventStream
    seen : callable, optional
        Told after each packet how many events there were so far.

    Raises
    ------
    InputError
        Where the stream's file is broken.
    """
    pixels = np.zeros(stream.width * stream.height, np.int64)
    rate = _Rate()
    events = on = last = 0
    for packet in stream.packets():
        if not len(packet):
            continue
        pixels += np.bincount(packet.y * stream.width + packet.x, minlength=len(pixels))
        rate.add(packet.t, packet.on)
        events, on, last = events + len(packet), on + int(packet.on.sum()), int(packet.t[-1])
        if seen is not None:
            seen(events)
    order = np.argsort(-pixels, kind="stable")[:BUSIEST]
    busiest = tuple(
        BusyPixel(int(at % stream.width), int(at // stream.width), int(pixels[at]))
        for at in order
        if pixels[at]
    )
    silent = int((pixels == 0).sum())
    return EventSummary(events, on, last, silent, busiest, rate.bin_us, rate.until(last))


class _Rate:
    """Events over time in at most :data:`RATE_BINS` bins, however long it takes."""

    def __init__(self) -> None:
        self.bin_us = FIRST_BIN_US
        self._bins = np.zeros((RATE_BINS, 2), np.int64)

    def add(self, t: NDArray[np.int64], on: NDArray[np.bool_]) -> None:
        while t[-1] // self.bin_us >= RATE_BINS:
            half = self._bins.reshape(RATE_BINS // 2, 2, 2).sum(axis=1)
            self._bins = np.concatenate([half, np.zeros_like(half)])
            self.bin_us *= 2
        flat = t // self.bin_us * 2 + on
        self._bins += np.bincount(flat, minlength=self._bins.size).reshape(self._bins.shape)

    def until(self, last: int) -> NDArray[np.int64]:
        return self._bins[: last // self.bin_us + 1]
