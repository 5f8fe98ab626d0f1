"""Which column of a text is what, and in what unit its times are: told, written in it, or refused."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from neuromorph_track.data.events.recording import Hints, Size
from neuromorph_track.errors import LONGEST_FOUND, InputError

COLUMNS = "txyp"
# RPG's and E2VID's texts; Prophesee's and EventVOT's CSV; tonic's order.
KNOWN_ORDERS = ("txyp", "xypt", "xytp")
UNITS = {"s": 1e6, "ms": 1e3, "us": 1.0, "ns": 1e-3}
_NAMES = {
    **dict.fromkeys(("t", "ts", "time", "timestamp", "timestamps"), "t"),
    "x": "x",
    "y": "y",
    **dict.fromkeys(("p", "pol", "polarity", "polarities", "on"), "p"),
}
_HEADING = re.compile(r"([a-z]+)(?:[ _]?[\[(]?(ns|us|ms|s|sec)[\])]?)?", re.ASCII)
_SENSOR = re.compile(r"\s*(\d{1,5})[\s,]+(\d{1,5})\s*", re.ASCII)
_FEW = "four numbers or more, with commas between columns alone and a point before fractions"
# Rows that tell the order of columns without a heading.
LOOKED_AT = 10_000


@dataclass(frozen=True)
class TextLayout:
    """How to read the rows.

    Attributes
    ----------
    start : int
        Lines before the first row.
    delimiter : str or None
        None for spaces and tabs.
    order : str
        What each column is, ``?`` for one that is passed over.
    unit : str
        Of the times.
    whole : bool
        Whether that was told by whole numbers, so that a fraction would be of another unit.
    size : (width, height) or None
        Of the sensor, where the first line says it as E2VID's files do.
    told_by : str
        What said so, for reports.
    """

    start: int
    delimiter: str | None
    order: str
    unit: str
    whole: bool
    size: Size | None
    told_by: str

    def column(self, name: str) -> int:
        """Which column has ``t``, ``x``, ``y`` or ``p``."""
        return self.order.index(name)


def find_layout(
    path: Path, lines: Sequence[str], hints: Hints, farther: Callable[[], Sequence[str]]
) -> TextLayout:
    """The layout that the first lines of a file show.

    Parameters
    ----------
    path : Path
        That errors name.
    lines : sequence of str
        Whole lines.
    farther : callable
        The same lines and more, where the first rows do not tell.

    Raises
    ------
    InputError
        When order or unit cannot be told: neither is guessed.
    """
    start, size = 0, None
    while start < len(lines) and not _is_row(lines[start]):
        size = size or _sensor(lines[start])
        start += 1
    if start == len(lines):
        raise InputError(path, "rows", _shown(lines), "rows of four numbers, unquoted: time, x, y, polarity")
    delimiter = next((mark for mark in ",;" if mark in lines[start]), None)
    values, written = _values(path, lines, range(start, min(start + LOOKED_AT, len(lines))), delimiter)
    named, unit = _named(path, lines[:start], values.shape[1], hints.columns)
    told = hints.columns or named
    if not _tells(told, values):
        # A camera that is switched on may say every pixel at once, with one time.
        lines = farther()
        step = -(-(len(lines) - start) // LOOKED_AT)
        values, written = _values(path, lines, range(start, len(lines), step), delimiter)
    order = _order(path, told, values)
    told_by = "the user" if hints.columns else "the heading" if named else "the numbers"
    known = hints.time_unit or unit
    unit = known or _unit(path, written[order.index("t")])
    return TextLayout(start, delimiter, order, unit, known is None and unit == "us", size, told_by)


def _named(
    path: Path, before: Sequence[str], width: int, columns: str | None
) -> tuple[str | None, str | None]:
    """Order and unit that the lines before the first row say, other lines being remarks."""
    headings = [line.lstrip("#%/ ").strip() for line in before]
    for heading in reversed(headings):
        order, unit = _from_heading(heading)
        if order is not None:
            return order, unit
    for heading in headings:
        words = [_NAMES.get(word) for word in _words(heading)]
        if columns is None and len(words) == width and len([word for word in words if word]) > 1:
            expected = "t, x, y and p as names of columns, or their order by --columns"
            raise InputError(path, "heading", repr(heading[:LONGEST_FOUND]), expected)
    return None, None


def _is_row(line: str) -> bool:
    cells = line.replace(",", " ").replace(";", " ").split()
    return len(cells) >= len(COLUMNS) and all(_is_number(cell) for cell in cells[: len(COLUMNS)])


def _is_number(cell: str) -> bool:
    try:
        float(cell)
    except ValueError:
        return cell.lower() in ("true", "false")
    return True


def _sensor(line: str) -> Size | None:
    match = _SENSOR.fullmatch(line)
    return (int(match[1]), int(match[2])) if match else None


def _values(
    path: Path, lines: Sequence[str], looked_at: range, delimiter: str | None
) -> tuple[NDArray[np.float64], list[list[str]]]:
    """Numbers of some rows, and how each column is written."""
    rows = [number for number in looked_at if lines[number].strip()]
    cells = [[cell.strip() for cell in lines[number].split(delimiter)] for number in rows]
    width = len(cells[0])
    for number, row in zip(rows, cells, strict=True):
        if len(row) != width or not all(_is_number(cell) for cell in row):
            found = repr(lines[number][:LONGEST_FOUND].strip())
            before = " as before" if number > rows[0] else ""
            expected = f"{width} numbers{before}" if width >= len(COLUMNS) else _FEW
            raise InputError(path, f"line {number + 1}", found, expected)
    numbers = [[_number(cell) for cell in row] for row in cells]
    return np.array(numbers), [list(column) for column in zip(*cells, strict=True)]


def _number(cell: str) -> float:
    return float(cell.lower() == "true") if cell.lower() in ("true", "false") else float(cell)


def _words(heading: str) -> list[str]:
    # "t [us]; x" has its units after spaces, "t x y p" has nothing but spaces.
    between = r"[,;\t]" if re.search(r"[,;\t]", heading) else r" +"
    return [word.strip(" \"'") for word in re.split(between, heading.lower())]


def _from_heading(heading: str) -> tuple[str | None, str | None]:
    """Order and unit that a line of names says; None for what it does not say."""
    matches = [_HEADING.fullmatch(word) for word in _words(heading)]
    order = "".join(_NAMES.get(match[1], "?") if match else "?" for match in matches)
    if sorted(order.replace("?", "")) != sorted(COLUMNS):
        return None, None
    time = matches[order.index("t")]
    unit = time[2] if time else None
    return order, "s" if unit == "sec" else unit


def _order(path: Path, told: str | None, values: NDArray[np.float64]) -> str:
    width = values.shape[1]
    if told is not None:
        if sorted(told.replace("?", "")) != sorted(COLUMNS):
            expected = "the letters t, x, y and p, and ? for a column to pass over"
            raise InputError("--columns", "order", repr(told), expected)
        if len(told) > width:
            raise InputError(path, "columns", str(width), f"{len(told)} as {told!r} names")
        return told + "?" * (width - len(told))
    fitting = _fitting(values)
    if len(fitting) == 1:
        return fitting[0]
    found = " or ".join(fitting) or "an order that is none of " + ", ".join(KNOWN_ORDERS)
    if not fitting and (values[0] == values[-1]).any():
        found += " with times that rise"
    example = f"neuromorph-track events {path.name} --columns txyp -o {path.stem}.es"
    raise InputError(path, "columns", found, f"one order, which --columns says once and for all: {example}")


def _tells(told: str | None, values: NDArray[np.float64]) -> bool:
    """Whether rows show what is asked of them: times that rise, and where nobody says it, one order."""
    if told is None:
        return len(_fitting(values)) == 1
    at = told.find("t")
    return at < 0 or at >= values.shape[1] or bool(values[0, at] != values[-1, at])


def _fitting(values: NDArray[np.float64]) -> list[str]:
    return [order for order in KNOWN_ORDERS if values.shape[1] == len(order) and _fits(order, values)]


def _fits(order: str, values: NDArray[np.float64]) -> bool:
    t, x, y, p = (values[:, order.index(name)] for name in COLUMNS)
    whole = all((column == np.floor(column)).all() and (column >= 0).all() for column in (x, y))
    return bool(np.isin(p, (-1, 0, 1)).all() and (np.diff(t) >= 0).all() and t[-1] > t[0] and whole)


def _unit(path: Path, times: Sequence[str]) -> str:
    """Seconds are what has fractions, microseconds what is written without a point."""
    marked = [cell for cell in times if "." in cell or "e" in cell.lower()]
    if not marked:
        return "us"
    if any(_number(cell) % 1 for cell in marked):
        return "s"
    found = f"times like {times[0][:LONGEST_FOUND]}"
    raise InputError(path, "time", found, "a unit that shows: say it with --time-unit s, ms, us or ns")


def _shown(lines: Sequence[str]) -> str:
    return repr(lines[0].strip()[:LONGEST_FOUND]) if lines else "nothing"
