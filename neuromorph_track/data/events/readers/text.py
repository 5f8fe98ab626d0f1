"""Events as text: one a line, with spaces or commas, times in whatever unit."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TextIO

import numpy as np
from numpy.typing import NDArray

from neuromorph_track.data.events.events import Events
from neuromorph_track.data.events.readers.text_layout import COLUMNS, UNITS, find_layout
from neuromorph_track.data.events.recording import Hints, Size
from neuromorph_track.errors import LONGEST_FOUND, InputError

BLOCK_CHARACTERS = 1 << 22
# Most texts tell their layout at once; the others are looked at farther.
LOOKED_AT_CHARACTERS = 1 << 20
FARTHEST_CHARACTERS = 1 << 24
# What float64 holds to the last unit.
LARGEST_TIME = 2.0**53


class TextReader:
    """Four columns or more; which is what, and the unit of time, as :func:`find_layout` tells.

    Parameters
    ----------
    path : Path
    hints : Hints

    Raises
    ------
    InputError
        Naming the line of the first fault.
    """

    form = "text"

    def __init__(self, path: Path, hints: Hints) -> None:
        if hints.time_unit is not None and hints.time_unit not in UNITS:
            raise InputError("--time-unit", "unit", repr(hints.time_unit), f"one of {', '.join(UNITS)}")
        self._path = path
        first = self._first_lines(LOOKED_AT_CHARACTERS)
        self._layout = find_layout(path, first, hints, lambda: self._first_lines(FARTHEST_CHARACTERS))
        self.size: Size | None = hints.size or self._layout.size
        self.details = {
            "columns": f"{self._layout.order}, told by {self._layout.told_by}",
            "unit of time": self._layout.unit,
        }
        self.ended_early: str | None = None

    def read(self) -> Iterator[Events]:
        """Events with the file's clock, about 2**22 characters at a time."""
        line, self._open_ended = 0, False
        with _opened(self._path) as file:
            while lines := self._lines(file):
                skipped = max(0, min(len(lines), self._layout.start - line))
                rows = [row for row in lines[skipped:] if row.strip()]
                if rows:
                    yield self._events(rows, lines, line)
                line += len(lines)
        if self._open_ended:
            self.ended_early = f"{self._path}: line {line} has no end, so that its last number may be cut"

    def _first_lines(self, characters: int) -> list[str]:
        """Whole lines of the beginning."""
        with _opened(self._path) as file:
            try:
                start = file.read(characters)
            except UnicodeDecodeError as error:
                raise _no_text(self._path, error) from error
        return _lines_of(start if len(start) < characters else start[: start.rfind("\n") + 1])

    def _lines(self, file: TextIO) -> list[str]:
        try:
            block = file.read(BLOCK_CHARACTERS)
            block += file.readline(BLOCK_CHARACTERS)
        except UnicodeDecodeError as error:
            raise _no_text(self._path, error) from error
        if block:
            self._open_ended = not block.endswith("\n")
        return _lines_of(block)

    def _events(self, rows: list[str], lines: list[str], line: int) -> Events:
        table = self._table(rows, lines, line)
        t, x, y, p = (table[:, self._layout.column(name)] for name in COLUMNS)
        if self._layout.whole and (t % 1 != 0).any():
            at = int(np.argmax(t % 1 != 0))
            expected = "a whole number as before, of microseconds, or its unit by --time-unit"
            raise self._fault(rows[at], lines, line, f"t, {t[at]:.12g}", expected)
        t = np.rint(t * UNITS[self._layout.unit])
        for name, values, good, expected in (
            ("t", t, np.abs(t) <= LARGEST_TIME, "a time"),
            ("x", x, (x == np.floor(x)) & (np.abs(x) < 1 << 31), "a whole number"),
            ("y", y, (y == np.floor(y)) & (np.abs(y) < 1 << 31), "a whole number"),
            ("p", p, (p == 0) | (np.abs(p) == 1), "0 or 1, or -1 or 1"),
        ):
            if not good.all():
                at = int(np.argmin(good))
                raise self._fault(rows[at], lines, line, f"{name}, {values[at]:g}", expected)
        return Events.of(t, x, y, p > 0)

    def _table(self, rows: list[str], lines: list[str], line: int) -> NDArray[np.float64]:
        width = len(self._layout.order)
        try:
            table = np.loadtxt(rows, delimiter=self._layout.delimiter, ndmin=2, comments=None)
        except ValueError:
            table = np.array([self._numbers(row, lines, line) for row in rows])
        if table.shape[1] != width:
            raise self._fault(rows[0], lines, line, f"{table.shape[1]} columns", f"{width} numbers")
        return table

    def _numbers(self, row: str, lines: list[str], line: int) -> list[float]:
        cells = [cell.strip() for cell in row.split(self._layout.delimiter)]
        if len(cells) == len(self._layout.order):
            try:
                return [float({"true": 1, "false": 0}.get(cell.lower(), cell)) for cell in cells]
            except ValueError:
                pass
        raise self._fault(row, lines, line, "", f"{len(self._layout.order)} numbers")

    def _fault(self, row: str, lines: list[str], line: int, what: str, expected: str) -> InputError:
        found = f"{what} in {row.strip()[:LONGEST_FOUND]!r}" if what else repr(row.strip()[:LONGEST_FOUND])
        return InputError(self._path, f"line {line + lines.index(row) + 1}", found, expected)


def _lines_of(text: str) -> list[str]:
    """Not those of splitlines, for which more than a line's end ends a line."""
    lines = text.split("\n")
    return lines[:-1] if lines[-1] == "" else lines


def _opened(path: Path) -> TextIO:
    return open(path, encoding="utf-8-sig", newline=None)


def _no_text(path: Path, error: UnicodeDecodeError) -> InputError:
    return InputError(path, "file", f"byte {error.start} is not text", "rows of four numbers")
