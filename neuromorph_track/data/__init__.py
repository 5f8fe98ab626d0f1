"""Pictures and boxes: where frames and their truth come from."""

from neuromorph_track.data.detections import Detections, Tracks
from neuromorph_track.data.motchallenge import (
    MotBoxes,
    SeqInfo,
    TrackWriter,
    read_detections,
    read_seqinfo,
    read_truth,
)

__all__ = [
    "Detections",
    "MotBoxes",
    "SeqInfo",
    "TrackWriter",
    "Tracks",
    "read_detections",
    "read_seqinfo",
    "read_truth",
]
