"""Text files with one box a line, and files of flags beside them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from neuromorph_track.data.number_table import number_table, read_lines, require_pixels
from neuromorph_track.errors import LONGEST_FOUND, InputError
from neuromorph_track.files import read_text

BOX = ("x", "y", "w", "h")
POLYGON = ("x1", "y1", "x2", "y2", "x3", "y3", "x4", "y4")


def read_boxes(
    path: Path, expected: str, columns: Sequence[str] = BOX
) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """The numbers of each line with characters; a line of NaN alone is one.

    Numbers may be separated by commas, tabs or spaces: the first line tells.

    Returns
    -------
    boxes : (F, columns) float64
    lines : (F,) int64
        Where in the file each stands, from 1.

    Raises
    ------
    InputError
        Naming file, line and field of the first fault.
    """
    lines = read_lines(path, expected)
    kept = [number for number, line in enumerate(lines, start=1) if line.strip()]
    if not kept:
        raise InputError(path, "lines", "none", expected)
    delimiter = "," if "," in lines[kept[0] - 1] else None
    known = ["" if _is_unknown(line, delimiter) else line for line in lines]
    table, numbers = number_table(path, known, columns, (len(columns),), delimiter, whole=())
    require_pixels(path, table, numbers, columns)
    boxes = np.full((len(kept), len(columns)), np.nan)
    boxes[np.searchsorted(kept, numbers)] = table
    return boxes, np.array(kept, np.int64)


def read_truth_boxes(path: Path) -> NDArray[np.float64]:
    """Left, top, width, height of each frame, (F, 4); NaN where the file has NaN.

    Raises
    ------
    InputError
        Also when a side is negative.
    """
    boxes, lines = read_boxes(path, "a box for each frame: x, y, w, h")
    negative = boxes[:, 2:] < 0
    if negative.any():
        at, side = np.unravel_index(int(np.argmax(negative)), negative.shape)
        raise InputError(path, f"line {lines[at]}, {'wh'[side]}", f"{boxes[at, 2 + side]:g}", "0 or more")
    return boxes


def read_flags(path: Path, count: int | None = None) -> NDArray[np.int64]:
    """A small whole number for each frame, (F,), separated by commas, spaces or line ends.

    Any number of them where no ``count`` is given.

    Raises
    ------
    InputError
        When one is no such number, or there are not ``count`` of them.
    """
    words = read_text(path, "a flag for each frame").replace(",", " ").split()
    wrong = next((at for at, word in enumerate(words) if not _is_flag(word)), None)
    if wrong is not None:
        found = repr(words[wrong][:LONGEST_FOUND])
        raise InputError(path, f"flag {wrong + 1}", found, "a whole number from 0 to 9")
    if count is not None and len(words) != count:
        raise InputError(path, "flags", str(len(words)), f"{count}, one for each frame")
    return np.array([int(float(word)) for word in words], np.int64)


def polygon_bounds(polygons: NDArray[np.float64]) -> NDArray[np.float64]:
    """The upright box (N, 4) around each polygon of four corners (N, 8), from least to greatest coordinate.

    So does VOT's own toolkit where a tracker wants an upright box (Kristan et al., TPAMI 2016, and the
    conversion of regions in its code). A box of the polygon's area, as SiamFC's authors use, would leave
    corners of the object outside.
    """
    corners = polygons.reshape(-1, 4, 2)
    least, greatest = corners.min(axis=1), corners.max(axis=1)
    return np.concatenate([least, greatest - least], axis=1)


def _is_unknown(line: str, delimiter: str | None) -> bool:
    cells = line.split(delimiter)
    return bool(cells) and all(cell.strip().lower() == "nan" for cell in cells)


def _is_flag(word: str) -> bool:
    return word.removesuffix(".0") in {*"0123456789"}
