"""How a plot shows the grade of its evidence: a marker for each."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from matplotlib.lines import Line2D

from neuromorph_track.hardware import EVIDENCE
from neuromorph_track.reports.style import FAINT

# Round and pointed shapes in turn: neighbours on the ladder must not look alike.
MARKS: dict[str, str] = dict(zip(EVIDENCE, ("*", "o", "s", "D", "^", "v", "X"), strict=True))
SIZES = {"*": 10.0, "o": 7.0, "s": 6.5, "D": 6.0, "^": 7.5, "v": 7.5, "X": 7.5}
MARKER_EDGE = 1.4


def mark_style(grade: str, colour: str, hollow: bool = False) -> dict[str, Any]:
    """Keywords of a matplotlib line that draw the marker of ``grade``, and no line."""
    mark = MARKS[grade]
    return {
        "marker": mark,
        "markersize": SIZES[mark],
        "markeredgewidth": MARKER_EDGE,
        "color": colour,
        "markerfacecolor": "white" if hollow else colour,
        "linestyle": "none",
    }


def evidence_handles(grades: Iterable[str]) -> list[Line2D]:
    """Legend entries for the grades that occur, the strongest first."""
    present = set(grades)
    return [Line2D([], [], label=grade, **mark_style(grade, FAINT)) for grade in EVIDENCE if grade in present]
