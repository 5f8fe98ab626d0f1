"""Where the time of a tracker goes."""

from __future__ import annotations

from collections.abc import Mapping

from matplotlib import rc_context

from neuromorph_track.reports.picture import Picture
from neuromorph_track.reports.style import PALETTE, STYLE

# Inches.
WIDTH, ROW, EDGE = 7.0, 0.32, 0.9
TEXT = 9.0


def plot_stages(seconds: Mapping[str, float], frames: int) -> Picture:
    """Draw a bar for each stage: microseconds per frame."""
    each = [1e6 * value / max(1, frames) for value in seconds.values()]
    with rc_context(STYLE):
        picture = Picture(figsize=(WIDTH, ROW * max(1, len(each)) + EDGE), layout="constrained")
        axes = picture.subplots()
        axes.barh(range(len(each)), each, color=PALETTE[0])
        for place, value in enumerate(each):
            axes.text(value, place, f" {value:,.0f}", va="center", size=TEXT)
        axes.set_yticks(range(len(each)), list(seconds), size=TEXT)
        axes.invert_yaxis()
        axes.margins(x=0.12)
        axes.set_title("Time of the tracker by stage", size=10, loc="left", weight="bold")
        axes.set_xlabel("µs per frame")
    return picture
