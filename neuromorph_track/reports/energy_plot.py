"""One picture: energy per frame by chip, on a logarithmic axis, with intervals."""

from __future__ import annotations

from collections.abc import Sequence
from os import PathLike
from textwrap import fill
from typing import Any

from matplotlib import rc_context
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import FuncFormatter, LogLocator, NullLocator

from neuromorph_track.files import atomic_path
from neuromorph_track.profiling import EnergyReport, Interval
from neuromorph_track.reports.style import FAINT, GRID, PALETTE, STYLE
from neuromorph_track.reports.tables import evidence_text
from neuromorph_track.reports.units import format_interval, format_si

DYNAMIC, TOTAL = PALETTE[0], PALETTE[3]
# Inches, so that text keeps its distances whatever the number of chips.
WIDTH, ROW, TOP, BOTTOM = 10.0, 0.78, 0.72, 0.95
AXES_LEFT, AXES_WIDTH = 0.36, 0.45
LABEL_X, VALUE_X, RULE_END = -0.755, 1.03, 1.38  # in widths of the axes
SMALL_PRINT_COLUMNS = 62


def plot_energy(reports: Sequence[EnergyReport], path: str | PathLike[str], title: str | None = None) -> None:
    """Draw the steady-state energy per frame of each chip to ``path`` (PNG, SVG or PDF by its suffix).

    A circle is the dynamic energy, a diamond the total, a bar P5 to P95; hollow markers belong to the dense
    twin, which is another computation. What is not priced is printed under each chip's name.

    Raises
    ------
    ValueError
        When there is nothing to draw.
    JobError
        When the file cannot be written.
    """
    if not reports:
        raise ValueError("plot_energy needs at least one report")
    with rc_context(STYLE):
        height = TOP + ROW * len(reports) + BOTTOM
        figure = Figure(figsize=(WIDTH, height))
        axes = figure.add_axes((AXES_LEFT, BOTTOM / height, AXES_WIDTH, ROW * len(reports) / height))
        for row, report in enumerate(reports):
            _draw_row(axes, row, report)
        _finish_axes(axes, reports)
        figure.text(0.02, 1 - 0.16 / height, title or headline(reports), size=12.5, weight="bold", va="top")
        figure.text(0.02, 1 - 0.44 / height, _subtitle(reports), size=9, color=FAINT, va="top")
        with atomic_path(path) as temporary:
            figure.savefig(temporary)


def headline(reports: Sequence[EnergyReport]) -> str:
    """What the picture says, in one line."""
    shares = []
    for report in reports:
        energy = report.steady_state
        if not report.dense_equivalent and energy.static and energy.total and energy.total.p50 > 0:
            share = energy.static.p50 / energy.total.p50
            shares.append((_percent(share), report.name))
    if not shares:
        return "Energy per frame by chip"
    text = f"Static power is {shares[0][0]} of a frame's energy on {shares[0][1]}"
    return text + "".join(f", {share} on {name}" for share, name in shares[1:2])


def _percent(share: float) -> str:
    return f"{100 * share:.0f} %" if share < 0.995 else "over 99 %"


def _subtitle(reports: Sequence[EnergyReport]) -> str:
    periods = {report.frame_period for report in reports}
    pace = "as fast as it computes"
    if len(periods) == 1 and (period := periods.pop()):
        pace = f"one frame every {format_si(period, 's')}"
    return f"Steady state, {pace}. Bars: P5 to P95. Estimates from exact counts; grades and gaps on the left."


def _draw_row(axes: Axes, row: int, report: EnergyReport) -> None:
    energy = report.steady_state
    for interval, colour, marker, offset in (
        (energy.dynamic, DYNAMIC, "o", -0.13),
        (energy.total, TOTAL, "D", 0.13),
    ):
        if interval is not None:
            _draw_interval(axes, row + offset, interval, colour, marker, hollow=report.dense_equivalent)
    if energy.total is None:
        _draw_value(axes, row + 0.13, "total: not priced", FAINT)
    _label(axes, row - 0.3, report.name, weight="bold")
    facts = ["dense twin"] if report.dense_equivalent else []
    facts += [f"evidence: {evidence_text(report)}", f"boundary: {report.boundary}"]
    if report.chips > 1:
        facts.append(f"{report.chips} chips")
    _label(axes, row - 0.07, " · ".join(facts), size=8)
    if report.unpriced:
        gaps = fill(f"not priced: {', '.join(report.unpriced)}", SMALL_PRINT_COLUMNS)
        _label(axes, row + 0.2, gaps, size=7, color=FAINT, linespacing=1.15)


def _label(axes: Axes, y: float, text: str, **style: Any) -> None:
    axes.text(LABEL_X, y, text, transform=axes.get_yaxis_transform(), va="center", clip_on=False, **style)


def _draw_value(axes: Axes, y: float, text: str, colour: str) -> None:
    axes.text(
        VALUE_X,
        y,
        text,
        transform=axes.get_yaxis_transform(),
        va="center",
        size=8.5,
        color=colour,
        clip_on=False,
    )


def _draw_interval(axes: Axes, y: float, interval: Interval, colour: str, marker: str, hollow: bool) -> None:
    axes.plot(
        [interval.p5, interval.p95], [y, y], color=colour, linewidth=2.5, alpha=0.55, solid_capstyle="round"
    )
    axes.plot(
        interval.p50,
        y,
        marker=marker,
        markersize=7,
        markeredgewidth=1.6,
        color=colour,
        markerfacecolor="white" if hollow else colour,
    )
    _draw_value(axes, y, format_interval(interval), colour)


def _finish_axes(axes: Axes, reports: Sequence[EnergyReport]) -> None:
    axes.set_xscale("log")
    axes.set_ylim(len(reports) - 0.5, -0.5)
    axes.set_yticks([])
    axes.set_xlabel("energy per frame (log scale)")
    axes.xaxis.set_major_locator(LogLocator(numticks=12))
    axes.xaxis.set_minor_locator(NullLocator())
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: format_si(value, "J")))
    axes.grid(axis="x")
    for row in range(1, len(reports)):
        axes.plot(
            [LABEL_X, RULE_END],
            [row - 0.5] * 2,
            color=GRID,
            lw=0.8,
            clip_on=False,
            transform=axes.get_yaxis_transform(),
        )
    handles = [
        Line2D([], [], color=DYNAMIC, marker="o", label="dynamic: the events"),
        Line2D([], [], color=TOTAL, marker="D", label="total: with static power"),
    ]
    if any(report.dense_equivalent for report in reports):
        handles.append(
            Line2D([], [], color=FAINT, marker="o", markerfacecolor="white", lw=0, label="hollow: dense twin")
        )
    axes.figure.legend(
        handles=handles, loc="lower left", ncols=len(handles), bbox_to_anchor=(0.01, 0.0), fontsize=9
    )
