"""How a training went: its loss, and how much its layers sent."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib import rc_context

from neuromorph_track.reports.picture import Picture
from neuromorph_track.reports.style import PALETTE, STYLE

# Inches.
WIDTH, HEIGHT = 9.0, 3.2
TEXT = 8.0


def plot_training(lines: Sequence[Mapping[str, Any]]) -> Picture:
    """Draw the loss over the steps, and beside it the spikes of each layer.

    Parameters
    ----------
    lines : sequence of mapping
        Of ``log.jsonl``, with ``step``, ``loss`` and ``sent`` (spikes per neuron and frame, by layer).

    Raises
    ------
    ValueError
        When there is no line.
    """
    if not lines:
        raise ValueError("plot_training needs at least one line of a log")
    steps = [line["step"] for line in lines]
    sent = np.array([line["sent"] for line in lines], float)
    with rc_context(STYLE):
        picture = Picture(figsize=(WIDTH, HEIGHT), layout="constrained")
        left, right = picture.subplots(1, 2)
        loss = [np.nan if line["loss"] is None else line["loss"] for line in lines]
        left.plot(steps, loss, color=PALETTE[0], lw=1.6, marker="o" if len(steps) < 12 else None)
        left.set_title("Loss", size=10, loc="left", weight="bold")
        for place, column in enumerate(sent.T):
            colour = PALETTE[place % len(PALETTE)]
            stroke = ("-", "--", ":")[place // len(PALETTE) % 3]
            right.plot(steps, column, color=colour, ls=stroke, lw=1.3, label=str(place))
        right.set_title("Spikes per neuron and frame", size=10, loc="left", weight="bold")
        right.legend(
            title="layer",
            fontsize=TEXT,
            title_fontsize=TEXT,
            ncols=2,
            loc="upper left",
            bbox_to_anchor=(1.0, 1.0),
        )
        for axes in (left, right):
            axes.set_xlabel("step")
            axes.set_ylim(bottom=0)
            axes.grid(axis="y")
    return picture
