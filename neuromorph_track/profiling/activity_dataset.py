"""A dataset of an ``activity.h5`` that may come from anywhere."""

from __future__ import annotations

from os import PathLike

import h5py

from neuromorph_track.errors import InputError

LONGEST_TEXT = 1 << 10


def own_dataset(file: h5py.File, path: str | PathLike[str], name: str) -> h5py.Dataset:
    """The dataset ``name``, whose values lie in the file itself.

    Raises
    ------
    KeyError
        When there is nothing of that name.
    InputError
        When it is a group, would read another file, or has entries too long for what they mean.
    """
    stored = file[name]
    if not isinstance(stored, h5py.Dataset):
        raise InputError(path, name, "a group", "a dataset")
    if stored.external or stored.is_virtual or stored.file != file:
        raise InputError(path, name, "numbers that lie in another file", "numbers in this file")
    if stored.dtype.itemsize > LONGEST_TEXT:
        raise InputError(path, name, f"entries of {stored.dtype.itemsize} bytes", f"at most {LONGEST_TEXT}")
    return stored
