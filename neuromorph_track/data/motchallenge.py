"""The text files of MOTChallenge: truth, detections, results and ``seqinfo.ini``.

Boxes are kept as they stand in the file: the format's own text calls them 1-based, yet files and
tools compare them as they are, so nothing is shifted on reading or writing.
"""

from __future__ import annotations

import configparser
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import TextIO

import numpy as np
from numpy.typing import NDArray

from neuromorph_track.data.detections import Tracks
from neuromorph_track.data.number_table import number_table, read_lines, require_frames, require_pixels
from neuromorph_track.errors import InputError
from neuromorph_track.files import atomic_path, read_text

_COLUMNS = ("frame", "id", "x", "y", "w", "h", "conf", "class", "visibility", "column 10")
_TRUTH_WIDTHS = (9, 10)
_DETECTION_WIDTHS = (7, 10)


@dataclass(frozen=True)
class MotBoxes:
    """Boxes of a whole sequence; every array has one entry per line of the file.

    Attributes
    ----------
    frame : (N,) int64
        From 1.
    track_id : (N,) int64
        -1 in detection files.
    xyxy : (N, 4) floating
        Left, top, right, bottom in pixels; float64 from files, so that scores are those of the text.
    score : (N,) floating
        Confidence; in truth 1 for boxes that count and 0 for those to be ignored.
    class_id : (N,) int64
        As in the file: 1 is a pedestrian in MOT17. 1 where the file has no such column.
    visibility : (N,) floating
        Between 0 and 1; 1 where the file has no such column.
    """

    frame: NDArray[np.int64]
    track_id: NDArray[np.int64]
    xyxy: NDArray[np.floating]
    score: NDArray[np.floating]
    class_id: NDArray[np.int64]
    visibility: NDArray[np.floating]

    def __len__(self) -> int:
        return len(self.frame)

    def __getitem__(self, index: NDArray[np.bool_] | NDArray[np.int64] | slice) -> MotBoxes:
        """The boxes chosen by a boolean mask, an index array or a slice."""
        return MotBoxes(
            self.frame[index],
            self.track_id[index],
            self.xyxy[index],
            self.score[index],
            self.class_id[index],
            self.visibility[index],
        )


@dataclass(frozen=True)
class SeqInfo:
    """What ``seqinfo.ini`` says: name, frames per second, frames, picture size, where the pictures are."""

    name: str
    fps: float
    frames: int
    width: int
    height: int
    image_folder: str = "img1"
    image_suffix: str = ".jpg"

    def to_text(self) -> str:
        """The contents of the file."""
        return (
            f"[Sequence]\nname={self.name}\nimDir={self.image_folder}\nframeRate={self.fps:g}\n"
            f"seqLength={self.frames}\nimWidth={self.width}\nimHeight={self.height}\nimExt={self.image_suffix}\n"
        )


def read_truth(path: str | Path) -> MotBoxes:
    """Read a ``gt.txt``: 9 columns (MOT16 and later) or 10 (MOT15, pedestrians only).

    Raises
    ------
    InputError
        Naming file, line and field of the first fault.
    """
    table, _ = _read_table(Path(path), _TRUTH_WIDTHS)
    if table.shape[1] == 10:
        # MOT15 keeps world coordinates where later years keep class and visibility.
        return _boxes(table, np.ones(len(table)), np.ones(len(table)))
    return _boxes(table, table[:, 7], table[:, 8])


def read_detections(path: str | Path) -> MotBoxes:
    """Read detections or results: 7 columns or 10, of which those after the 7th are not used.

    Raises
    ------
    InputError
        Naming file, line and field of the first fault.
    """
    return read_detection_lines(path)[0]


def read_detection_lines(path: str | Path) -> tuple[MotBoxes, NDArray[np.int64]]:
    """:func:`read_detections`, and the line of the file, from 1, that each box came from, (N,)."""
    table, numbers = _read_table(Path(path), _DETECTION_WIDTHS)
    return _boxes(table, np.ones(len(table)), np.ones(len(table))), numbers


def read_seqinfo(path: str | Path) -> SeqInfo:
    """Read ``seqinfo.ini``.

    Raises
    ------
    InputError
        When the file or one of its fields is missing or not a number.
    """
    parser = configparser.ConfigParser(interpolation=None)
    try:
        parser.read_string(read_text(path, "seqinfo.ini of a sequence"))
        section = parser["Sequence"]
    except KeyError:
        raise InputError(path, "Sequence", "no such section", "a section [Sequence]") from None
    except configparser.Error as error:
        raise InputError(path, "ini", str(error).replace("\n", " "), "a section [Sequence]") from error
    return SeqInfo(
        name=section.get("name", Path(path).parent.name),
        fps=_number(path, section, "frameRate"),
        frames=int(_number(path, section, "seqLength")),
        width=int(_number(path, section, "imWidth")),
        height=int(_number(path, section, "imHeight")),
        image_folder=section.get("imDir", "img1"),
        image_suffix=section.get("imExt", ".jpg"),
    )


def result_lines(frame: int, tracks: Tracks) -> Iterator[str]:
    """The lines of a frame, ``frame,id,x,y,w,h,conf,-1,-1,-1``."""
    for box, number, score in zip(tracks.xyxy, tracks.track_id, tracks.score, strict=True):
        left, top, right, bottom = (float(edge) for edge in box)
        yield (
            f"{frame},{int(number)},{left:.2f},{top:.2f},{right - left:.2f},{bottom - top:.2f},"
            f"{float(score):.4f},-1,-1,-1\n"
        )


class TrackWriter:
    """Writes results line by line; the file appears, whole, when the ``with`` block ends without an error.

    Parameters
    ----------
    path : str or Path
        The file to make.
    lines : callable
        Frame, from 1, and its tracks -> the lines of the file.

    Raises
    ------
    JobError
        On leaving, when the file cannot be written.
    """

    def __init__(
        self, path: str | Path, lines: Callable[[int, Tracks], Iterable[str]] = result_lines
    ) -> None:
        self._path = Path(path)
        self._lines = lines
        self._stack = ExitStack()
        self._file: TextIO | None = None

    def __enter__(self) -> TrackWriter:
        temporary = self._stack.enter_context(atomic_path(self._path))
        self._file = self._stack.enter_context(open(temporary, "w", encoding="ascii", newline="\n"))
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> bool | None:
        return self._stack.__exit__(kind, error, trace)

    def add(self, frame: int, tracks: Tracks) -> None:
        """Write the tracks of one frame; frames count from 1."""
        if self._file is None:
            raise ValueError("a TrackWriter is used in a with block")
        if frame < 1:
            raise ValueError(f"frames count from 1, not {frame}")
        self._file.writelines(self._lines(frame, tracks))


def _read_table(path: Path, widths: tuple[int, ...]) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """All lines as numbers, (L, columns), and where they stand; every fault is named with its line."""
    lines = read_lines(path, "a MOTChallenge text file")
    table, numbers = number_table(path, lines, _COLUMNS, widths)
    require_frames(path, table[:, 0], numbers, first=1)
    require_pixels(path, table[:, 2:6], numbers, _COLUMNS[2:6])
    negative = table[:, 4:6] < 0
    if negative.any():
        at, column = np.unravel_index(int(np.argmax(negative)), negative.shape)
        field = f"line {numbers[at]}, {_COLUMNS[4 + column]}"
        raise InputError(path, field, f"{table[at, 4 + column]:g}", "0 or more")
    return table, numbers


def _boxes(
    table: NDArray[np.float64], class_id: NDArray[np.float64], visibility: NDArray[np.float64]
) -> MotBoxes:
    corners = np.concatenate([table[:, 2:4], table[:, 2:4] + table[:, 4:6]], axis=1)
    return MotBoxes(
        frame=table[:, 0].astype(np.int64),
        track_id=table[:, 1].astype(np.int64),
        xyxy=corners,
        score=table[:, 6],
        class_id=class_id.astype(np.int64),
        visibility=visibility,
    )


def _number(path: str | Path, section: configparser.SectionProxy, field: str) -> float:
    text = section.get(field)
    try:
        value = float(text) if text is not None else 0.0
    except ValueError:
        value = 0.0
    if not value > 0 or not np.isfinite(value):
        raise InputError(path, field, "nothing" if text is None else repr(text), "a number above 0")
    return value
