"""A run's video as browsers play it, within a number of bytes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from fractions import Fraction
from io import BytesIO
from os import PathLike
from pathlib import Path

import av

from neuromorph_track.errors import InputError, JobError

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
    JobError
        When it can be read, but not be encoded again.
    """
    path = Path(path)
    with _reading(path), av.open(str(path)) as container:
        if not container.streams.video:
            raise InputError(path, "video", "no pictures", "what a run writes there")
        stream = container.streams.video[0]
        rate, size = stream.average_rate or Fraction(0), (stream.width, stream.height)
        if not (rate > 0 and stream.frames > 0):
            found = f"{stream.frames} frames at {float(rate):g}/s"
            raise InputError(path, "video", found, "frames and their rate")
        played = (stream.codec_context.name, stream.pix_fmt) == PLAYED
        if played and path.stat().st_size <= most:
            return Clip(path.read_bytes(), float(rate), size, False)
        seconds = float(stream.frames / rate)
    shrink = min(1.0, WIDEST / size[0])
    # yuv420p halves the colour planes, so both sides must be even.
    width, height = (max(2, round(side * shrink / 2) * 2) for side in size)
    return Clip(_smaller(path, rate, (width, height), seconds, most), float(rate), (width, height), True)


def _smaller(path: Path, rate: Fraction, size: tuple[int, int], seconds: float, most: int) -> bytes:
    """The pictures at fewer and fewer bits per second, until they fit."""
    bits = min(AIM * most * 8 / seconds, 4e6)
    for _ in range(TRIES):
        if bits < LEAST_RATE:
            break
        try:
            data = _encoded(_pictures(path), rate, size, bits)
        except av.FFmpegError as error:
            # Reading has its own error: the file is sound, and the encoder is not the user's.
            reason = error.strerror or str(error)
            hint = "--no-video leaves the videos out"
            raise JobError(f"{path}: cannot be encoded again for the page: {reason}", hint) from error
        if len(data) <= most:
            return data
        bits *= AIM * most / len(data)
    raise InputError(path, "video", f"{seconds:.0f} s", f"a video that fits into {most:,} bytes")


@contextmanager
def _reading(path: Path) -> Iterator[None]:
    try:
        yield
    except (av.FFmpegError, OSError) as error:
        raise InputError(path, "video", error.strerror or str(error), "what a run writes there") from error


def _pictures(path: Path) -> Iterator[av.VideoFrame]:
    with _reading(path), av.open(str(path)) as container:
        yield from container.decode(video=0)


def _encoded(pictures: Iterable[av.VideoFrame], rate: Fraction, size: tuple[int, int], bits: float) -> bytes:
    """An MP4 file of the pictures, so many bits per second and none of the source's times."""
    file = BytesIO()
    with av.open(file, "w", format="mp4") as container:
        target = container.add_stream("libx264", rate=rate)
        (target.width, target.height), target.pix_fmt = size, "yuv420p"
        target.bit_rate = int(bits)
        target.options = {"preset": "veryfast", "g": str(KEY_EVERY)}
        for number, picture in enumerate(pictures):
            frame = picture.reformat(*size, "yuv420p")
            # Left to the encoder, times repeat, and of some hundred frames on the file is refused.
            frame.pts, frame.time_base = number, 1 / rate
            container.mux(target.encode(frame))
        container.mux(target.encode())
    return file.getvalue()
