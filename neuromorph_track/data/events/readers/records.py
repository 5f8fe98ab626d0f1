"""Files of records of one width, block by block."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

BLOCK_RECORDS = 1 << 18


def record_blocks(path: Path, start: int, dtype: np.dtype) -> Iterator[NDArray]:
    """Whole records from byte ``start`` on, at most 2**18 at a time."""
    with open(path, "rb") as file:
        file.seek(start)
        while len(block := file.read(BLOCK_RECORDS * dtype.itemsize)) >= dtype.itemsize:
            whole = len(block) // dtype.itemsize
            yield np.frombuffer(block, dtype, whole)


def cut_record(path: Path, start: int, width: int) -> str | None:
    """What to say of a file that ends inside of a record; None where it does not."""
    size = max(0, os.path.getsize(path) - start)
    if size % width == 0:
        return None
    return f"{path}: the last record has {size % width} of its {width} bytes and is left out"


def unwrapped(times: NDArray[np.int64], last: int | None, bits: int) -> NDArray[np.int64]:
    """Times of a counter of so many bits that starts again from 0, as ones that go on.

    A fall of more than half of the counter's range is a new start; a lesser one stays a fall.

    Parameters
    ----------
    times : (N,) int64
        What the counter shows, 0 to ``2**bits - 1``.
    last : int or None
        The last of the times before, with its starts counted in; None at the beginning.
    """
    if not len(times):
        return times
    period = 1 << bits
    before = times[0] if last is None else last % period
    falls = np.diff(times, prepend=before) < -(period // 2)
    starts = (0 if last is None else last // period) + np.cumsum(falls)
    return times + starts * period
