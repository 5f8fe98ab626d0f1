"""A truth that counts frames, beside a network that counts windows of events."""

from __future__ import annotations

import numpy as np

from neuromorph_track.data.events.frames import EventFrames
from neuromorph_track.data.events.recording import Recording
from neuromorph_track.data.frames import FrameSource
from neuromorph_track.data.single import SingleSequence
from neuromorph_track.data.single.frame_times import TIMED, frame_times
from neuromorph_track.runs.sot_truth import SotTruth


def truth_in_windows(
    sequence: SingleSequence, frames: FrameSource
) -> tuple[SotTruth | None, tuple[str, ...]]:
    """Each frame of a truth, compared with the last window that has ended by then.

    A box that came later would have seen events that the frame had not. A frame that ends before the first
    window does is compared with that one.

    Returns
    -------
    truth : SotTruth or None
        None where nobody knows when its frames were, of which a warning tells.
    warnings : tuple of str

    Raises
    ------
    InputError
        When the frames are not in the recording.
    """
    assert isinstance(frames, EventFrames)
    recording = frames.stream
    if sequence.kind not in TIMED or not isinstance(recording, Recording):
        read = f"the truth of {sequence.name}, read as {sequence.kind}, does not say when its frames were"
        return None, (
            f"{read}: EventVOT, COESOT and VisEvent have absent.txt or absent_label.txt beside their boxes",
        )
    ended = frame_times(sequence, recording) // frames.spec.window_us
    return SotTruth(sequence, np.maximum(ended - 1, 0)), ()
