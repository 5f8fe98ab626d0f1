"""A file for HDF5 to write to that never tells it that the disk is full."""

from __future__ import annotations

import io
from os import PathLike

from neuromorph_track.errors import JobError


class SteadyFile(io.FileIO):
    """A file whose write errors are kept for :meth:`check` instead of being raised.

    The HDF5 library cannot let go of a file that it could not write: the process dies with a segmentation
    fault. So it writes here, is told that all went well, and we look afterwards.
    """

    def __init__(self, path: str | PathLike[str]) -> None:
        super().__init__(path, "w+")
        self._error: OSError | None = None

    def write(self, data: bytes) -> int:  # type: ignore[override]
        view = memoryview(data).cast("B")
        done = 0
        try:
            # A nearly full disk takes a part first.
            while self._error is None and done < len(view):
                done += super().write(view[done:]) or 0
        except OSError as error:
            self._error = error
        return len(view)

    def truncate(self, size: int | None = None) -> int:
        try:
            return super().truncate(size)
        except OSError as error:
            self._error = error
            return self.tell() if size is None else size

    def check(self, target: str | PathLike[str]) -> None:
        """Raise a JobError that names ``target`` when something could not be written."""
        if self._error is not None:
            raise JobError(f"{target}: cannot be written: {self._error.strerror}") from self._error
