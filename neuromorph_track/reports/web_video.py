"""A run's video as browsers play it, within a number of bytes."""

from __future__ import annotations

import math
from dataclasses import dataclass
from io import BytesIO
from os import PathLike
from pathlib import Path

import av
from av.container import InputContainer
from av.video.stream import VideoStream

from neuromorph_track.errors import InputError

# What every browser of today plays in an MP4 file.
PLAYED = ("h264", "yuv420p")
WIDEST = 960
# An encoder that aims at a rate misses it by some per cent.
AIM = 0.85
LEAST_RATE = 20_000
TRIES = 4
# Every so many frames one that needs no other, so that a click on the timeline is answered at once.
KEY_EVERY = 25


@dataclass(frozen=True)
class Clip:
    """A video inside a page.

    Attributes
    ----------
    data : bytes
        An MP4 file.
    fps : float
    size : (width, height)
    encoded_again : bool
        Whether these are not the run's own bytes.
    """

    data: bytes
    fps: float
    size: tuple[int, int]
    encoded_again: bool


def web_clip(path: str | PathLike[str], most: int) -> Clip:
    """The video at ``path`` in at most ``most`` bytes; encoded again only where it must be.

    Raises
    ------
    InputError
        When it is no video, or too long for so few bytes.
    """
    try:
        return _clip(Path(path), most)
    except (av.FFmpegError, OSError) as error:
        raise InputError(path, "video", error.strerror or str(error), "what a run writes there") from error


def _clip(path: Path, most: int) -> Clip:
    with av.open(str(path)) as container:
        if not container.streams.video:
            raise InputError(path, "video", "no pictures", "what a run writes there")
        stream = container.streams.video[0]
        fps, size = float(stream.average_rate or 0), (stream.width, stream.height)
        if not (0 < fps < math.inf and stream.frames > 0):
            raise InputError(path, "video", f"{stream.frames} frames at {fps:g}/s", "frames and their rate")
        seconds, played = stream.frames / fps, (stream.codec_context.name, stream.pix_fmt) == PLAYED
    if played and path.stat().st_size <= most:
        return Clip(path.read_bytes(), fps, size, False)
    rate = min(AIM * most * 8 / seconds, 4e6)
    for _ in range(TRIES):
        if rate < LEAST_RATE:
            break
        with av.open(str(path)) as container:
            data, size = _encoded(container, container.streams.video[0], rate)
        if len(data) <= most:
            return Clip(data, fps, size, True)
        rate *= AIM * most / len(data)
    raise InputError(path, "video", f"{seconds:.0f} s", f"a video that fits into {most:,} bytes")


def _encoded(source: InputContainer, stream: VideoStream, rate: float) -> tuple[bytes, tuple[int, int]]:
    """The pictures of ``stream`` at so many bits per second, no wider than a page shows them."""
    shrink = min(1.0, WIDEST / stream.width)
    # yuv420p halves the colour planes, so both sides must be even.
    width, height = (max(2, round(side * shrink / 2) * 2) for side in (stream.width, stream.height))
    file = BytesIO()
    with av.open(file, "w", format="mp4") as container:
        target = container.add_stream("libx264", rate=stream.average_rate)
        target.width, target.height, target.pix_fmt = width, height, "yuv420p"
        target.bit_rate = int(rate)
        target.options = {"preset": "veryfast", "g": str(KEY_EVERY)}
        for frame in source.decode(stream):
            frame.pts = None
            container.mux(target.encode(frame.reformat(width, height, "yuv420p")))
        container.mux(target.encode())
    return file.getvalue(), (width, height)
