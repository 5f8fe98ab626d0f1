"""What neurons hold over time: potentials, the threshold, and the moments of their spikes."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib import rc_context
from matplotlib.ticker import FuncFormatter, MaxNLocator
from numpy.typing import NDArray

from neuromorph_track.reports.picture import Picture
from neuromorph_track.reports.style import FAINT, PALETTE, STYLE
from neuromorph_track.reports.units import format_si

# Inches.
WIDTH, HEIGHT = 8.0, 3.2
TEXT = 9.0


def plot_potentials(
    values: NDArray[np.int64],
    names: Sequence[str],
    title: str,
    spikes: NDArray[np.int32] | None = None,
    threshold: int | None = None,
) -> Picture:
    """Draw a line for each neuron.

    Parameters
    ----------
    values : (T, N) integers
        Potential after each timestep.
    names : sequence of str
        One for each neuron.
    title : str
    spikes : (T, N) int32, optional
        What the neurons sent; a mark stands where that is not zero.
    threshold : int, optional
    """
    steps = np.arange(len(values))
    with rc_context(STYLE):
        picture = Picture(figsize=(WIDTH, HEIGHT), layout="constrained")
        axes = picture.subplots()
        if threshold is not None:
            axes.axhline(threshold, color=FAINT, lw=1, ls="--", label="threshold")
        for place, name in enumerate(names):
            colour = PALETTE[place % len(PALETTE)]
            axes.plot(steps, values[:, place], color=colour, lw=1.4, label=name, drawstyle="steps-mid")
            if spikes is not None:
                sent = np.flatnonzero(spikes[:, place])
                # After its spike a neuron has less than it had.
                height = values[sent, place] if threshold is None else np.full(len(sent), threshold)
                axes.plot(sent, height, ls="", marker="o", ms=4, color=colour)
        axes.set_title(title, size=10, loc="left", weight="bold")
        axes.set_xlabel("timestep" if spikes is None else "timestep; dots: the neuron sent a spike")
        axes.set_ylabel("potential")
        axes.xaxis.set_major_locator(MaxNLocator(integer=True))
        axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: format_si(value)))
        axes.grid(axis="y")
        axes.legend(loc="upper left", bbox_to_anchor=(1.0, 1.0), fontsize=TEXT)
    return picture
