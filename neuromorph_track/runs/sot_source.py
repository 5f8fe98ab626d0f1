"""What `sot` is given: frames, the box that names the object, and the truth where there is one."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from neuromorph_track.data.frames import FrameSource, TargetSource, open_source
from neuromorph_track.data.later import LaterFrames
from neuromorph_track.data.single import SingleResult, SingleSequence, find_sequences
from neuromorph_track.data.targets.sequence import target_sequence
from neuromorph_track.errors import InputError
from neuromorph_track.netx import EventsSpec
from neuromorph_track.runs.event_source import Opened, is_event_source, open_for
from neuromorph_track.runs.event_truth import windows_of


@dataclass(frozen=True)
class SotSource:
    """Frames with one object to follow.

    Attributes
    ----------
    frames : FrameSource
    initial : (4,) float64
        Left, top, width, height in the first frame, in pixels.
    truth : SingleSequence or None
    start : int
        The first of the frames in the source, counted from 0.
    windows : (F,) int64 or None
        Of events: the window, counted from ``start``, whose box each frame of the truth is compared with.
    warnings : tuple of str
    """

    frames: FrameSource
    initial: NDArray[np.float64]
    truth: SingleSequence | None
    start: int = 0
    windows: NDArray[np.int64] | None = None
    warnings: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """A name for files."""
        plain = self.frames.name if self.truth is None else self.truth.name
        return re.sub(r"[^A-Za-z0-9._-]+", "-", plain).strip("-.") or "sequence"

    def by_truth(self, result: SingleResult) -> SingleResult:
        """A result with a box for each frame of the truth, as its benchmark wants it.

        A frame has the seconds of all windows since the one before.
        """
        if self.windows is None:
            return result
        # The last frames of a recording may be taken after its last event.
        at = np.minimum(self.windows, len(result.boxes) - 1)
        if result.seconds is None:
            return SingleResult(result.boxes[at])
        return SingleResult(result.boxes[at], np.diff(np.cumsum(result.seconds)[at], prepend=0.0))


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
    truth, windows = _truth_of(source), None
    if truth is None or wanted is not None or window is not None:
        # How many windows come before the first frame of a truth is not known yet.
        most = None if events or max_frames is None else start + max_frames
        opened = open_for(source, wanted, window, most)
    else:
        opened = Opened(truth.frames)
    warnings = opened.warnings
    if truth is not None and events:
        truth, windows, warned = windows_of(truth, opened.frames)
        warnings = (*warnings, *warned)
    if windows is not None and init is None:
        start = max(start, int(windows[0]))
    unit = "window" if events else "frame"
    first = f"{unit} {start}" if start else f"the first {unit}"
    if truth is not None:
        name = truth.name
        truth, windows = _part(truth, windows, start, max_frames)
        if truth is None:
            warnings = (*warnings, f"the truth of {name} says nothing of {first}, in which the run begins")
    frames = LaterFrames(opened.frames, start) if start else opened.frames
    if init is not None:
        box = parse_box(init)
    elif truth is not None:
        box = truth.initial_box
    else:
        found = "; ".join(("nothing", *warnings[len(opened.warnings) :]))
        raise InputError(source, "--init", found, f"x,y,w,h of the object in {first}")
    _require_inside(source, box, frames.size)
    return SotSource(frames, box, truth, start, windows, warnings)


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


def _truth_of(source: str) -> SingleSequence | None:
    # pathlib's questions raise where a name is too long.
    if os.path.isdir(source):
        try:
            found = find_sequences(source)
        except InputError as error:
            if error.field == "sequences":
                return None
            # A truth that is there and broken is better said than passed over.
            raise
        if len(found) > 1:
            names = ", ".join(each.name for each in found[:4])
            raise InputError(source, "sequence", f"{len(found)}: {names} ...", "one sequence")
        return found[0]
    if source.startswith("targets:") or source.endswith(".toml"):
        frames = open_source(source)
        if isinstance(frames, TargetSource):
            return target_sequence(frames.scene.spec, with_attributes=False)
    return None


def _part(
    truth: SingleSequence, windows: NDArray[np.int64] | None, start: int, most: int | None
) -> tuple[SingleSequence | None, NDArray[np.int64] | None]:
    """The truth of some frames; None where it says nothing of the first of them."""
    first, end = start, None if most is None else start + most
    if windows is not None:
        first, end = _frames_between(windows, start, end)
    boxes, visible = truth.boxes[first:end], truth.visible[first:end]
    if not visible[:1].any():
        return None, None
    part = SingleSequence(truth.name, truth.kind, truth.frames, boxes, visible, truth.attributes)
    return part, None if windows is None else np.maximum(windows[first:end] - start, 0)


def _frames_between(windows: NDArray[np.int64], start: int, end: int | None) -> tuple[int, int]:
    """Frames from the latest that was known when a window began, to those whose window comes before another.

    Of frames that share the first window, all are wanted.
    """
    first = 0 if start <= windows[0] else int(np.searchsorted(windows, start, "right")) - 1
    last = len(windows) if end is None else int(np.searchsorted(windows, end))
    return (first, last) if start <= windows[-1] else (last, last)


def limited(frames: FrameSource, most: int | None) -> islice[NDArray[np.uint8]]:
    """The first frames of a source."""
    return islice(iter(frames), most)
