"""``events``: what is in an event file, pictures and videos of it, and the same as another file."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from neuromorph_track.data.events import Hints, Recording, open_events
from neuromorph_track.data.events.pictures import CountCanvas
from neuromorph_track.data.events.readers.es import event_stream_library, turned
from neuromorph_track.data.events.summary import EventSummary, summarise_events
from neuromorph_track.errors import InputError
from neuromorph_track.files import atomic_path
from neuromorph_track.runs.event_source import window_us
from neuromorph_track.runs.progress import progress_bar

PICTURES, VIDEOS, STREAMS = (".png", ".svg", ".pdf"), (".mp4",), (".es",)


@dataclass(frozen=True)
class EventOptions:
    """What a user may choose.

    Attributes
    ----------
    output : str or None
        A picture (.png, .svg, .pdf), a video (.mp4) or the events again (.es).
    rate : str or None
        A picture of the rate over time.
    window : str
        What a picture shows, e.g. ``10ms``.
    at : str or None
        Where a picture's window begins, e.g. ``0.5s``; by default in the middle of the recording.
    fps : float
        Pictures per second of a video.
    background : str
    hints : Hints
    quiet : bool
    """

    output: str | None = None
    rate: str | None = None
    window: str = "10ms"
    at: str | None = None
    fps: float = 25.0
    background: Literal["white", "dark"] = "white"
    hints: Hints = field(default_factory=Hints)
    quiet: bool = False


@dataclass(frozen=True)
class EventReport:
    """A recording and what is in it."""

    recording: Recording
    summary: EventSummary

    def to_dict(self) -> dict[str, Any]:
        """Everything as JSON takes it."""
        recording, summary = self.recording, self.summary
        return {
            "file": str(recording.path),
            "format": recording.form,
            "details": recording.details,
            "width": recording.width,
            "height": recording.height,
            "size_from": recording.size_from,
            "origin_us": recording.origin_us,
            "duration_us": summary.duration_us,
            "events": summary.events,
            "events_per_second": summary.per_second,
            "share_on": summary.on / summary.events if summary.events else None,
            "silent_pixels": summary.silent_pixels,
            "busiest_pixels": [vars(each) for each in summary.busiest],
            "ended_early": recording.ended_early,
        }


def look_at_events(source: str, options: EventOptions) -> EventReport:
    """Read an event file once, and write what is asked for.

    Raises
    ------
    InputError, JobError
    """
    length = window_us(options.window)
    if length < 1:
        raise InputError("--window", "window", repr(options.window), "1us or more")
    suffix = "" if options.output is None else Path(options.output).suffix.lower()
    if options.output is not None and suffix not in (*PICTURES, *VIDEOS, *STREAMS):
        expected = ", ".join((*PICTURES, *VIDEOS, *STREAMS))
        raise InputError(options.output, "output", repr(suffix), f"a file ending in {expected}")
    recording = open_events(source, options.hints)
    with progress_bar("events", options.quiet, transient=True) as bar:
        task = bar.add_task("reading", total=None)
        summary = summarise_events(recording, lambda seen: bar.update(task, completed=seen))
    if options.rate is not None:
        from neuromorph_track.reports.event_view import save_rate

        save_rate(summary, recording.name, options.rate)
    if options.output is None:
        pass
    elif suffix in VIDEOS:
        _write_video(recording, summary, options, length)
    elif suffix in STREAMS:
        write_es(recording, options.output)
    else:
        _write_picture(recording, summary, options, length)
    return EventReport(recording, summary)


def write_es(recording: Recording, path: str) -> None:
    """The events as Event Stream, which says its size, order and unit: what a text leaves open is settled.

    Raises
    ------
    InputError, JobError
    """
    library = event_stream_library()
    with (
        atomic_path(path) as temporary,
        library.Encoder(str(temporary), "dvs", recording.width, recording.height) as encoder,
    ):
        for packet in recording.packets():
            rows = np.empty(len(packet), library.dvs_dtype)
            rows["t"], rows["x"], rows["on"] = packet.t, packet.x, packet.on
            rows["y"] = turned(packet.y, recording.height)
            encoder.write(rows)


def _write_picture(recording: Recording, summary: EventSummary, options: EventOptions, length: int) -> None:
    from neuromorph_track.reports.event_view import event_picture, save_event_picture

    assert options.output is not None
    middle = max(0, (summary.duration_us - length) // 2)
    start = middle if options.at is None else window_us(options.at)
    counted = _counted(recording, start, start + length)
    title = f"{recording.name}, {start / 1000:g} to {(start + length) / 1000:g} ms, {counted.sum():,} events"
    save_event_picture(event_picture(counted, options.background), title, options.output, options.background)


def _write_video(recording: Recording, summary: EventSummary, options: EventOptions, length: int) -> None:
    from neuromorph_track.reports.event_view import save_event_video

    assert options.output is not None
    with progress_bar("windows", options.quiet, transient=True) as bar:
        task = bar.add_task("writing", total=summary.duration_us // length + 1)
        written = save_event_video(recording, length, options.output, options.fps, options.background)
        for done in written:
            bar.update(task, completed=done)


def _counted(recording: Recording, start: int, stop: int) -> NDArray[np.int64]:
    canvas = CountCanvas((recording.width, recording.height))
    for packet in recording.packets():
        if len(packet) and packet.t[0] >= stop:
            break
        canvas.add(packet.between(start, stop))
    return canvas.close(stop)
