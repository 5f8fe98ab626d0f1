"""Camera motion that somebody measured: a text file, one line ``frame a b x c d y`` for each frame."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from neuromorph_track.data.number_table import number_table, read_lines, require_frames
from neuromorph_track.errors import InputError

_COLUMNS = ("frame", "a", "b", "x", "c", "d", "y")

Warp = NDArray[np.float64]


class CameraMotion:
    """The motion of a camera from each frame to the next.

    Parameters
    ----------
    source : path
        The file, for errors.
    warps : mapping of int to (2, 3) float64
        Frame, from 1 -> where a point of the frame before, (x, y, 1), is in this one.
    """

    def __init__(self, source: str | Path, warps: Mapping[int, Warp]) -> None:
        self._source = source
        self._warps = warps

    def between(self, last: int, frame: int) -> Warp | None:
        """From frame ``last`` to ``frame``; None before the first frame (``last`` 0).

        Raises
        ------
        InputError
            When there is no line for one of the frames.
        """
        if last < 1:
            return None
        total = np.eye(3)
        for step in range(last + 1, frame + 1):
            if step not in self._warps:
                raise InputError(self._source, f"frame {step}", "no line", "a line for each frame")
            total = np.vstack([self._warps[step], [0.0, 0.0, 1.0]]) @ total
        return total[:2]


def read_camera_motion(path: str | Path) -> CameraMotion:
    """Read a camera motion file: seven numbers a line, between spaces or commas.

    Raises
    ------
    InputError
        Naming file, line and field of the first fault.
    """
    path = Path(path)
    lines = [line.replace(",", " ") for line in read_lines(path, "a camera motion file")]
    table, numbers = number_table(path, lines, _COLUMNS, (7,), delimiter=None, whole=("frame",))
    require_frames(path, table[:, 0], numbers, first=0)
    frames = table[:, 0].astype(np.int64)
    distinct, first = np.unique(frames, return_index=True)
    if len(distinct) < len(frames):
        again = int(np.setdiff1d(np.arange(len(frames)), first)[0])
        raise InputError(path, f"line {numbers[again]}, frame", f"{frames[again]} again", "each frame once")
    return CameraMotion(path, dict(zip(frames.tolist(), table[:, 1:].reshape(-1, 2, 3), strict=True)))
