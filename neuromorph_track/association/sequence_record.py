"""What association did with one sequence."""

from __future__ import annotations

from dataclasses import dataclass

from neuromorph_track.data.detection_files import LeftOut


@dataclass(frozen=True)
class AssociatedSequence:
    """What was done with a sequence.

    Attributes
    ----------
    name : str
    frames, boxes : int
        Frames of the sequence, boxes that went into the tracker.
    left_out : LeftOut
        Boxes that did not, by why.
    tracks, rows : int
        Different tracks, and boxes of tracks.
    seconds : float
        In the tracker, on the wall.
    stages : dict of str to float
        Seconds of each stage of the tracker.
    bytes_in : int
        Bytes of boxes, scores and classes that went in.
    inputs : dict of str to str
        Path and SHA-256 of each file read.
    content : str
        Digest of the boxes themselves.
    output : str
        Name of the results file.
    output_sha256 : str
    """

    name: str
    frames: int
    boxes: int
    left_out: LeftOut
    tracks: int
    rows: int
    seconds: float
    stages: dict[str, float]
    bytes_in: int
    inputs: dict[str, str]
    content: str
    output: str
    output_sha256: str
