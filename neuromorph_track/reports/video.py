"""``annotated.mp4``: H.264 that browsers play."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack
from fractions import Fraction
from os import PathLike
from pathlib import Path
from types import TracebackType

import av
import numpy as np
from av.container import OutputContainer
from av.video.stream import VideoStream

from neuromorph_track.data.detections import Tracks
from neuromorph_track.errors import JobError
from neuromorph_track.files import atomic_path
from neuromorph_track.reports.annotate import Annotator, Frame, upscale_factor


class AnnotatedVideo:
    """Write frames with their tracks to an MP4 file.

    A context manager: the file appears when the block ends well, and not at all otherwise. Small pictures
    are enlarged by a whole number so that labels can be read.

    Parameters
    ----------
    path : path
    fps : float
        Frames per second.
    size : (width, height)
        Of the frames that will be written, in pixels.
    class_names : sequence of str
    trail : int
        Frames for which the path of a box stays visible; 0 draws none.

    Raises
    ------
    JobError
        When the file cannot be written, or the block ends without a frame.
    """

    def __init__(
        self,
        path: str | PathLike[str],
        fps: float,
        size: tuple[int, int],
        class_names: Sequence[str] = (),
        trail: int = 20,
    ) -> None:
        self.path = Path(path)
        self.fps = Fraction(fps).limit_denominator(1001)
        self.size = size
        self._annotator = Annotator(class_names, upscale_factor(size), trail)
        self._resources = ExitStack()
        self._container: OutputContainer | None = None
        self._stream: VideoStream | None = None
        self._frames = 0

    def __enter__(self) -> AnnotatedVideo:
        with ExitStack() as resources:
            temporary = resources.enter_context(atomic_path(self.path))
            self._container = av.open(str(temporary), "w", options={"movflags": "+faststart"})
            self._stream = self._container.add_stream("libx264", rate=self.fps)
            # yuv420p halves the colour planes, so both sides must be even.
            width, height = (side * self._annotator.scale + 1 & ~1 for side in self.size)
            self._stream.width, self._stream.height = width, height
            self._stream.pix_fmt = "yuv420p"
            self._stream.options = {"crf": "20", "preset": "veryfast"}
            resources.push(self._close)
            self._resources = resources.pop_all()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._resources.__exit__(kind, error, trace)

    def write(self, frame: Frame, tracks: Tracks) -> None:
        """Add one frame, (height, width, 3) uint8 RGB, with its tracks."""
        if frame.shape != (self.size[1], self.size[0], 3):
            raise ValueError(f"frame of shape {frame.shape} in a video of {self.size[0]}x{self.size[1]}")
        assert self._stream is not None
        picture = self._annotator.draw(frame, tracks)
        right, bottom = self._stream.width - picture.shape[1], self._stream.height - picture.shape[0]
        padded: Frame = np.pad(picture, ((0, bottom), (0, right), (0, 0)), mode="edge")
        self._encode(av.VideoFrame.from_ndarray(padded, format="rgb24"))
        self._frames += 1

    def _encode(self, picture: av.VideoFrame | None) -> None:
        assert self._container is not None
        assert self._stream is not None
        try:
            self._container.mux(self._stream.encode(picture))
        except (av.FFmpegError, OSError) as error:
            raise JobError(f"{self.path}: cannot be written: {error.strerror or error}") from error

    def _close(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._container is not None
        if kind is None and self._frames == 0:
            raise JobError(f"{self.path}: there was no frame to write")
        try:
            if kind is None:
                self._encode(None)
            self._container.close()
        except (av.FFmpegError, OSError) as fault:
            raise JobError(f"{self.path}: cannot be written: {fault.strerror or fault}") from fault
