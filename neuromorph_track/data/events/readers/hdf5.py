"""Events in HDF5: DSEC's layout (Gehrig et al., RA-L 2021), columns in a group, Prophesee's CD table."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import h5py
import numpy as np
from numpy.typing import NDArray

from neuromorph_track.data.events.events import Events
from neuromorph_track.data.events.readers.text_layout import UNITS
from neuromorph_track.data.events.recording import Hints, Size
from neuromorph_track.errors import LONGEST_FOUND, InputError

BLOCK_ROWS = 1 << 18
# A chunk is read whole, however little of it is asked for.
LARGEST_CHUNK = 1 << 27
LARGEST_TIME = 2.0**53
# x, y, t, p under the names of DSEC, and of the RPG's other files.
GROUPS = ({"t": "t", "x": "x", "y": "y", "p": "p"}, {"t": "ts", "x": "xs", "y": "ys", "p": "ps"})
TABLE = "CD/events"
EXPECTED = "events/{x,y,t,p} as in DSEC, or Prophesee's CD/events"


class Hdf5Reader:
    """Columns are read 2**18 rows at a time; compressed ones through `hdf5plugin`.

    DSEC's ``t_offset`` is added to its times; ``ms_to_idx``, an index, is not needed to read from the start.
    Times of whole numbers are microseconds, floats seconds, unless the user says another unit.

    Raises
    ------
    InputError
        When there are no events, or a column cannot be one.
    """

    form = "HDF5"

    def __init__(self, path: Path, hints: Hints) -> None:
        # Importing it registers the filters with the HDF5 library.
        import hdf5plugin  # noqa: F401

        self._path = path
        with self._opened() as file:
            self._where = self._find(file)
            columns = self._columns(file)
            self._check(columns)
            self._offset = self._read_offset(file)
            self.size: Size | None = hints.size or _size(file, columns)
            kind = columns["t"].dtype.kind
        self._unit = hints.time_unit or ("s" if kind == "f" else "us")
        self.details = {"layout": self._where["t"], "unit of time": self._unit}
        if self._offset:
            self.details["t_offset"] = f"{self._offset} us"
        self.ended_early: str | None = None

    def read(self) -> Iterator[Events]:
        """Events with the file's clock."""
        with self._opened() as file:
            columns = self._columns(file)
            for start in range(0, len(columns["t"]), BLOCK_ROWS):
                rows = slice(start, start + BLOCK_ROWS)
                try:
                    block = {name: column.of(rows) for name, column in columns.items()}
                except (OSError, ValueError, RuntimeError, KeyError, TypeError) as error:
                    raise self._fault(f"event {start}", _words(error)) from error
                yield self._events(block, start)

    def _opened(self) -> h5py.File:
        try:
            return h5py.File(self._path, "r")
        except (OSError, ValueError, RuntimeError, KeyError) as error:
            raise self._fault("file", _words(error)) from error

    def _find(self, file: h5py.File) -> dict[str, str]:
        try:
            if TABLE in file and isinstance(file[TABLE], h5py.Dataset):
                return dict.fromkeys("txyp", TABLE)
            for names in GROUPS:
                paths = {name: f"events/{own}" for name, own in names.items()}
                if all(isinstance(file.get(each), h5py.Dataset) for each in paths.values()):
                    return paths
            found = ", ".join(sorted(map(str, file))[:6]) or "nothing"
        except (OSError, ValueError, RuntimeError, KeyError, TypeError) as error:
            raise self._fault("file", _words(error)) from error
        raise self._fault("groups", found)

    def _columns(self, file: h5py.File) -> dict[str, _Column]:
        try:
            return {name: _Column(file[where], name, where == TABLE) for name, where in self._where.items()}
        except (OSError, ValueError, RuntimeError, KeyError, TypeError) as error:
            raise self._fault("columns", _words(error)) from error

    def _check(self, columns: Mapping[str, _Column]) -> None:
        for name, column in columns.items():
            if column.dtype.kind not in "iufb" or column.ndim != 1:
                raise self._fault(name, f"{column.dtype} of {column.ndim} dimensions")
            if column.chunk_bytes > LARGEST_CHUNK:
                raise self._fault(name, f"chunks of {column.chunk_bytes} bytes")
        if len({len(column) for column in columns.values()}) > 1:
            lengths = ", ".join(f"{name} {len(column)}" for name, column in columns.items())
            raise self._fault("lengths", lengths)

    def _read_offset(self, file: h5py.File) -> int:
        try:
            given = file["t_offset"][()] if "t_offset" in file else 0
            offset = int(np.asarray(given).reshape(-1)[0])
        except (OSError, ValueError, RuntimeError, KeyError, TypeError, IndexError, OverflowError) as error:
            raise self._fault("t_offset", _words(error)) from error
        if abs(offset) > LARGEST_TIME:
            raise self._fault("t_offset", str(offset))
        return offset

    def _events(self, block: Mapping[str, NDArray[Any]], start: int) -> Events:
        times = block["t"]
        if times.dtype.kind == "f" or self._unit != "us":
            times = np.rint(times.astype(np.float64) * UNITS[self._unit])
        x, y, p = (block[name] for name in "xyp")
        for name, values, good in (
            ("t", times, (times <= LARGEST_TIME) & (times >= -LARGEST_TIME)),
            ("x", x, (x >= 0) & (x < 1 << 31)),
            ("y", y, (y >= 0) & (y < 1 << 31)),
            ("p", p, (p == 0) | (p == 1) | (p == -1)),
        ):
            if not good.all():
                at = int(np.argmin(good))
                raise self._fault(f"event {start + at}, {name}", str(values[at]))
        return Events.of(times.astype(np.int64) + self._offset, x, y, p > 0)

    def _fault(self, field: str, found: str) -> InputError:
        return InputError(self._path, field, found, EXPECTED)


class _Column:
    """One column, alone or in a table."""

    def __init__(self, stored: h5py.Dataset, name: str, in_table: bool) -> None:
        self._stored = stored
        self._name = name if in_table else None
        self.ndim = stored.ndim
        self.dtype: np.dtype[Any] = stored.dtype[name] if in_table else stored.dtype
        chunk = int(np.prod(stored.chunks or (1,), dtype=np.float64))
        self.chunk_bytes = chunk * stored.dtype.itemsize

    def __len__(self) -> int:
        return int(self._stored.shape[0]) if self.ndim else 0

    def of(self, rows: slice) -> NDArray[Any]:
        """Values of some rows."""
        values = np.asarray(self._stored[rows])
        return values if self._name is None else values[self._name]


def _size(file: h5py.File, columns: Mapping[str, _Column]) -> Size | None:
    """Width and height from attributes of the file, where somebody wrote them."""
    for holder in (file, file.get("events"), file.get("CD")):
        attributes = {} if holder is None else holder.attrs
        for wide, high in (("width", "height"), ("sensor_width", "sensor_height")):
            try:
                if wide in attributes and high in attributes:
                    return int(attributes[wide]), int(attributes[high])
            except (OSError, ValueError, RuntimeError, KeyError, TypeError):
                return None
    return None


def _words(error: Exception) -> str:
    text = str(error).replace("\n", " ")
    hint = " (a filter that is not installed?)" if "filter" in text.lower() else ""
    return (text[:LONGEST_FOUND] or type(error).__name__) + hint
