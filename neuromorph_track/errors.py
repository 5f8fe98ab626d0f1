"""The one exception that a user's bad input raises, in one shape."""

from __future__ import annotations

from os import PathLike


class InputError(ValueError):
    """Something the user gave cannot be used.

    The message is one line that names the file, the field, what was found and
    what was expected, so that it can be printed as it is.

    Parameters
    ----------
    source : str or path
        The file (or option, or folder) that holds the fault.
    field : str
        The part of it that is wrong, e.g. ``layer/3/weight``.
    found, expected : str
        What stands there, and what would have been accepted.
    """

    def __init__(self, source: str | PathLike[str], field: str, found: str, expected: str) -> None:
        self.source = str(source)
        self.field = field
        self.found = found
        self.expected = expected
        super().__init__(f"{self.source}: {field}: found {found}, expected {expected}")


class JobError(RuntimeError):
    """The input was right, yet the job could not be finished (disk, memory, a tool that is absent)."""
