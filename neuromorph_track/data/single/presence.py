"""Which frames show no object, by boxes and by flags, whose meanings are opposite in some benchmarks."""

from __future__ import annotations

import warnings
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from neuromorph_track.errors import InputError


def absent_rows(
    boxes: NDArray[np.float64], flags: NDArray[np.int64], absent: int, path: Path
) -> NDArray[np.bool_]:
    """Frames without the object: those whose box has no area, as the datasets of events mark them.

    Parameters
    ----------
    boxes : (F, 4) float64
        Left, top, width, height.
    flags : (F,) int64
        0 or 1 for each frame.
    absent : int
        Which of the two says that the object is absent.
    path : Path
        The file of flags.

    Raises
    ------
    InputError
        When a flag is neither, or says absent where there is a box: the other meaning, most likely.

    Warns
    -----
    UserWarning
        When a flag says present where there is no box; the frame counts as absent.
    """
    empty = ~(boxes[:, 2:] > 0).all(axis=1)
    other = flags > 1
    if other.any():
        at = int(np.argmax(other))
        raise InputError(path, f"flag {at + 1}", str(flags[at]), "0 or 1")
    marked = flags == absent
    wrong = marked & ~empty
    if wrong.any():
        at = int(np.argmax(wrong))
        found = f"{absent} (absent), and a box {_text(boxes[at])} ({np.sum(wrong)} such frames)"
        raise InputError(path, f"flag {at + 1}", found, f"{1 - absent}, or a box 0,0,0,0")
    unmarked = empty & ~marked
    if unmarked.any():
        frames = f"flag {int(np.argmax(unmarked)) + 1} and {np.sum(unmarked) - 1} more say"
        warnings.warn(
            f"{path}: {frames} that the object is present, and there is no box: taken as absent",
            stacklevel=2,
        )
    return empty


def _text(box: NDArray[np.float64]) -> str:
    return ",".join(f"{value:g}" for value in box)
