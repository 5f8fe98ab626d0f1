"""Drawn sequences kept in files, so that the next training does not draw them again."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from neuromorph_track.data.targets.scene import TargetScene
from neuromorph_track.data.targets.spec import TargetSpec
from neuromorph_track.files import atomic_path

# Part of a file's name: what was drawn by other code is drawn again.
_VERSION = 1


def load_or_draw(
    spec: TargetSpec, cache: Path | None, photographs: Sequence[NDArray[np.uint8]] = ()
) -> NDArray[Any]:
    """A sequence from a folder of drawn ones; where it is not there, it is drawn and put there.

    Parameters
    ----------
    spec : TargetSpec
    cache : Path or None
        The folder; None keeps nothing.
    photographs : sequence of (h, w, 3) uint8 RGB
        As :class:`TargetScene` takes them.

    Returns
    -------
    (F,) array with the fields ``picture`` (H, W, 3) uint8, ``box`` (4,) float32 and ``visibility`` float64
        See :class:`TargetScene`. Of a file, only what is looked at is read.

    Raises
    ------
    JobError
        When the folder cannot be written.
    """
    if cache is None:
        return _drawn(spec, photographs)
    told = hashlib.sha256(f"{_VERSION} {spec!r}".encode())
    for photograph in photographs:
        told.update(repr(photograph.shape).encode() + photograph.tobytes())
    path = cache / f"{told.hexdigest()}.npy"
    if (found := _kept(spec, path)) is None:
        with atomic_path(path) as temporary, open(temporary, "wb") as file:
            np.save(file, _drawn(spec, photographs), allow_pickle=False)
        found = _kept(spec, path)
    return _drawn(spec, photographs) if found is None else found


def _record(spec: TargetSpec) -> np.dtype[Any]:
    picture = (np.uint8, (spec.height, spec.width, 3))
    return np.dtype([("picture", *picture), ("box", np.float32, 4), ("visibility", np.float64)])


def _drawn(spec: TargetSpec, photographs: Sequence[NDArray[np.uint8]]) -> NDArray[Any]:
    return np.array(list(TargetScene(spec, photographs)), _record(spec))


def _kept(spec: TargetSpec, path: Path) -> NDArray[Any] | None:
    """None for a file that is not there, or is not whole."""
    try:
        found = np.load(path, mmap_mode="r", allow_pickle=False)
    except (OSError, ValueError, EOFError):
        return None
    return found if found.dtype == _record(spec) and found.shape == (spec.frames,) else None
