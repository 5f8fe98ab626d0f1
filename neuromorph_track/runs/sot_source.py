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
from neuromorph_track.data.single import SingleSequence, find_sequences
from neuromorph_track.data.targets.sequence import target_sequence
from neuromorph_track.errors import InputError
from neuromorph_track.netx import EventsSpec
from neuromorph_track.runs.event_source import Opened, is_event_source, open_for


@dataclass(frozen=True)
class SotSource:
    """Frames with one object to follow.

    Attributes
    ----------
    frames : FrameSource
    initial : (4,) float64
        Left, top, width, height in the first frame, in pixels.
    truth : SingleSequence or None
    warnings : tuple of str
    """

    frames: FrameSource
    initial: NDArray[np.float64]
    truth: SingleSequence | None
    warnings: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """A name for files."""
        plain = self.frames.name if self.truth is None else self.truth.name
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
        The frame, or window of events, in which to begin, counted from 0.

    Raises
    ------
    InputError
        When there is nothing to read, or no box to start from.
    """
    # The truth of a sequence's folder counts frames of its video, not windows of its events.
    events = is_event_source(source, wanted is not None or window is not None)
    truth = None if events else _truth_of(source)
    if truth is None or wanted is not None or window is not None:
        opened = open_for(source, wanted, window, None if max_frames is None else start + max_frames)
    else:
        opened = Opened(truth.frames)
    frames = LaterFrames(opened.frames, start) if start else opened.frames
    if truth is not None:
        truth = _part(truth, start, max_frames)
    if init is not None:
        box = parse_box(init)
    elif truth is not None:
        box = truth.initial_box
    else:
        first = f"frame {start}" if start else "the first frame"
        raise InputError(source, "--init", "nothing", f"x,y,w,h of the object in {first}")
    width, height = frames.size
    left, top, right, bottom = box[0], box[1], box[0] + box[2], box[1] + box[3]
    outside = right <= 0 or bottom <= 0 or left >= width or top >= height
    if min(box[2:]) < 2 or outside or (box[2:] > (2 * width, 2 * height)).any():
        found = ",".join(f"{value:g}" for value in box)
        raise InputError(source, "--init", found, f"a box inside of the {width}x{height} picture")
    return SotSource(frames, box, truth, opened.warnings)


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


def _part(truth: SingleSequence, start: int, most: int | None) -> SingleSequence | None:
    """The truth of some frames; None where it says nothing of the first of them."""
    end = None if most is None else start + most
    boxes, visible = truth.boxes[start:end], truth.visible[start:end]
    if not visible[:1].any():
        return None
    return SingleSequence(truth.name, truth.kind, truth.frames, boxes, visible, truth.attributes)


def limited(frames: FrameSource, most: int | None) -> islice[NDArray[np.uint8]]:
    """The first frames of a source."""
    return islice(iter(frames), most)
