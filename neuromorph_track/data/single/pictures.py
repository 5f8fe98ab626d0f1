"""Frames of a sequence from a folder of pictures, which is not looked into before it is used."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from neuromorph_track.data.pictures import DEFAULT_FPS, PictureSource
from neuromorph_track.errors import InputError


class SequencePictures:
    """The pictures that belong to the boxes of a sequence.

    Benchmarks have thousands of sequences with thousands of pictures each; to find them takes as long as to
    read their text files.

    Parameters
    ----------
    folder : Path
    count : int
        Pictures there should be, one for each box.
    first : int, optional
        Number in the name of the first one, where the folder has pictures that do not belong to the sequence.
    fps : float
    name : str, optional
        Without it the folder's.
    """

    ended_early: str | None = None

    def __init__(
        self,
        folder: Path,
        count: int,
        first: int | None = None,
        fps: float = DEFAULT_FPS,
        name: str | None = None,
    ) -> None:
        self.folder, self.first, self.fps = folder, first, fps
        self.name = name or folder.name
        self.frames: int | None = count

    def __iter__(self) -> Iterator[NDArray[np.uint8]]:
        return iter(self.source)

    def __getitem__(self, index: int) -> NDArray[np.uint8]:
        """Picture ``index``, (H, W, 3) RGB."""
        return self.source[index]

    def fingerprint(self) -> str:
        """SHA-256 of the names and contents of the pictures."""
        return self.source.fingerprint()

    @cached_property
    def size(self) -> tuple[int, int]:
        """Width and height of the first picture."""
        return self.source.size

    @property
    def paths(self) -> tuple[Path, ...]:
        """The files, in order."""
        return self.source.paths

    @cached_property
    def source(self) -> PictureSource:
        """The folder, opened.

        Raises
        ------
        InputError
            When it has not the pictures that the boxes belong to.
        """
        count = self.frames or 0
        every = PictureSource(self.folder)
        if every.frames == count:
            return every
        if self.first is None:
            raise InputError(
                self.folder, "pictures", str(every.frames), f"{count}, as many as there are boxes"
            )
        return PictureSource(self.folder, numbers=range(self.first, self.first + count))


def count_pictures(folder: Path) -> int:
    """Pictures in a folder, for sequences whose truth is withheld.

    Raises
    ------
    InputError
        When there are none.
    """
    return PictureSource(folder).frames or 0
