"""Some pictures beside each other."""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil

import numpy as np
from matplotlib import rc_context
from numpy.typing import NDArray

from neuromorph_track.reports.picture import Picture
from neuromorph_track.reports.style import STYLE
from neuromorph_track.reports.text_fit import clip

# Inches.
WIDTH, TITLE = 9.0, 0.26
TEXT = 9.0


def plot_pictures(pictures: Sequence[NDArray[np.uint8]], titles: Sequence[str], columns: int = 3) -> Picture:
    """Draw pictures, (H, W, 3) uint8 RGB, in rows of ``columns``, a title over each.

    Raises
    ------
    ValueError
        When there is none.
    """
    if not pictures:
        raise ValueError("plot_pictures needs at least one picture")
    columns = min(columns, len(pictures))
    rows = ceil(len(pictures) / columns)
    side = WIDTH / columns
    shape = max(picture.shape[0] / picture.shape[1] for picture in pictures)
    with rc_context(STYLE):
        figure = Picture(figsize=(WIDTH, rows * (side * shape + TITLE)), layout="constrained")
        panels = figure.subplots(rows, columns, squeeze=False).ravel()
        for axes in panels:
            axes.set_axis_off()
        for axes, picture, title in zip(panels, pictures, titles, strict=False):
            axes.imshow(picture, interpolation="nearest" if picture.shape[1] < 400 else "antialiased")
            axes.set_title(clip(title, side - 0.2, TEXT), size=TEXT, loc="left")
    return figure
