"""Who sent when: a dash for each spike."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from matplotlib import rc_context
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator
from numpy.typing import NDArray

from neuromorph_track.reports.picture import Picture
from neuromorph_track.reports.style import FAINT, PALETTE, STYLE

# Inches.
WIDTH, PANEL = 8.0, 1.9
TEXT = 9.0
# Neurons of a panel; more would be a grey area.
MOST = 120
# Points of an inch; half of a dash, in timesteps.
POINTS, HALF = 50, 0.42
UP, DOWN = PALETTE[0], PALETTE[3]


def plot_raster(layers: Mapping[str, NDArray[np.int32]], most: int = MOST) -> Picture:
    """Draw the spikes of some layers, a panel each.

    A spike above zero is blue, one below zero vermilion; the larger its payload, the darker the dash. Of a
    layer with more neurons than ``most`` those are drawn that spiked most often.

    Parameters
    ----------
    layers : mapping of a layer's name to (T, ...) int32
        What its neurons sent in each timestep.
    most : int
        Neurons of a panel.

    Raises
    ------
    ValueError
        When there is no layer.
    """
    if not layers:
        raise ValueError("plot_raster needs at least one layer")
    with rc_context(STYLE):
        picture = Picture(figsize=(WIDTH, PANEL * len(layers) + 0.4), layout="constrained")
        panels = picture.subplots(len(layers), 1, squeeze=False, sharex=True)[:, 0]
        for axes, (name, sent) in zip(panels, layers.items(), strict=True):
            _draw(axes, name, sent.reshape(len(sent), -1), most)
        panels[-1].set_xlabel("timestep")
        panels[-1].xaxis.set_major_locator(MaxNLocator(integer=True))
    return picture


def busiest(sent: NDArray[np.int32], most: int) -> NDArray[np.int64]:
    """Indices of at most ``most`` neurons of (T, N) that spiked, and spiked most often; in order."""
    often = np.count_nonzero(sent, axis=0)
    chosen = np.argsort(-often, kind="stable")[:most]
    return np.sort(chosen[often[chosen] > 0])


def _draw(axes: Axes, name: str, sent: NDArray[np.int32], most: int) -> None:
    chosen = busiest(sent, most)
    steps, rows = np.nonzero(sent[:, chosen])
    values = sent[:, chosen][steps, rows]
    size = np.abs(values) / max(1, int(np.abs(values).max(initial=1)))
    colours = [UP if value > 0 else DOWN for value in values.tolist()]
    thick = min(4.0, POINTS * PANEL / max(1, len(chosen)))
    if len(rows):
        axes.hlines(rows, steps - HALF, steps + HALF, colors=colours, alpha=0.25 + 0.75 * size, lw=thick)
    alive = int(np.count_nonzero(sent.any(axis=0)))
    title = f"{name}: {np.count_nonzero(sent):,} spikes of {alive:,} among {sent.shape[1]:,} neurons"
    if alive > len(chosen):
        title += f"; drawn: the {len(chosen)} busiest"
    axes.set_title(title, size=TEXT, loc="left")
    axes.set_ylabel("neuron", size=TEXT, color=FAINT)
    axes.set_yticks([])
    axes.set_xlim(-0.6, len(sent) - 0.4)
    axes.set_ylim(max(1, len(chosen)) - 0.4, -0.6)
    axes.grid(axis="x")
