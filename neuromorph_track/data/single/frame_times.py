"""When the frames of a truth were, by the clock of the events beside it.

The datasets of events have their boxes by frame: of the camera that recorded both, or of pictures that were
made of the events. Their files do not say when; their authors' scripts do, which cut the events to pictures.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from neuromorph_track.data.events.readers.aedat4 import Aedat4Reader
from neuromorph_track.data.events.recording import Recording
from neuromorph_track.data.number_table import read_lines
from neuromorph_track.data.single.event_sets import INDEX
from neuromorph_track.data.single.pictures import SequencePictures
from neuromorph_track.data.single.sequence import SingleSequence
from neuromorph_track.errors import InputError

# EventVOT's pictures show a five-hundredth of a recording each, the first of them left out.
PARTS = 500
TIMED = ("visevent", "coesot", "eventvot")


def frame_times(sequence: SingleSequence, recording: Recording) -> NDArray[np.int64]:
    """When each frame of a sequence of VisEvent, COESOT or EventVOT was taken.

    Parameters
    ----------
    sequence : SingleSequence
        Of one of :data:`TIMED`.
    recording : Recording
        Its events, which are read once where their length tells the times.

    Returns
    -------
    (F,) int64
        Microseconds from the first event to the end of each frame: of VisEvent and COESOT to the end of its
        exposure, of EventVOT to the last event that its picture shows. May be below zero.

    Raises
    ------
    InputError
        When the recording is none that its frames can be found in.
    """
    if sequence.kind == "eventvot":
        return _of_pictures(len(sequence), recording)
    reader = recording.reader
    if not isinstance(reader, Aedat4Reader):
        raise InputError(recording.path, "format", reader.form, "AEDAT4, whose frames the boxes are of")
    ends, first = reader.frame_ends(), _first_frame(sequence, recording.path.parent)
    if len(ends) < first + len(sequence):
        frames = f"{len(sequence)} from frame {first} on" if first else str(len(sequence))
        raise InputError(recording.path, "frames", str(len(ends)), f"{frames}, one for each box")
    return ends[first : first + len(sequence)] - recording.origin_us


def _of_pictures(count: int, recording: Recording) -> NDArray[np.int64]:
    """As EventVOT's own script cuts: one part of the time is not shown, and the last may be missing.

    One box is the first of a sequence whose others are withheld.
    """
    parts = PARTS if count in (1, PARTS - 2, PARTS - 1) else count + 1
    last = 0
    for packet in recording.packets():
        last = int(packet.t[-1])
    return (np.arange(count, dtype=np.int64) + 2) * (last // parts)


def _first_frame(sequence: SingleSequence, folder: Path) -> int:
    """The frame of the recording that the first box is of, from 0."""
    path = folder / INDEX
    if sequence.kind == "coesot" and path.is_file():
        expected = f"the first and the last of {len(sequence)} frames, one for each box"
        words = " ".join(read_lines(path, expected)).replace(",", " ").split()
        numbers = [int(word) for word in words if word.isdecimal() and len(word) < 10]
        if len(words) != 2 or len(numbers) != 2 or numbers[1] - numbers[0] + 1 != len(sequence):
            raise InputError(path, "frames", repr(" ".join(words)[:40]), expected)
        return numbers[0]
    frames = sequence.frames
    return (frames.first or 0) if isinstance(frames, SequencePictures) else 0
