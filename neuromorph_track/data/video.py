"""Frames from a video file."""

from __future__ import annotations

import os
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from neuromorph_track.data.pictures import DEFAULT_FPS
from neuromorph_track.errors import InputError
from neuromorph_track.files import file_sha256


class VideoSource:
    """A video, decoded by OpenCV from its start each time it is iterated.

    Parameters
    ----------
    path : Path
        The file.
    max_frames : int, optional
        Stop after that many.

    Raises
    ------
    InputError
        When not even the first frame decodes. A video that breaks off later just ends, and
        :attr:`ended_early` says where.
    """

    def __init__(self, path: Path, max_frames: int | None = None) -> None:
        self._path = path
        self._max_frames = max_frames
        self.name = path.stem
        self.ended_early: str | None = None
        capture = self._open()
        try:
            good, first = capture.read()
            if not good:
                found = f"{path.stat().st_size} bytes that do not decode"
                raise InputError(path, "video", found, "a video that OpenCV can decode")
            fps, frames = capture.get(cv2.CAP_PROP_FPS), capture.get(cv2.CAP_PROP_FRAME_COUNT)
        finally:
            capture.release()
        self.size = (first.shape[1], first.shape[0])
        self.fps = fps if 0 < fps < float("inf") else DEFAULT_FPS
        # Containers without an index report 0 or nonsense below it.
        self._announced = int(frames) if frames >= 1 else None
        bounds = [n for n in (self._announced, max_frames) if n is not None]
        self.frames: int | None = min(bounds) if self._announced is not None else None

    def __iter__(self) -> Iterator[NDArray[np.uint8]]:
        self.ended_early = None
        capture = self._open()
        try:
            for done in count():
                if done == self._max_frames:
                    return
                good, picture = capture.read()
                if not good:
                    self._note_end(done)
                    return
                if picture.shape[1::-1] != self.size:
                    found = "{}x{} in frame {}".format(*picture.shape[1::-1], done + 1)
                    raise InputError(self._path, "frame size", found, "{}x{} as before".format(*self.size))
                yield np.asarray(cv2.cvtColor(picture, cv2.COLOR_BGR2RGB), np.uint8)
        finally:
            capture.release()

    def fingerprint(self) -> str:
        """SHA-256 of the file."""
        return file_sha256(self._path)

    def _open(self) -> cv2.VideoCapture:
        # FFmpeg writes its own complaints to stderr, beside the one line we give the user.
        os.environ.setdefault("OPENCV_FFMPEG_LOGLEVEL", "-8")
        return cv2.VideoCapture(str(self._path))

    def _note_end(self, done: int) -> None:
        if self._announced is not None and done < self._announced:
            self.ended_early = (
                f"{self._path}: {done} frames of the {self._announced} that its header announces"
            )
