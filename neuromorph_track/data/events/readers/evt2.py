"""Prophesee's EVT 2.0: words of 32 bits, after its page "EVT 2.0 Format" (docs.prophesee.ai)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from neuromorph_track.data.events.events import Events
from neuromorph_track.data.events.readers.prophesee_header import PropheseeHeader
from neuromorph_track.data.events.readers.records import cut_record, record_blocks, unwrapped
from neuromorph_track.data.events.recording import Size

WORD = np.dtype("<u4")
CD_OFF, CD_ON, TIME_HIGH = 0, 1, 8
LOW_BITS, HIGH_BITS = 6, 28


class Evt2Reader:
    """EVT 2.0 in little-endian words.

    The 34 bits of time start again every 4 h 46 min, undone here. Events before the first word with the
    time's high bits have no time and are left out, as Prophesee's own decoder does; triggers and vendors'
    words are passed over.
    """

    form = "EVT2"

    def __init__(self, path: Path, header: PropheseeHeader) -> None:
        self._path, self._start = path, header.start
        self.size: Size | None = header.size
        self.details: dict[str, str] = {}
        self.ended_early: str | None = None

    def read(self) -> Iterator[Events]:
        """Events with the camera's clock."""
        high: int | None = None
        self.ended_early = cut_record(self._path, self._start, WORD.itemsize)
        for words in record_blocks(self._path, self._start, WORD):
            highs, high_after = _high_bits(words, high)
            kinds = words >> 28
            kept = (kinds <= CD_ON) & (highs >= 0)
            high = high_after
            if kept.any():
                taken = words[kept]
                times = (highs[kept] << LOW_BITS) + (taken >> 22 & 63)
                yield Events.of(times, taken >> 11 & 2047, taken & 2047, taken >> 28 == CD_ON)


def _high_bits(words: NDArray[np.uint32], before: int | None) -> tuple[NDArray[np.int64], int | None]:
    """The high bits that hold at each word, starts counted in; -1 where there are none yet."""
    at = np.flatnonzero(words >> 28 == TIME_HIGH)
    told = unwrapped((words[at] & ((1 << HIGH_BITS) - 1)).astype(np.int64), before, HIGH_BITS)
    known = np.concatenate([[-1 if before is None else before], told])
    number = np.zeros(len(words), np.int64)
    number[at] = 1
    return known[np.cumsum(number)], int(known[-1]) if known[-1] >= 0 else None
