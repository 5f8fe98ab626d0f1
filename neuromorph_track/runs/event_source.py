"""The source of a run: frames for a network of frames, windows of events for one of events."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from neuromorph_track.data.events.formats import TEXT_SUFFIXES, is_event_file, open_events
from neuromorph_track.data.events.frames import EventFrames
from neuromorph_track.data.events.recording import Recording
from neuromorph_track.data.frames import FrameSource, open_source
from neuromorph_track.data.later import LaterFrames
from neuromorph_track.errors import InputError, explain
from neuromorph_track.netx import EventsSpec

OPTION = "--event-window"
_WINDOW = re.compile(r"(\d{1,9}(?:\.\d{1,6})?) ?(us|ms|s)", re.ASCII)
_MICROSECONDS = {"us": 1.0, "ms": 1e3, "s": 1e6}


@dataclass(frozen=True)
class Opened:
    """A source, and what the user must know of how it is fed.

    Attributes
    ----------
    frames : FrameSource
    warnings : tuple of str
    """

    frames: FrameSource
    warnings: tuple[str, ...] = ()


def open_for(
    source: str, wanted: EventsSpec | None, window: str | None = None, max_frames: int | None = None
) -> Opened:
    """Open what a network can be fed.

    Parameters
    ----------
    source : str
        Whatever :func:`~neuromorph_track.data.frames.open_source` takes, an event file, or the folder of a
        sequence with one.
    wanted : EventsSpec or None
        The windows that the network's contract names; None for a network of frames.
    window : str, optional
        ``10ms``: of another length, or for a network whose contract names none.
    max_frames : int, optional

    Raises
    ------
    InputError
        For frames where the network takes events, and for events where it takes frames and no window is
        given.
    """
    told = None if window is None else window_us(window)
    if not is_event_source(source, wanted is not None or told is not None):
        if wanted is not None:
            raise InputError(source, "input", "frames", "an event file: the network takes windows of events")
        if told is not None:
            raise InputError(source, OPTION, repr(window), "none for frames: it is for event files")
        # FFmpeg would take a text for a video: of a terminal.
        if os.path.isfile(source) and Path(source).suffix.lower() in TEXT_SUFFIXES:
            raise InputError(source, "input", "a text", f"frames, or {OPTION} 10ms where it holds events")
        return Opened(open_source(source, max_frames))
    if wanted is None and told is None:
        expected = f"frames, which the network takes ({OPTION} 10ms feeds it pictures of events anyway)"
        raise InputError(source, "input", "events", expected)
    spec, warnings = _spec(wanted, told)
    return Opened(EventFrames(open_events(source), spec, max_frames), warnings)


def is_event_source(source: str, asked: bool) -> bool:
    """Whether a source is an event file; where events are asked for, also a text, or a sequence's folder."""
    # pathlib's questions raise where a name is too long.
    if os.path.isdir(source):
        return asked
    return os.path.isfile(source) and is_event_file(source, certainly=not asked)


def window_us(text: str) -> int:
    """Microseconds of ``10ms``, ``5000us`` or ``0.01s``.

    Raises
    ------
    InputError
    """
    match = _WINDOW.fullmatch(text.strip())
    if match is None:
        raise InputError(OPTION, "window", repr(text), "a length with its unit, e.g. 10ms, 5000us or 0.01s")
    return round(float(match[1]) * _MICROSECONDS[match[2]])


def described(source: FrameSource) -> dict[str, Any]:
    """What ``run.json`` says of a source of events besides name, rate and size; nothing of frames."""
    if isinstance(source, LaterFrames):
        source = source.source
    if not isinstance(source, EventFrames):
        return {}
    found: dict[str, Any] = source.spec.model_dump(mode="json")
    if isinstance(source.stream, Recording):
        stream = source.stream
        found |= {"format": stream.form, "origin_us": stream.origin_us, "details": stream.details}
    return {"events": found}


def _spec(wanted: EventsSpec | None, told: int | None) -> tuple[EventsSpec, tuple[str, ...]]:
    if wanted is not None and (told is None or told == wanted.window_us):
        return wanted, ()
    try:
        known = {} if wanted is None else wanted.model_dump()
        spec = EventsSpec(**{**known, "window_us": told})
    except ValidationError as error:
        _, found, expected = explain(error.errors()[0], "window")
        raise InputError(OPTION, "window in us", found, expected) from None
    if wanted is None:
        picture = f"{spec.picture} with {spec.gain} grey levels an event"
        return spec, (f"the network's contract names no events: it is fed {picture}, {told} us a window",)
    text = f"windows of {told} us and not of {wanted.window_us} us, which the network's contract names"
    return spec, (text,)
