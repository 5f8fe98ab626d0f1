"""Prophesee's EVT 3.0, through the library ``evt3``."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import evt3  # type: ignore[import-untyped]
import numpy as np

from neuromorph_track.data.events.events import Events
from neuromorph_track.data.events.readers.prophesee_header import PropheseeHeader
from neuromorph_track.data.events.readers.records import cut_record
from neuromorph_track.data.events.recording import Size
from neuromorph_track.errors import InputError

# Words of 16 bits; one of them may stand for 12 events.
BATCH_BYTES = 1 << 17
WORD_BYTES = 2


class Evt3Reader:
    """EVT 3.0; the library undoes the start of the 24 bits of time every 16.8 s.

    Raises
    ------
    InputError
        When the library cannot read the file.
    """

    form = "EVT3"

    def __init__(self, path: Path, header: PropheseeHeader) -> None:
        self._path, self._start = path, header.start
        self.size: Size | None = header.size
        self.details: dict[str, str] = {}
        self.ended_early: str | None = None

    def read(self) -> Iterator[Events]:
        """Events with the camera's clock."""
        self.ended_early = cut_record(self._path, self._start, WORD_BYTES)
        done = 0
        try:
            for batch in evt3.decode_file_batches(str(self._path), batch_bytes=BATCH_BYTES):
                yield Events.of(batch.t.astype(np.int64), batch.x, batch.y, batch.p)
                done += len(batch)
        except (ValueError, OSError, RuntimeError) as error:
            raise InputError(self._path, f"event {done}", str(error), "EVT 3.0") from error
