"""A logarithmic axis of joules that always has numbers, and never so many that they touch."""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil, floor, log10

from matplotlib.axes import Axes
from matplotlib.ticker import FixedLocator, FuncFormatter, NullLocator

from neuromorph_track.profiling import Interval
from neuromorph_track.reports.units import format_si

# What an empty axis shows, J.
EMPTY = (1e-6, 1e-3)
MARGIN = 1.6
FEW = 3
# Numbers within a decade, where powers of ten alone would be too few.
DIGITS: tuple[tuple[float, ...], ...] = (
    (1, 3),
    (1, 2, 5),
    (1, 1.5, 2, 3, 5, 7),
    (1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6, 8),
)


def joule_axis(axes: Axes, intervals: Sequence[Interval], most: int) -> None:
    """Make the x axis hold ``intervals`` (each above 0 J), with at most ``most`` numbers."""
    edges = [edge for interval in intervals for edge in (interval.p5, interval.p95)] or EMPTY
    low, high = min(edges) / MARGIN, max(edges) * MARGIN
    axes.set_xscale("log")
    axes.set_xlim(low, high)
    axes.xaxis.set_major_locator(FixedLocator(joule_ticks(low, high, most)))
    axes.xaxis.set_minor_locator(NullLocator())
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: format_si(value, "J")))
    axes.grid(axis="x")


def joule_ticks(low: float, high: float, most: int) -> list[float]:
    """Round numbers from ``low`` to ``high``; within one decade matplotlib's own would touch each other."""
    decades = range(floor(log10(low)), ceil(log10(high)) + 1)

    def within(digits: tuple[float, ...], step: int = 1) -> list[float]:
        every = [digit * 10.0**decade for decade in decades if decade % step == 0 for digit in digits]
        return [tick for tick in every if low <= tick <= high]

    step = 1
    while len(ticks := within((1,), step)) > most:
        step += 1
    for digits in DIGITS:
        if len(ticks) >= FEW:
            break
        more = _apart(within(digits), (high / low) ** (1 / (most + 1)))
        if len(ticks) < len(more) <= most:
            ticks = more
    return ticks


def _apart(ticks: Sequence[float], factor: float) -> list[float]:
    """Those that are at least a ``factor`` above the one before."""
    kept: list[float] = []
    for tick in ticks:
        if not kept or tick >= kept[-1] * factor:
            kept.append(tick)
    return kept
