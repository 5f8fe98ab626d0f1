"""What a network did over time: a bar for each frame or timestep, a colour for each layer."""

from __future__ import annotations

import numpy as np
from matplotlib import rc_context
from matplotlib.ticker import FuncFormatter, MaxNLocator

from neuromorph_track.backends.activity import Activity, LayerActivity
from neuromorph_track.reports.picture import Picture
from neuromorph_track.reports.style import FAINT, PALETTE, STYLE
from neuromorph_track.reports.units import format_si

# Inches.
WIDTH, HEIGHT = 8.0, 3.4
TEXT = 9.0
# A first bar that is higher than the others by more than this is cut off, and says so.
TALL = 1.5
ROOM = 1.15


def plot_activity(activity: Activity, count: str = "synops", unit: str = "frame") -> Picture:
    """Draw one of the counts, by layer.

    Parameters
    ----------
    activity : Activity
    count : str
        One of :attr:`~neuromorph_track.backends.activity.Activity.COUNTS`.
    unit : str
        What an entry of the counts is: ``frame`` or ``timestep``.

    Raises
    ------
    ValueError
        When there is no such count, or nothing to draw.
    """
    if count not in Activity.COUNTS or not activity.frames:
        raise ValueError(
            f"{count!r} of {activity.frames} {unit}s; the counts are {', '.join(Activity.COUNTS)}"
        )
    named = _largest(activity, count)
    # Frames count from 1, as in MOTChallenge; timesteps from 0.
    first = int(unit == "frame")
    places = np.arange(first, activity.frames + first)
    total = activity.total(count)
    with rc_context(STYLE):
        picture = Picture(figsize=(WIDTH, HEIGHT), layout="constrained")
        axes = picture.subplots()
        below = np.zeros(activity.frames)
        for (name, values), colour in zip(named.items(), (*PALETTE, FAINT), strict=False):
            axes.bar(places, values, bottom=below, width=0.9, color=colour, label=name)
            below += values
        top = float(total[1:].max()) if activity.frames > 1 else float(total[0])
        cut = top > 0 and total[0] > TALL * top
        axes.set_ylim(0, max(1.0, ROOM * (top if cut else float(total.max()))))
        what = count.replace("_", " ")
        title = f"{what.capitalize()} per {unit}"
        if cut:
            title += f" ({unit} {first} goes up to {format_si(float(total[0]))}: it fills the network)"
        axes.set_title(title, size=10, loc="left", weight="bold")
        axes.set_xlim(first - 0.6, activity.frames + first - 0.4)
        axes.set_xlabel(unit)
        axes.set_ylabel(what)
        axes.xaxis.set_major_locator(MaxNLocator(integer=True))
        axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: format_si(value)))
        axes.grid(axis="y")
        axes.legend(loc="upper left", bbox_to_anchor=(1.0, 1.0), fontsize=TEXT, title="layer", reverse=True)
    return picture


def _largest(activity: Activity, count: str) -> dict[str, np.ndarray]:
    """As many layers as there are colours, in the network's order, the smaller ones added up."""

    def size(layer: LayerActivity) -> int:
        return int(getattr(layer, count)[1:].sum() if activity.frames > 1 else getattr(layer, count).sum())

    active = [layer for layer in activity.layers if getattr(layer, count).any()] or list(activity.layers[:1])
    kept = sorted(active, key=size)[-len(PALETTE) :]
    named = {layer.name: getattr(layer, count) for layer in active if layer in kept}
    others = [getattr(layer, count) for layer in active if layer not in kept]
    return named | ({"others": np.sum(others, axis=0)} if others else {})
