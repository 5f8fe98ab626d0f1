"""What `sot` is given: frames, the box that names the object, and the truth where there is one."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from neuromorph_track.data.frames import FrameSource
from neuromorph_track.data.later import LaterFrames
from neuromorph_track.errors import InputError
from neuromorph_track.netx import EventsSpec
from neuromorph_track.runs.event_source import Opened, is_event_source, open_for
from neuromorph_track.runs.event_truth import truth_in_windows
from neuromorph_track.runs.sot_truth import SotTruth, sequence_of


@dataclass(frozen=True)
class SotSource:
    """Frames with one object to follow.

    Attributes
    ----------
    frames : FrameSource
    initial : (4,) float64
        Left, top, width, height in the first frame, in pixels.
    truth : SotTruth or None
    start : int
        The first of the frames in the source, counted from 0.
    warnings : tuple of str
    """

    frames: FrameSource
    initial: NDArray[np.float64]
    truth: SotTruth | None
    start: int = 0
    warnings: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """A name for files."""
        plain = self.frames.name if self.truth is None else self.truth.sequence.name
        return re.sub(r"[^A-Za-z0-9._-]+", "-", plain).strip("-.") or "sequence"


def open_sot(
    source: str,
    init: str | None,
    max_frames: int | None,
    wanted: EventsSpec | None = None,
    window: str | None = None,
    start: int = 0,
) -> SotSource:
    """Open a video, a folder, a sequence of a benchmark, a synthetic one, or an event file.

    Parameters
    ----------
    init : str or None
        ``x,y,w,h`` in pixels of the first frame; where there is truth, its box by default.
    wanted, window
        See :func:`~neuromorph_track.runs.event_source.open_for`.
    start : int
        The frame, or window of events, in which to begin, counted from 0. Where a truth of frames names the
        object among events, not before the window that its first frame is compared with.

    Raises
    ------
    InputError
        When there is nothing to read, or no box to start from.
    """
    events = is_event_source(source, wanted is not None or window is not None)
    sequence, truth, warnings = sequence_of(source), None, tuple[str, ...]()
    if sequence is None or wanted is not None or window is not None:
        # How many windows come before the first frame of a truth is not known yet.
        most = None if events or max_frames is None else start + max_frames
        opened = open_for(source, wanted, window, most)
    else:
        opened = Opened(sequence.frames)
    if sequence is not None:
        whole, warnings = truth_in_windows(sequence, opened.frames) if events else (SotTruth(sequence), ())
        if whole is not None:
            if whole.windows is not None and init is None:
                start = max(start, int(whole.windows[0]))
            truth = whole.part(start, max_frames)
            warnings = warnings if truth is not None else (_silent(sequence.name, start, events),)
    frames = LaterFrames(opened.frames, start) if start else opened.frames
    if init is not None:
        box = parse_box(init)
    elif truth is not None:
        box = truth.sequence.initial_box
    else:
        found = "; ".join(("nothing", *warnings))
        raise InputError(source, "--init", found, f"x,y,w,h of the object in {_nth(start, events)}")
    _require_inside(source, box, frames.size)
    return SotSource(frames, box, truth, start, (*opened.warnings, *warnings))


def _nth(start: int, events: bool) -> str:
    unit = "window" if events else "frame"
    return f"{unit} {start}" if start else f"the first {unit}"


def _silent(name: str, start: int, events: bool) -> str:
    return f"the truth of {name} says nothing of {_nth(start, events)}, in which the run begins"


def parse_box(text: str) -> NDArray[np.float64]:
    """``x,y,w,h`` to four numbers.

    Raises
    ------
    InputError
    """
    parts = text.split(",")
    try:
        box = np.array([float(part) for part in parts], np.float64)
    except ValueError:
        box = np.array([])
    if len(box) != 4 or not np.isfinite(box).all():
        raise InputError("--init", "box", repr(text), "four numbers: x,y,w,h")
    return box


def _require_inside(source: str, box: NDArray[np.float64], size: tuple[int, int]) -> None:
    width, height = size
    left, top, right, bottom = box[0], box[1], box[0] + box[2], box[1] + box[3]
    outside = right <= 0 or bottom <= 0 or left >= width or top >= height
    if min(box[2:]) < 2 or outside or (box[2:] > (2 * width, 2 * height)).any():
        found = ",".join(f"{value:g}" for value in box)
        raise InputError(source, "--init", found, f"a box inside of the {width}x{height} picture")


def limited(frames: FrameSource, most: int | None) -> islice[NDArray[np.uint8]]:
    """The first frames of a source."""
    return islice(iter(frames), most)
