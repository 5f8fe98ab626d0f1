"""The text files of KITTI's tracking benchmark: labels and results.

A label or result is ``frame id type truncated occluded alpha left top right bottom height width length x y z
rotation [score]``, between spaces, with frames from 0. Frames count from 1 here, as in every other room.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from neuromorph_track.data.detections import Tracks
from neuromorph_track.data.motchallenge import MotBoxes
from neuromorph_track.data.number_table import number_table, read_lines, require_frames, require_pixels
from neuromorph_track.errors import InputError
from neuromorph_track.files import read_text

TYPES: Mapping[str, int] = MappingProxyType(
    {
        "Car": 1,
        "Van": 2,
        "Truck": 3,
        "Pedestrian": 4,
        "Person": 5,
        "Cyclist": 6,
        "Tram": 7,
        "Misc": 8,
        "DontCare": 9,
    }
)
"""Our number of each type of object; ``Person_sitting`` is ``Person``."""

DONT_CARE = TYPES["DontCare"]
# A label worse hidden than "largely", or cut by the edge of the picture, forgives (KITTI's own evaluation).
MOST_OCCLUDED, MOST_TRUNCATED = 2, 0

# How KITTI's lists of sequences begin.
LIST_BEGINNING = "evaluate_tracking.seqmap"

_NAMES = {number: name for name, number in TYPES.items()}
_BY_NAME = {name.lower(): number for name, number in TYPES.items()} | {"person_sitting": TYPES["Person"]}
_LABEL_COLUMNS = (
    *("frame", "id", "type", "truncated", "occluded", "alpha", "left", "top", "right", "bottom"),
    *("height", "width", "length", "x", "y", "z", "rotation", "score"),
)
LABEL_WIDTHS = (17, 18)
EDGES = ("left", "top", "right", "bottom")
_TYPE = 2


def type_number(name: str) -> int | None:
    """Our number of a type of object, written as KITTI does or in small letters; None for no such type."""
    return _BY_NAME.get(name.lower())


def looks_like_labels(line: str) -> bool:
    """Whether a line has as many words as a label or result of KITTI."""
    return len(line.split()) in LABEL_WIDTHS


def read_labels(path: str | Path) -> MotBoxes:
    """Read a truth file: score 0 for what forgives, because it is hidden or cut, and for DontCare.

    Raises
    ------
    InputError
        Naming file, line and field of the first fault.
    """
    table, _ = _read_label_lines(Path(path))
    region = table[:, _TYPE] == DONT_CARE
    # As in KITTI's own evaluation: what has no number and is no region is not there.
    table = table[region | (table[:, 1] >= 0)]
    counts = (
        (np.trunc(table[:, 3]) <= MOST_TRUNCATED)
        & (np.trunc(table[:, 4]) <= MOST_OCCLUDED)
        & (table[:, _TYPE] != DONT_CARE)
    )
    return _boxes(table, counts.astype(np.float64))


def read_label_lines(path: str | Path) -> tuple[MotBoxes, NDArray[np.int64]]:
    """Read labels as detections or results, and the line of each box, from 1: score 1 where there is none.

    Raises
    ------
    InputError
        Naming file, line and field of the first fault.
    """
    table, lines = _read_label_lines(Path(path))
    return _boxes(table, table[:, 17] if table.shape[1] > 17 else np.ones(len(table))), lines


def read_seqmap(path: str | Path) -> dict[str, int]:
    """Frames of each sequence, from a file of lines ``0000 empty 000000 000154``.

    Raises
    ------
    InputError
        Naming the line that is not so.
    """
    lengths = {}
    for number, line in enumerate(read_text(path, "a list of KITTI's sequences").splitlines(), start=1):
        cells = line.split()
        if not cells:
            continue
        if len(cells) != 4 or not cells[3].isdecimal():
            raise InputError(path, f"line {number}", repr(line[:80]), "name, 'empty', first and last frame")
        lengths[cells[0]] = int(cells[3])
    return lengths


def listed_length(path: Path, sequence: str) -> int | None:
    """Frames of a sequence, by the list in the folder of one of its files or the one above; None without."""
    folder = path.resolve().parent
    lists = sorted(folder.glob(f"{LIST_BEGINNING}*")) + sorted(folder.parent.glob(f"{LIST_BEGINNING}*"))
    lengths = (read_seqmap(found).get(sequence) for found in lists)
    return next((length for length in lengths if length), None)


def result_lines(frame: int, tracks: Tracks) -> Iterator[str]:
    """The lines of a frame, from 1, as KITTI's evaluation reads them; -1, -10 and -1000 stand for unknown.

    Raises
    ------
    InputError
        When a box is of no type of KITTI's.
    """
    columns = (tracks.track_id, tracks.class_id, tracks.xyxy, tracks.score)
    for number, kind, box, score in zip(*(column.tolist() for column in columns), strict=True):
        if kind not in _NAMES:
            raise InputError("tracks", "class", str(kind), f"numbers of KITTI's types, 1 to {len(_NAMES)}")
        left, top, right, bottom = box
        yield (
            f"{frame - 1} {number} {_NAMES[kind]} -1 -1 -10 {left:.2f} {top:.2f} {right:.2f} {bottom:.2f} "
            f"-1 -1 -1 -1000 -1000 -1000 -10 {score:.4f}\n"
        )


def require_boxes(
    path: Path, frame: NDArray[np.float64], xyxy: NDArray[np.float64], lines: NDArray[np.int64]
) -> None:
    """Refuse a frame (N,) that is none, and a box (N, 4) that is inverted or in no picture.

    Raises
    ------
    InputError
        Naming file, line and field of the first fault.
    """
    require_frames(path, frame, lines, first=0)
    require_pixels(path, xyxy, lines, EDGES)
    _require_order(path, xyxy, lines, 0, 2)
    _require_order(path, xyxy, lines, 1, 3)


def _read_label_lines(path: Path) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """All lines as numbers, the type as its number, (L, 17 or 18), and where they stand."""
    lines = read_lines(path, "a text file of KITTI")
    numbered = [_with_type_number(path, number, line) for number, line in enumerate(lines, start=1)]
    table, numbers = number_table(path, numbered, _LABEL_COLUMNS, LABEL_WIDTHS, delimiter=None)
    require_boxes(path, table[:, 0], table[:, 6:10], numbers)
    return table, numbers


def _with_type_number(path: Path, number: int, line: str) -> str:
    cells = line.split(maxsplit=3)
    if len(cells) <= _TYPE:
        return line
    kind = type_number(cells[_TYPE])
    if kind is None:
        raise InputError(path, f"line {number}, type", repr(cells[_TYPE][:80]), f"one of {', '.join(TYPES)}")
    cells[_TYPE] = str(kind)
    return " ".join(cells)


def _require_order(
    path: Path, xyxy: NDArray[np.float64], lines: NDArray[np.int64], near: int, far: int
) -> None:
    inverted = xyxy[:, far] < xyxy[:, near]
    if inverted.any():
        row = int(np.argmax(inverted))
        expected = f"{xyxy[row, near]:g} ({EDGES[near]}) or more"
        raise InputError(path, f"line {lines[row]}, {EDGES[far]}", f"{xyxy[row, far]:g}", expected)


def _boxes(table: NDArray[np.float64], score: NDArray[np.float64]) -> MotBoxes:
    return MotBoxes(
        frame=table[:, 0].astype(np.int64) + 1,
        track_id=table[:, 1].astype(np.int64),
        xyxy=table[:, 6:10],
        score=score,
        class_id=table[:, _TYPE].astype(np.int64),
        visibility=np.ones(len(table)),
    )
