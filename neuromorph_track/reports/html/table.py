"""A table of a page: cells with what they are sorted by, shares as bars, intervals on one axis."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import log
from typing import Literal

from neuromorph_track.profiling import Interval
from neuromorph_track.reports.evidence_marks import MARKS
from neuromorph_track.reports.joule_axis import EMPTY, MARGIN, joule_ticks
from neuromorph_track.reports.units import format_si

Kind = Literal["text", "number", "plot"]

MOST_TICKS = 4
# Outlines around the origin for matplotlib's markers, in pixels.
_OUTLINES = {
    "*": "M0-6 1.5-2 5.7-1.9 2.4.8 3.5 4.9 0 2.5-3.5 4.9-2.4.8-5.7-1.9-1.5-2Z",
    "o": "M-4 0a4 4 0 1 0 8 0a4 4 0 1 0-8 0Z",
    "s": "M-3.6-3.6H3.6V3.6H-3.6Z",
    "D": "M0-5 5 0 0 5-5 0Z",
    "^": "M0-4.6 4.6 3.6H-4.6Z",
    "v": "M0 4.6 4.6-3.6H-4.6Z",
    "X": "M-4.4-2.2-2.2-4.4 0-2.2 2.2-4.4 4.4-2.2 2.2 0 4.4 2.2 2.2 4.4 0 2.2-2.2 4.4-4.4 2.2-2.2 0Z",
}
OUTLINES = {grade: _OUTLINES[mark] for grade, mark in MARKS.items()}
"""Grade of evidence -> outline of its mark, the same shapes as in the plots."""


@dataclass(frozen=True)
class Mark:
    """An interval on the axis of its table; ``left``, ``middle`` and ``right`` in per cent of it."""

    label: str
    tone: str
    outline: str
    left: float
    middle: float
    right: float
    hollow: bool = False


@dataclass(frozen=True)
class Cell:
    """One cell.

    Attributes
    ----------
    text, small : str
        What stands there, and the small print below.
    sort : float or str or None
        What its column is sorted by; None comes last.
    share : float or None
        Length of a bar behind the text, 0 to 1.
    marks : tuple of Mark
    tone : str
        ``alarm`` or ``faint``.
    """

    text: str = ""
    small: str = ""
    sort: float | str | None = None
    share: float | None = None
    marks: tuple[Mark, ...] = ()
    tone: str = ""


@dataclass(frozen=True)
class Column:
    """A column's name, its small print, and whether it holds words, numbers or intervals."""

    name: str
    small: str = ""
    kind: Kind = "number"


@dataclass(frozen=True)
class Tick:
    """A number of the axis of intervals, and its place in per cent."""

    text: str
    place: float


@dataclass(frozen=True)
class Table:
    """Rows under columns; ``foot`` rows stay last whatever is sorted."""

    caption: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    foot: tuple[tuple[Cell, ...], ...] = ()
    notes: tuple[str, ...] = ()
    ticks: tuple[Tick, ...] = ()
    grades: tuple[str, ...] = ()
    tones: tuple[tuple[str, str], ...] = ()


class JouleAxis:
    """A logarithmic axis that holds some intervals; 0 J has no place on it."""

    def __init__(self, intervals: Sequence[Interval | None]) -> None:
        drawn = [each for each in intervals if each is not None and each.p5 > 0]
        edges = [edge for each in drawn for edge in (each.p5, each.p95)] or EMPTY
        self.low, self.high = min(edges) / MARGIN, max(edges) * MARGIN

    def place(self, joules: float) -> float:
        """Per cent of the axis."""
        return round(100 * log(joules / self.low) / log(self.high / self.low), 2)

    def mark(
        self, label: str, tone: str, grade: str | None, interval: Interval | None, hollow: bool = False
    ) -> tuple[Mark, ...]:
        """The mark of an interval, or nothing where none can be drawn."""
        if interval is None or grade is None or not interval.p5 > 0:
            return ()
        left, middle, right = (self.place(edge) for edge in (interval.p5, interval.p50, interval.p95))
        return (Mark(label, tone, OUTLINES[grade], left, middle, right, hollow),)

    @property
    def ticks(self) -> tuple[Tick, ...]:
        values = joule_ticks(self.low, self.high, MOST_TICKS)
        return tuple(Tick(format_si(value, "J"), self.place(value)) for value in values)
