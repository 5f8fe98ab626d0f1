"""What a single-object tracker found, in the files that benchmarks take.

All have a line ``x,y,w,h`` for each frame, the first being the box that was given.

============= ============================ ======================= ==========
format        boxes                        seconds of each frame   decimals
============= ============================ ======================= ==========
otb           ``NAME.txt``                 ``times/NAME_time.txt`` 4
lasot         ``NAME.txt``                 ``times/NAME_time.txt`` 4
trackingnet   ``NAME.txt``                 ``times/NAME_time.txt`` 4
got10k        ``NAME/NAME_001.txt``        ``NAME/NAME_time.txt``  3
============= ============================ ======================= ==========
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray

from neuromorph_track.data.number_table import number_table, read_lines
from neuromorph_track.data.single.box_files import read_boxes
from neuromorph_track.errors import InputError
from neuromorph_track.files import write_text

ResultFormat = Literal["otb", "lasot", "got10k", "trackingnet"]
FORMATS: tuple[str, ...] = get_args(ResultFormat)
_DECIMALS = {"otb": 4, "lasot": 4, "trackingnet": 4, "got10k": 3}
# Toolkits and papers name the second object of a folder ``Jogging-2``, ``Jogging_2`` or ``Jogging.2``.
_SECOND = re.compile(r"[-._](\d+)$")
_REPEAT = re.compile(r"_(\d{3})\.txt$")


@dataclass(frozen=True, eq=False)
class SingleResult:
    """One run of a tracker over a sequence.

    Attributes
    ----------
    boxes : (F, 4) float64
        Left, top, width, height in pixels; NaN, or no area, where the tracker gave none.
    seconds : (F,) float64 or None
        What each frame took; None where nobody says.
    """

    boxes: NDArray[np.float64]
    seconds: NDArray[np.float64] | None = None


def write_result(
    folder: str | Path,
    name: str,
    result: SingleResult,
    form: ResultFormat = "otb",
) -> Path:
    """Write a result into the results folder of a tracker; each file appears whole or not at all.

    Parameters
    ----------
    folder : path
    name : str
        Of the sequence.
    result : SingleResult
    form : str
        One of :data:`FORMATS`.

    Returns
    -------
    Path
        The file with the boxes.

    Raises
    ------
    InputError
        When the format is not known, or the name is none of a file.
    JobError
        When a file cannot be written.
    """
    if form not in FORMATS:
        raise InputError("result", "format", repr(form), f"one of {', '.join(FORMATS)}")
    if Path(name).name != name or not name.strip() or name.startswith("."):
        raise InputError("result", "name", repr(name), "a name without folders")
    inside = Path(folder) / name if form == "got10k" else Path(folder)
    path = inside / (f"{name}_001.txt" if form == "got10k" else f"{name}.txt")
    lines = (",".join(f"{value:.{_DECIMALS[form]}f}" for value in box) for box in result.boxes.tolist())
    write_text(path, "".join(f"{line}\n" for line in lines))
    if result.seconds is not None:
        times = inside if form == "got10k" else inside / "times"
        write_text(times / f"{name}_time.txt", "".join(f"{value:.8f}\n" for value in result.seconds))
    return path


def read_results(folder: str | Path, name: str) -> tuple[SingleResult, ...]:
    """The runs of a tracker over a sequence, from a results folder in any of the formats.

    Raises
    ------
    InputError
        When there is none, or a file is not in its format, naming file, line and field.
    """
    files = result_files(folder, name)
    if not files:
        raise InputError(folder, name, "nothing", f"{name}.txt or {name}/{name}_001.txt")
    return tuple(read_result(path) for path in files)


def read_result(path: str | Path) -> SingleResult:
    """One file of boxes, with the seconds beside it where they are.

    Raises
    ------
    InputError
    """
    path = Path(path)
    boxes, _ = read_boxes(path, "a box for each frame: x, y, w, h")
    return SingleResult(boxes, _seconds(path, len(boxes)))


def result_files(folder: str | Path, name: str) -> tuple[Path, ...]:
    """The files of a sequence in a results folder; of GOT-10k one for each repetition."""
    folder = Path(folder)
    for known in dict.fromkeys((name, *(_SECOND.sub(rf"{sign}\1", name) for sign in "-_."))):
        if os.path.isfile(folder / f"{known}.txt"):
            return (folder / f"{known}.txt",)
        repeats = sorted((folder / known).glob(f"{known}_[0-9][0-9][0-9].txt"))
        if repeats:
            return tuple(repeats)
    return ()


def _seconds(path: Path, count: int) -> NDArray[np.float64] | None:
    """What each frame of a result took; None where no file says it."""
    repeat = _REPEAT.search(path.name)
    in_got10k = repeat is not None and path.parent.name == path.name[: repeat.start()]
    stem = path.parent.name if in_got10k else path.stem
    places = (path.with_name(f"{stem}_time.txt"), path.parent / "times" / f"{stem}_time.txt")
    found = next((place for place in places if place.is_file()), None)
    if found is None:
        return None
    lines = read_lines(found, "seconds of each frame")
    # GOT-10k has a column for each repetition.
    widths = range(1, 100)
    columns = [f"column {number}" for number in widths]
    delimiter = "," if lines and "," in lines[0] else None
    table, _ = number_table(found, lines, columns, widths, delimiter, whole=())
    run = min(int(repeat[1]), table.shape[1]) if in_got10k and repeat else 1
    if len(table) != count:
        raise InputError(found, "lines", str(len(table)), f"{count}, as many as boxes")
    return table[:, run - 1]
