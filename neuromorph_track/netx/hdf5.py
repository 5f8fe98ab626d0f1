"""Opening HDF5 files that nobody vouches for."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import h5py

from neuromorph_track.errors import InputError


@contextmanager
def opened(path: Path, kind: str) -> Iterator[h5py.File]:
    """Open ``path`` for reading; what is wrong with it within the block becomes one line.

    Parameters
    ----------
    kind : str
        What was expected, e.g. ``a .net file (HDF5)``.

    Raises
    ------
    InputError
        When the file is absent, no HDF5, truncated, larger than memory, or links to another file.
    """
    # pathlib's questions raise where a name is too long.
    if not os.path.isfile(path):
        found = "a folder" if os.path.isdir(path) else "no ordinary file"
        raise InputError(path, "file", found if os.path.exists(path) else "nothing", kind)
    try:
        with h5py.File(path, "r") as file:
            _refuse_links(path, file)
            yield file
    except InputError:
        raise
    except MemoryError as error:
        raise InputError(path, "file", "more numbers than memory holds", "a network that fits") from error
    except (OSError, RuntimeError, KeyError, TypeError, ValueError) as error:
        # h5py reports truncation, broken links and broken types in all these ways.
        size = path.stat().st_size
        raise InputError(path, "file", f"{size} bytes that HDF5 cannot read", "a whole HDF5 file") from error


def _refuse_links(path: Path, file: h5py.File) -> None:
    """Whatever looks at a link to another file opens that one, so all are looked for first."""

    def leads_out(name: bytes, info: Any) -> bytes | None:
        return name if info.type == h5py.h5l.TYPE_EXTERNAL else None

    found = file.id.links.visit(leads_out, info=True)
    if found is not None:
        name = found.decode(errors="replace")
        raise InputError(path, name, "a link to elsewhere", "all of it in this file")
