"""Prophesee's DAT: records of 8 bytes, 32 bits of time and 32 of address.

Layouts of the address after Prophesee's documentation of "DAT" and, of files before version 2, the ATIS
camera's tools that came with N-CARS (Sironi et al., CVPR 2018).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from neuromorph_track.data.events.events import Events
from neuromorph_track.data.events.readers.prophesee_header import read_header
from neuromorph_track.data.events.readers.records import cut_record, record_blocks, unwrapped
from neuromorph_track.data.events.recording import Size
from neuromorph_track.errors import InputError

RECORD = np.dtype([("t", "<u4"), ("address", "<u4")])
# 0: the "2d" event of old files, N-CARS among them; 12: "CD". Other types are triggers and the like.
TYPES = {0x00: "2d", 0x0C: "CD"}


@dataclass(frozen=True)
class Address:
    """Bits of x and y; the polarity is the bit after them."""

    x_bits: int
    y_bits: int


VERSION_1, VERSION_2 = Address(9, 8), Address(14, 14)


class DatReader:
    """DAT of types 0 (2d) and 12 (CD); the 32 bits of time start again every 71.6 minutes, undone here.

    Raises
    ------
    InputError
        When the records are no such events.
    """

    form = "DAT"

    def __init__(self, path: Path) -> None:
        header = read_header(path)
        with open(path, "rb") as file:
            file.seek(header.start)
            kind = file.read(2)
        if len(kind) < 2 or kind[0] not in TYPES or kind[1] != RECORD.itemsize:
            found = f"{kind.hex(' ') or 'nothing'} after the header"
            raise InputError(path, "type of event", found, "00 08 (2d) or 0c 08 (CD)")
        self._path, self._start = path, header.start + 2
        self._address = VERSION_2 if _version(header.fields) >= 2 else VERSION_1
        self.size: Size | None = header.size
        self.details = {"type": TYPES[kind[0]], "version": str(_version(header.fields))}
        self.ended_early: str | None = None

    def read(self) -> Iterator[Events]:
        """Events with the file's clock."""
        last: int | None = None
        self.ended_early = cut_record(self._path, self._start, RECORD.itemsize)
        x_bits, y_bits = self._address.x_bits, self._address.y_bits
        for block in record_blocks(self._path, self._start, RECORD):
            times = unwrapped(block["t"].astype(np.int64), last, 32)
            last = int(times[-1])
            address = block["address"]
            x = address & ((1 << x_bits) - 1)
            y = address >> x_bits & ((1 << y_bits) - 1)
            yield Events.of(times, x, y, address >> (x_bits + y_bits) & 1)


def _version(fields: Mapping[str, str]) -> int:
    told = fields.get("version", "1")
    return int(told) if told.isascii() and told.isdecimal() and len(told) < 4 else 1
