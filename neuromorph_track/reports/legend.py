"""Legends along the bottom of a picture, in as many rows as they need."""

from __future__ import annotations

from collections.abc import Sequence

from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from neuromorph_track.reports.text_fit import text_width

# Inches, and points of the text.
ROW, SYMBOL, BOTTOM = 0.23, 0.72, 0.06
TEXT = 9.0


def legend_rows(handles: Sequence[Line2D], inches: float) -> list[list[Line2D]]:
    """Entries in rows that are at most ``inches`` wide."""
    rows: list[list[Line2D]] = []
    room = 0.0
    for handle in handles:
        wide = text_width(str(handle.get_label()), TEXT) + SYMBOL
        if wide > room:
            rows.append([])
            room = inches
        rows[-1].append(handle)
        room -= wide
    return rows


def write_legends(picture: Figure, rows: Sequence[Sequence[Line2D]], left: float) -> None:
    """Put rows of entries at the bottom of the picture, ``left`` inches from its edge."""
    width, height = picture.get_size_inches()
    for number, row in enumerate(reversed(rows)):
        legend = picture.legend(
            handles=list(row),
            loc="lower left",
            ncols=len(row),
            bbox_to_anchor=((left - 0.1) / width, (BOTTOM + number * ROW) / height),
            fontsize=TEXT,
            borderpad=0.2,
        )
        for text in legend.get_texts():
            text.set_parse_math(False)
