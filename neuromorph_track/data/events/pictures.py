"""Windows of events as pictures that a network takes: red brighter, blue darker, black where it is quiet."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from neuromorph_track.data.events.events import Events
from neuromorph_track.data.events.recording import Size
from neuromorph_track.data.events.stream import EventStream
from neuromorph_track.netx import EventsSpec

Picture = NDArray[np.uint8]
RED, BLUE = 0, 2
WHITE = 255


class Canvas(Protocol):
    """What is kept of a window: a number for each sign and pixel, never the events."""

    def add(self, events: Events) -> None:
        """More events of the window that is open."""

    def close(self, end_us: int) -> NDArray[np.float64] | NDArray[np.int64]:
        """What became of the window that ends then, (2, height, width), darker first; the next one opens."""


class CountCanvas:
    """Events of each pixel and sign in the window."""

    def __init__(self, size: Size) -> None:
        width, height = size
        self._counts = np.zeros((2, height, width), np.int64)

    def add(self, events: Events) -> None:
        height, width = self._counts.shape[1:]
        flat = (events.on * height + events.y) * width + events.x
        self._counts += np.bincount(flat, minlength=self._counts.size).reshape(self._counts.shape)

    def close(self, end_us: int) -> NDArray[np.int64]:
        counted, self._counts = self._counts, np.zeros_like(self._counts)
        return counted


class SurfaceCanvas:
    """``exp(-age / decay)`` of each pixel's and sign's last event, in whichever window it came."""

    def __init__(self, size: Size, decay_us: int) -> None:
        width, height = size
        # Before the first event the last one is so long ago that nothing is left of it.
        self._last = np.full((2, height, width), -np.inf)
        self._decay_us = decay_us

    def add(self, events: Events) -> None:
        # Where a pixel comes twice, the later assignment stays: times never fall.
        self._last[events.on.astype(np.int64), events.y, events.x] = events.t

    def close(self, end_us: int) -> NDArray[np.float64]:
        return np.exp((self._last - end_us) / self._decay_us)


def closed_windows(
    stream: EventStream, window_us: int, canvas: Canvas
) -> Iterator[NDArray[np.float64] | NDArray[np.int64]]:
    """What the canvas makes of each window from time 0 to the one with the last event, without gaps.

    Memory is that of a packet and the canvas, whatever a window holds.

    Raises
    ------
    InputError
        Where the stream's file is broken.
    """
    end, begun = window_us, False
    for packet in stream.packets():
        left = packet
        begun = begun or len(packet) > 0
        while len(left) and left.t[-1] >= end:
            canvas.add(left.between(end - window_us, end))
            yield canvas.close(end)
            left = left.between(end, int(left.t[-1]) + 1)
            end += window_us
        canvas.add(left)
    if begun:
        yield canvas.close(end)


def window_pictures(stream: EventStream, spec: EventsSpec) -> Iterator[Picture]:
    """A picture for each window, (height, width, 3) uint8 RGB, as the network's contract says.

    Raises
    ------
    InputError
        Where the stream's file is broken.
    """
    size = (stream.width, stream.height)
    surface = spec.picture == "surface"
    canvas = SurfaceCanvas(size, spec.decay_us) if surface else CountCanvas(size)
    gain = WHITE if surface else spec.gain
    for values in closed_windows(stream, spec.window_us, canvas):
        yield coloured(values, gain)


def coloured(values: NDArray[np.float64] | NDArray[np.int64], gain: int) -> Picture:
    """``gain`` times values (..., 2, height, width), darker first, as pictures (..., height, width, 3)."""
    scaled = gain * values
    grey = np.minimum(WHITE, scaled if scaled.dtype.kind == "i" else np.rint(scaled))
    picture = np.zeros((*grey.shape[:-3], *grey.shape[-2:], 3), np.uint8)
    picture[..., BLUE], picture[..., RED] = np.moveaxis(grey, -3, 0)
    return picture
