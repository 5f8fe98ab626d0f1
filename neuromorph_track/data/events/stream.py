"""A recording of events, read packet by packet as often as one likes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

from neuromorph_track.data.events.events import Events


class EventStream(Protocol):
    """What every reader of a file, and everything that makes events, gives.

    Attributes
    ----------
    name : str
        A short name for reports.
    width, height : int
        Of the sensor, in pixels.
    """

    name: str
    width: int
    height: int

    def packets(self) -> Iterator[Events]:
        """The events, a bounded number at a time; times never fall, from packet to packet too."""

    def fingerprint(self) -> str:
        """SHA-256 that tells one recording from another, in hexadecimal."""


def windows(
    stream: EventStream, window_us: int, start_us: int = 0, stop_us: int | None = None
) -> Iterator[Events]:
    """The events of one window after the other, ``start <= t < start + window``, with no gap between.

    Parameters
    ----------
    stream : EventStream
    window_us : int
        Microseconds.
    start_us : int
        Where the first window begins; what happened before is left out.
    stop_us : int, optional
        Windows that begin before it are given; without it, all up to the one with the last event.

    Yields
    ------
    Events
        Those of a window; of a quiet one, none.

    Raises
    ------
    ValueError
        For a window of no length.
    """
    if window_us < 1:
        raise ValueError(f"a window of {window_us} us")
    held: list[Events] = []
    end = start_us + window_us
    for packet in stream.packets():
        left = packet.between(start_us, packet.t[-1] + 1 if len(packet) else start_us)
        while len(left) and left.t[-1] >= end and (stop_us is None or end - window_us < stop_us):
            yield Events.joined([*held, left.between(end - window_us, end)])
            held, left = [], left.between(end, left.t[-1] + 1)
            end += window_us
        held.append(left)
        if stop_us is not None and end - window_us >= stop_us:
            return
    rest = Events.joined(held)
    while len(rest) or (stop_us is not None and end - window_us < stop_us):
        if stop_us is not None and end - window_us >= stop_us:
            return
        yield rest.between(end - window_us, end)
        rest = Events.none()
        end += window_us
