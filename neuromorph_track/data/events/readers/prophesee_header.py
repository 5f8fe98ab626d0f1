"""The lines of text before the data of Prophesee's files (``.raw``, ``.dat``)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from neuromorph_track.data.events.recording import Size
from neuromorph_track.errors import InputError

LARGEST = 1 << 16
_GEOMETRY = re.compile(r"(\d{1,6})\s*x\s*(\d{1,6})", re.ASCII)
_PAIR = re.compile(r"(\w+)\s*=\s*(\d{1,6})", re.ASCII)


@dataclass(frozen=True)
class PropheseeHeader:
    """Lines ``% key value``.

    Attributes
    ----------
    fields : dict of str
        Values by key in lower case, the last where a key comes twice.
    start : int
        Where the data begin, in bytes.
    """

    fields: Mapping[str, str]
    start: int

    @property
    def encoding(self) -> str | None:
        """``2``, ``2.1``, ``3`` ... of a raw file; None where nothing says so."""
        told = self.fields.get("format", "").split(";")[0].upper().removeprefix("EVT")
        told = told or self.fields.get("evt", "")
        return told.removesuffix(".0").strip() or None

    @property
    def size(self) -> Size | None:
        """Width and height of the sensor, from whichever line has them."""
        pairs = dict(_PAIR.findall(self.fields.get("format", "")))
        width = pairs.get("width") or self.fields.get("width", "")
        height = pairs.get("height") or self.fields.get("height", "")
        if width.isdecimal() and height.isdecimal():
            return int(width), int(height)
        match = _GEOMETRY.search(self.fields.get("geometry", ""))
        return (int(match[1]), int(match[2])) if match else None


def read_header(path: Path) -> PropheseeHeader:
    """The header; without one the data begin at once.

    Raises
    ------
    InputError
        When a header is longer than 64 KiB.
    """
    fields: dict[str, str] = {}
    with open(path, "rb") as file:
        start = 0
        while (line := file.readline(LARGEST)).startswith(b"% "):
            start += len(line)
            if start >= LARGEST or not line.endswith(b"\n"):
                raise InputError(path, "header", f"{start} bytes and no end", "lines that begin with '% '")
            key, _, value = line[2:].decode("latin-1").strip().partition(" ")
            fields[key.lower()] = value.strip()
            if key.lower() == "end":
                break
    return PropheseeHeader(fields, start)
