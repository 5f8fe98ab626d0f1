"""A truth that counts frames, beside a network that counts windows of events."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from neuromorph_track.data.events.frames import EventFrames
from neuromorph_track.data.events.recording import Recording
from neuromorph_track.data.frames import FrameSource
from neuromorph_track.data.single import SingleSequence
from neuromorph_track.data.single.frame_times import TIMED, frame_times

Windows = NDArray[np.int64]


def windows_of(
    truth: SingleSequence, frames: FrameSource
) -> tuple[SingleSequence | None, Windows | None, tuple[str, ...]]:
    """The window that each frame of a truth is compared with: the last that has ended by then.

    A box that came later would have seen events that the frame had not.

    Returns
    -------
    truth : SingleSequence or None
        None where nobody knows when its frames were, of which a warning tells.
    windows : (F,) int64 or None
        Counted from 0; a frame that ends before the first window does is compared with that one.
    warnings : tuple of str

    Raises
    ------
    InputError
        When the frames are not in the recording.
    """
    assert isinstance(frames, EventFrames)
    recording = frames.stream
    if truth.kind not in TIMED or not isinstance(recording, Recording):
        told = "EventVOT, COESOT and VisEvent have absent.txt or absent_label.txt beside their boxes"
        text = f"the truth of {truth.name}, read as {truth.kind}, does not say when its frames were: {told}"
        return None, None, (text,)
    ended = frame_times(truth, recording) // frames.spec.window_us
    return truth, np.maximum(ended - 1, 0), ()
