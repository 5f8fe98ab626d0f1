"""Frames from a folder of pictures, plain or in the MOTChallenge layout."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from neuromorph_track.data.motchallenge import read_seqinfo
from neuromorph_track.errors import InputError

# A folder of pictures does not say how fast they were taken.
DEFAULT_FPS = 25.0
_LAST_NUMBER = re.compile(r"\d+$", re.ASCII)
_SUFFIXES = frozenset({".jpg", ".jpeg", ".png", ".bmp", ".webp", ".tif", ".tiff", ".ppm", ".pgm"})


class PictureSource:
    """Pictures of one folder in natural order (``2.png`` before ``10.png``).

    A folder with a ``seqinfo.ini`` is read as MOTChallenge: the pictures lie in its ``imDir``.

    Parameters
    ----------
    folder : Path
        The folder.
    max_frames : int, optional
        Stop after that many.
    numbers : range, optional
        Only the pictures whose names end in these numbers, in this order.

    Raises
    ------
    InputError
        When there are no pictures, or one of ``numbers`` is not there; while reading, when one cannot be
        decoded or has another size.
    """

    def __init__(self, folder: Path, max_frames: int | None = None, numbers: range | None = None) -> None:
        self.name = folder.resolve().name
        self.fps = DEFAULT_FPS
        self.ended_early: str | None = None
        announced = None
        images = folder
        if (folder / "seqinfo.ini").is_file():
            info = read_seqinfo(folder / "seqinfo.ini")
            self.name, self.fps, announced = info.name, info.fps, info.frames
            images = folder / info.image_folder
        files = _pictures(images) if numbers is None else _numbered(images, numbers)
        if announced is not None and len(files) < min(announced, max_frames or announced):
            self.ended_early = (
                f"{images}: {len(files)} pictures of the {announced} that seqinfo.ini announces"
            )
        self._files = list(islice(files, max_frames))
        self.frames: int | None = len(self._files)
        height, width = read_picture(self._files[0]).shape[:2]
        self.size = (width, height)

    def __iter__(self) -> Iterator[NDArray[np.uint8]]:
        for path in self._files:
            yield self._picture(path)

    def __getitem__(self, index: int) -> NDArray[np.uint8]:
        """Picture ``index``, (H, W, 3) RGB."""
        return self._picture(self._files[index])

    @property
    def paths(self) -> tuple[Path, ...]:
        """The files that are read, in order."""
        return tuple(self._files)

    def _picture(self, path: Path) -> NDArray[np.uint8]:
        picture = read_picture(path)
        height, width = picture.shape[:2]
        if (width, height) != self.size:
            wanted = "{}x{} as the first one".format(*self.size)
            raise InputError(path, "size", f"{width}x{height}", wanted)
        return picture

    def fingerprint(self) -> str:
        """SHA-256 of the names and contents of the files that are read."""
        digest = hashlib.sha256()
        for path in self._files:
            content = hashlib.sha256(path.read_bytes()).hexdigest()
            digest.update(f"{path.name}\0{content}\n".encode())
        return digest.hexdigest()


def _pictures(folder: Path) -> list[Path]:
    if not folder.is_dir():
        raise InputError(folder, "folder", "nothing", "a folder of pictures")
    files = [p for p in folder.iterdir() if p.suffix.lower() in _SUFFIXES and not p.name.startswith(".")]
    if not files:
        raise InputError(folder, "folder", "no pictures", f"files ending in {', '.join(sorted(_SUFFIXES))}")
    return sorted(files, key=_natural)


def _numbered(folder: Path, numbers: range) -> list[Path]:
    found = ((_LAST_NUMBER.search(path.stem), path) for path in _pictures(folder))
    by_number = {int(number[0]): path for number, path in found if number}
    missing = next((number for number in numbers if number not in by_number), None)
    if missing is not None:
        raise InputError(folder, f"picture {missing}", "nothing", f"pictures {numbers[0]} to {numbers[-1]}")
    return [by_number[number] for number in numbers]


def _natural(path: Path) -> tuple[list[tuple[int, str]], str]:
    parts = re.split(r"(\d+)", path.name.lower())
    return [(int(part), "") if part.isdecimal() else (-1, part) for part in parts], path.name


def read_picture(path: Path) -> NDArray[np.uint8]:
    """A picture from a file, (H, W, 3) RGB.

    Raises
    ------
    InputError
    """
    try:
        data = np.fromfile(path, np.uint8)
    except OSError as error:
        raise InputError(path, "file", error.strerror or str(error), "a readable picture") from error
    picture = cv2.imdecode(data, cv2.IMREAD_COLOR) if data.size else None
    if picture is None:
        raise InputError(path, "picture", f"{data.size} bytes that do not decode", "a picture")
    return np.asarray(cv2.cvtColor(picture, cv2.COLOR_BGR2RGB), np.uint8)
