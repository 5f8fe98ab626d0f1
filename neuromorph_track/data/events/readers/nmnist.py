"""``.bin`` files of N-MNIST and N-Caltech101, records of 40 bits (Orchard et al., Front. Neurosci. 2015)."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from neuromorph_track.data.events.events import Events
from neuromorph_track.data.events.readers.records import cut_record, record_blocks
from neuromorph_track.data.events.recording import Size
from neuromorph_track.errors import InputError

# x, y, then 1 bit of polarity and 23 of time, the first byte highest.
RECORD = np.dtype([("x", "u1"), ("y", "u1"), ("high", "u1"), ("middle", "u1"), ("low", "u1")])
# The authors' readers take an event in this row as: 2**13 us have gone by.
OVERFLOW_ROW, OVERFLOW_US = 240, 1 << 13
SIZE = (34, 34)


class NmnistReader:
    """N-MNIST; of N-Caltech101, whose files do not differ, a user says the size.

    Parameters
    ----------
    path : Path
    told : (width, height), optional

    Raises
    ------
    InputError
        For a file of no record.
    """

    form = "N-MNIST"

    def __init__(self, path: Path, told: Size | None = None) -> None:
        if os.path.getsize(path) < RECORD.itemsize:
            found = f"{os.path.getsize(path)} bytes"
            raise InputError(path, "file", found, "records of 5 bytes")
        self._path = path
        self.size: Size | None = told or SIZE
        self.details: dict[str, str] = {}
        self.ended_early: str | None = None

    def read(self) -> Iterator[Events]:
        """Events with the file's clock."""
        overflows = 0
        self.ended_early = cut_record(self._path, 0, RECORD.itemsize)
        for block in record_blocks(self._path, 0, RECORD):
            marks = block["y"] == OVERFLOW_ROW
            passed = (overflows + np.cumsum(marks)) * OVERFLOW_US
            high, middle, low = (block[name].astype(np.int64) for name in ("high", "middle", "low"))
            times = ((high & 127) << 16 | middle << 8 | low) + passed
            overflows += int(marks.sum())
            kept = ~marks
            yield Events.of(times[kept], block["x"][kept], block["y"][kept], high[kept] >> 7)
