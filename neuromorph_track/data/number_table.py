"""Text files of numbers, one row a line: read fast, and every fault named with its line."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from neuromorph_track.errors import LONGEST_FOUND, InputError

LARGEST_FILE = 1 << 30
LARGEST_FRAME = 10_000_000
"""Frames a sequence may have: four days at 30 frames/s. Every frame without a line costs time too."""

LARGEST_PIXEL = 10_000_000
"""Pixels from the corner of a picture to where a box may reach."""

# Spreadsheets begin a file with a byte order mark.
TEXT = "utf-8-sig"
# A file without an end of a line is not read whole to look at its beginning.
LONGEST_LINE = 4096
# What float64 holds to the last unit.
_LARGEST_WHOLE = 2**53


def read_lines(path: Path, expected: str) -> list[str]:
    """The lines of a text file.

    Raises
    ------
    InputError
        When it is absent, not text, or beyond 1 GiB.
    """
    try:
        size = path.stat().st_size
        if size > LARGEST_FILE:
            raise InputError(path, "file", f"{size} bytes", f"at most {LARGEST_FILE}")
        return path.read_text(encoding=TEXT).splitlines()
    except FileNotFoundError:
        raise InputError(path, "file", "nothing", expected) from None
    except OSError as error:
        raise InputError(
            path, "file", error.strerror or str(error), f"{expected} that can be read"
        ) from error
    except UnicodeDecodeError as error:
        raise InputError(path, "file", f"byte {error.start} is not text", expected) from error


def first_line(path: Path) -> str:
    """The first line with characters; empty where there is none, or the file cannot be read as text."""
    try:
        with open(path, encoding=TEXT) as file:
            return next((line for line in iter(lambda: file.readline(LONGEST_LINE), "") if line.strip()), "")
    except (OSError, UnicodeDecodeError):
        return ""


def number_table(
    path: Path,
    lines: Sequence[str],
    columns: Sequence[str],
    widths: Sequence[int],
    delimiter: str | None = ",",
    whole: Sequence[str] = ("frame", "id"),
) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """All lines as finite numbers; lines without a character are left out.

    Parameters
    ----------
    path : Path
        The file that errors name.
    columns : sequence of str
        What errors call the columns.
    widths : sequence of int
        Numbers a line may have; all lines have as many as the first.
    delimiter : str or None
        None for spaces.
    whole : sequence of str
        Names of columns that hold whole numbers.

    Returns
    -------
    table : (L, columns) float64
    number : (L,) int64
        The line of the file each row came from, from 1.

    Raises
    ------
    InputError
        Naming file, line and field of the first fault.
    """
    kept = [(number, line) for number, line in enumerate(lines, start=1) if line.strip()]
    numbers = np.array([number for number, _ in kept], np.int64)
    if not kept:
        return np.zeros((0, widths[0])), numbers
    table = _parse_all([line for _, line in kept], delimiter)
    wanted = [columns.index(name) for name in whole]
    if table is None or table.shape[1] not in widths or not _is_sound(table, wanted):
        table = _parse_each(path, kept, columns, widths, delimiter, wanted)
    return table, numbers


def require_frames(path: Path, frame: NDArray[np.floating], lines: NDArray[np.int64], first: int) -> None:
    """Refuse a frame (N,) before ``first`` or beyond what a sequence may have; ``lines`` (N,) to name it."""
    wrong = (frame < first) | (frame > LARGEST_FRAME)
    if wrong.any():
        at = int(np.argmax(wrong))
        expected = f"a whole number from {first} to {LARGEST_FRAME}"
        raise InputError(path, f"line {lines[at]}, frame", f"{frame[at]:.0f}", expected)


def require_pixels(
    path: Path, values: NDArray[np.floating], lines: NDArray[np.int64], columns: Sequence[str]
) -> None:
    """Refuse edges or sides (N, columns) that no picture has; ``lines`` (N,) to name the first."""
    wrong = abs(values) > LARGEST_PIXEL
    if wrong.any():
        row, column = np.unravel_index(int(np.argmax(wrong)), wrong.shape)
        found, expected = f"{values[row, column]:g}", f"at most {LARGEST_PIXEL:,} pixels"
        raise InputError(path, f"line {lines[row]}, {columns[int(column)]}", found, expected)


def _parse_all(lines: list[str], delimiter: str | None) -> NDArray[np.float64] | None:
    """The table, by NumPy's own parser; None where a line is not as the others."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            table: NDArray[np.float64] = np.loadtxt(
                lines, np.float64, comments=None, delimiter=delimiter, ndmin=2
            )
    except ValueError:
        return None
    return table if len(table) == len(lines) else None


def _is_sound(table: NDArray[np.float64], whole: list[int]) -> bool:
    numbers = table[:, whole]
    return bool(
        np.isfinite(table).all()
        and (numbers == np.trunc(numbers)).all()
        and (abs(numbers) < _LARGEST_WHOLE).all()
    )


def _parse_each(
    path: Path,
    lines: list[tuple[int, str]],
    columns: Sequence[str],
    widths: Sequence[int],
    delimiter: str | None,
    whole: list[int],
) -> NDArray[np.float64]:
    """The table line by line, to say which one is at fault."""
    rows: list[list[float]] = []
    between = "commas" if delimiter else "spaces"
    for number, line in lines:
        cells = line.split(delimiter)
        expected = (len(rows[0]),) if rows else tuple(widths)
        if len(cells) not in expected:
            wanted = " or ".join(map(str, expected))
            raise InputError(
                path, f"line {number}", f"{len(cells)} columns", f"{wanted} separated by {between}"
            )
        rows.append([_number(path, number, columns[at], cell, at in whole) for at, cell in enumerate(cells)])
    return np.array(rows, np.float64)


def _number(path: Path, line: int, column: str, cell: str, whole: bool) -> float:
    field = f"line {line}, {column}"
    try:
        value = float(cell)
    except ValueError:
        raise InputError(path, field, repr(cell.strip()[:LONGEST_FOUND]), "a number") from None
    if not np.isfinite(value):
        raise InputError(path, field, cell.strip(), "a finite number")
    if whole and (value != int(value) or abs(value) >= _LARGEST_WHOLE):
        raise InputError(path, field, cell.strip()[:LONGEST_FOUND], "a whole number")
    return value
