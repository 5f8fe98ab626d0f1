"""Events for people: what became brighter in vermilion, what became darker in blue."""

from __future__ import annotations

from collections.abc import Iterator
from os import PathLike
from typing import Literal

import numpy as np
from matplotlib import rc_context
from matplotlib.figure import Figure
from matplotlib.patches import Patch
from matplotlib.ticker import StrMethodFormatter
from numpy.typing import NDArray

from neuromorph_track.data.detections import Tracks
from neuromorph_track.data.events import EventStream
from neuromorph_track.data.events.pictures import CountCanvas, closed_windows
from neuromorph_track.data.events.summary import EventSummary
from neuromorph_track.files import atomic_path
from neuromorph_track.reports.style import FAINT, PALETTE, STYLE, rgb
from neuromorph_track.reports.video import AnnotatedVideo

Background = Literal["white", "dark"]
Picture = NDArray[np.uint8]

# Told apart by people with any colour vision; on a dark ground the paler blue of the palette.
BRIGHTER = PALETTE[3]
DARKER = {"white": PALETTE[0], "dark": PALETTE[4]}
GROUND = {"white": (255, 255, 255), "dark": (16, 16, 16)}
# One event must be seen, many must not look the same as one.
FIRST_EVENT, NEXT_EVENT = 0.7, 0.1
# A flash when a recording begins would press all else to the ground.
USUAL, ABOVE_USUAL = 0.99, 3.0
# Inches.
WIDTH, RATE_HEIGHT = 8.0, 3.2
TEXT = 9.0


def event_picture(counted: NDArray[np.int64], background: Background) -> Picture:
    """A pixel has the colour of the sign it has more events of, stronger for more.

    Parameters
    ----------
    counted : (2, height, width) int64
        Events that became darker and brighter.

    Returns
    -------
    (height, width, 3) uint8
    """
    darker, brighter = counted
    strength = FIRST_EVENT + NEXT_EVENT * (np.maximum(darker, brighter) - 1)
    share = np.where(darker + brighter > 0, np.minimum(strength, 1.0), 0.0)[..., None]
    colours = np.where((brighter >= darker)[..., None], rgb(BRIGHTER), rgb(DARKER[background]))
    mixed = share * colours + (1 - share) * np.array(GROUND[background])
    return np.rint(mixed).astype(np.uint8)


def save_event_picture(
    picture: Picture, title: str, path: str | PathLike[str], background: Background
) -> None:
    """Write a picture of events under its title, with what its colours mean.

    Raises
    ------
    JobError
        When the file cannot be written.
    """
    height, width = picture.shape[:2]
    with rc_context(STYLE):
        figure = Figure(figsize=(WIDTH, WIDTH * height / width), layout="constrained")
        axes = figure.subplots()
        axes.imshow(picture, interpolation="nearest")
        axes.set_xticks([0, width - 1])
        axes.set_yticks([0, height - 1])
        axes.set_title(title, size=TEXT, loc="left")
        told = [Patch(color=BRIGHTER, label="brighter"), Patch(color=DARKER[background], label="darker")]
        axes.legend(handles=told, loc="upper center", bbox_to_anchor=(0.5, -0.01), ncols=2, fontsize=TEXT)
        with atomic_path(path) as temporary:
            figure.savefig(temporary)


def save_event_video(
    stream: EventStream, window_us: int, path: str | PathLike[str], fps: float, background: Background
) -> Iterator[int]:
    """Write an MP4 with a picture for each window; gives how many there are after each.

    Parameters
    ----------
    fps : float
        Pictures per second of the video, whatever the windows' length: 25 of 10 ms are four times slower.

    Raises
    ------
    InputError
        Where the stream's file is broken.
    JobError
        When the file cannot be written, or there are no events.
    """
    size = (stream.width, stream.height)
    with AnnotatedVideo(path, fps, size) as video:
        counted = closed_windows(stream, window_us, CountCanvas(size))
        for number, each in enumerate(counted, start=1):
            video.write(event_picture(each.astype(np.int64), background), Tracks.empty())
            yield number


def save_rate(summary: EventSummary, name: str, path: str | PathLike[str]) -> None:
    """Plot events per second over time, brighter and darker apart.

    Raises
    ------
    JobError
        When the file cannot be written.
    """
    with rc_context(STYLE):
        figure = Figure(figsize=(WIDTH, RATE_HEIGHT), layout="constrained")
        axes = figure.subplots()
        edges = np.arange(len(summary.rate) + 1) * (summary.bin_us / 1e6)
        per_second = summary.rate * (1e6 / summary.bin_us)
        for column, colour, label in ((1, BRIGHTER, "brighter"), (0, DARKER["white"], "darker")):
            axes.stairs(per_second[:, column], edges, color=colour, label=label, lw=1.2)
        highest, usual = per_second.max(initial=1.0), np.quantile(per_second, USUAL) if len(per_second) else 0
        top = 1.05 * (ABOVE_USUAL * usual if highest > ABOVE_USUAL * usual > 0 else highest)
        hidden = f", the peak of {highest:,.0f} cut off" if highest > top else ""
        axes.set_ylim(0, top)
        axes.yaxis.set_major_formatter(StrMethodFormatter("{x:,.0f}"))
        axes.set_xlabel("seconds")
        axes.set_ylabel("events per second")
        title = f"{name}, bins of {summary.bin_us / 1000:g} ms{hidden}"
        axes.set_title(title, size=TEXT, loc="left", color=FAINT)
        axes.grid(axis="y")
        axes.legend(loc="upper right", fontsize=TEXT)
        with atomic_path(path) as temporary:
            figure.savefig(temporary)
