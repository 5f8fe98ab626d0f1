"""Sequences in which one object is followed, as their owners ship them, and what trackers found in them."""

from neuromorph_track.data.single.find import KINDS, find_sequences
from neuromorph_track.data.single.results import (
    FORMATS,
    ResultFormat,
    SingleResult,
    read_result,
    read_results,
    write_result,
)
from neuromorph_track.data.single.sequence import IndexedFrames, SingleSequence

__all__ = [
    "FORMATS",
    "KINDS",
    "IndexedFrames",
    "ResultFormat",
    "SingleResult",
    "SingleSequence",
    "find_sequences",
    "read_result",
    "read_results",
    "write_result",
]
