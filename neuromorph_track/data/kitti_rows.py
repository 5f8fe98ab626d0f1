"""Detections for KITTI as detectors write them: numbers between commas, with frames from 0.

A plain row is ``frame,left,top,right,bottom,score``, of one type. A row of AB3DMOT (Weng et al., IROS 2020)
is ``frame,type,left,top,right,bottom,score`` and eight numbers of the box in space, which are not used.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from neuromorph_track.data.kitti import EDGES, TYPES, require_boxes, type_number
from neuromorph_track.data.motchallenge import MotBoxes
from neuromorph_track.data.number_table import number_table, read_lines
from neuromorph_track.errors import InputError

ROW_WIDTH, SPACE_WIDTH = 6, 15

SPACE_TYPES: Mapping[int, str] = MappingProxyType({1: "Pedestrian", 2: "Car", 3: "Cyclist"})
"""AB3DMOT's numbers of types of objects."""

_ROW_COLUMNS = ("frame", *EDGES, "score")
_SPACE_COLUMNS = (
    *("frame", "type", *EDGES, "score"),
    *("height", "width", "length", "x", "y", "z", "rotation", "alpha"),
)


def read_rows(path: str | Path, type_name: str) -> tuple[MotBoxes, NDArray[np.int64]]:
    """Read plain rows of detections of one type, and the line of each box, from 1.

    Raises
    ------
    InputError
        Naming file, line and field of the first fault.
    """
    path = Path(path)
    number = type_number(type_name)
    if number is None:
        raise InputError(path, "class", repr(type_name), f"one of {', '.join(TYPES)}")
    table, lines = _table(path, _ROW_COLUMNS, ("frame",))
    return _boxes(path, table[:, 0], table[:, 1:5], table[:, 5], np.full(len(table), number), lines), lines


def read_space_rows(path: str | Path) -> tuple[MotBoxes, NDArray[np.int64]]:
    """Read rows of AB3DMOT, of which the boxes in the picture are taken; arguments and errors as above."""
    path = Path(path)
    table, lines = _table(path, _SPACE_COLUMNS, ("frame", "type"))
    unknown = ~np.isin(table[:, 1], list(SPACE_TYPES))
    if unknown.any():
        at = int(np.argmax(unknown))
        expected = ", ".join(f"{number} ({name})" for number, name in SPACE_TYPES.items())
        raise InputError(path, f"line {lines[at]}, type", f"{table[at, 1]:g}", f"one of {expected}")
    kinds = np.array([0, *(TYPES[name] for name in SPACE_TYPES.values())])[table[:, 1].astype(np.int64)]
    return _boxes(path, table[:, 0], table[:, 2:6], table[:, 6], kinds, lines), lines


def space_type(line: str) -> str | None:
    """Type of the object of a row of AB3DMOT; None where that cannot be told."""
    kind = "".join(line.split(",")[1:2]).strip()
    return SPACE_TYPES.get(int(kind)) if kind.isdecimal() else None


def _table(
    path: Path, columns: tuple[str, ...], whole: tuple[str, ...]
) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    lines = read_lines(path, "a text file of KITTI")
    return number_table(path, lines, columns, (len(columns),), whole=whole)


def _boxes(
    path: Path,
    frame: NDArray[np.float64],
    xyxy: NDArray[np.float64],
    score: NDArray[np.float64],
    class_id: NDArray[np.int64],
    lines: NDArray[np.int64],
) -> MotBoxes:
    require_boxes(path, frame, xyxy, lines)
    return MotBoxes(
        frame=frame.astype(np.int64) + 1,
        track_id=np.full(len(frame), -1),
        xyxy=xyxy,
        score=score,
        class_id=class_id,
        visibility=np.ones(len(frame)),
    )
