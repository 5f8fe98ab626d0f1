"""Changes of a `.net` file that make it another, or none."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import h5py


def edit(change: Callable[[h5py.File], None]) -> Callable[[Path], None]:
    """What opens a file and changes it."""

    def apply(path: Path) -> None:
        with h5py.File(path, "r+") as file:
            change(file)

    return apply


def replace(name: str, value: object) -> Callable[[Path], None]:
    """What puts ``value`` in the place of a dataset."""

    def change(file: h5py.File) -> None:
        del file[name]
        file[name] = value

    return edit(change)
