"""Pictures of single-object scores: success, precision, and which attributes are hard."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from os import PathLike

import numpy as np
from matplotlib import rc_context
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from numpy.typing import NDArray

from neuromorph_track.evaluation.single import SingleReport, SingleScores
from neuromorph_track.evaluation.single.curves import NORM_PRECISION, PRECISION, SUCCESS
from neuromorph_track.files import atomic_path
from neuromorph_track.reports.legend import legend_rows, write_legends
from neuromorph_track.reports.picture import Picture
from neuromorph_track.reports.style import FAINT, PALETTE, STYLE
from neuromorph_track.reports.text_fit import clip

STROKES = ("-", "--", ":")
MARKERS = ("o", "s", "D", "^", "v", "P")
TEXT = 9.0

# Inches.
WIDTH, HEIGHT = 5.2, 3.9
ENTRY = 0.21
ROW, DOT, LEFT, LEGEND, NAME = 0.34, 0.08, 1.5, 0.25, 1.0
# GOT-10k has some ninety motions.
MOST = 20
# How far apart the trackers of one attribute lie, of a row.
SPREAD = 0.6


def plot_success(reports: Sequence[SingleReport], path: str | PathLike[str], title: str) -> None:
    """Draw the success curve of each tracker; PNG, SVG or PDF by the path's suffix.

    Raises
    ------
    JobError
        When the file cannot be written.
    """
    _save(path, lambda: draw_success(reports, title))


def plot_precision(
    reports: Sequence[SingleReport], path: str | PathLike[str], title: str, normalised: bool = False
) -> None:
    """Draw how often each tracker's centre is near enough; errors as for :func:`plot_success`."""
    _save(path, lambda: draw_precision(reports, title, normalised))


def plot_attributes(reports: Sequence[SingleReport], path: str | PathLike[str], title: str) -> None:
    """Draw the AUC over the sequences that have an attribute, of the most frequent ones.

    Raises
    ------
    JobError
        When the file cannot be written.
    """
    _save(path, lambda: draw_attributes(reports, title))


def draw_success(reports: Sequence[SingleReport], title: str) -> Picture:
    """The figure of :func:`plot_success`, not yet written."""
    curves = [report.success.mean(axis=0) for report in reports]
    labels = [_label(report, "AUC") for report in reports]
    ranks = [report.combined.AUC for report in reports]
    axes = ("overlap that a box must exceed", "AUC")
    return _draw_curves(SUCCESS, curves, labels, ranks, title, axes)


def draw_precision(reports: Sequence[SingleReport], title: str, normalised: bool = False) -> Picture:
    """The figure of :func:`plot_precision`, not yet written."""
    measure = "norm_precision" if normalised else "precision"
    curves = [getattr(report, measure).mean(axis=0) for report in reports]
    labels = [_label(report, measure) for report in reports]
    ranks = [getattr(report.combined, measure) for report in reports]
    unit = "of the object's width and height" if normalised else "pixels"
    thresholds = NORM_PRECISION if normalised else PRECISION
    axes = (f"how far off a centre may be, {unit}", "at 0.2" if normalised else "at 20 pixels")
    return _draw_curves(thresholds, curves, labels, ranks, title, axes)


def draw_attributes(reports: Sequence[SingleReport], title: str) -> Picture:
    """The figure of :func:`plot_attributes`, not yet written."""
    names = list(reports[0].attributes)[:MOST]
    rows = [*names, "all"]
    handles = [_dot(reports, at) for at in range(len(reports))]
    across = WIDTH + LEFT
    entries = legend_rows(handles, across - 0.6)
    below = 0.5 + LEGEND * len(entries)
    body = max(ROW, DOT * len(reports)) * len(rows)
    height = body + below + 0.45
    picture = Picture(figsize=(across, height))
    axes = picture.add_axes((LEFT / across, below / height, (WIDTH - 0.25) / across, body / height))
    for at, report in enumerate(reports):
        shift = SPREAD * ((at + 0.5) / len(reports) - 0.5)
        shown = [*(report.attributes[name] for name in names), report.combined]
        _draw_dots(axes, shown, np.arange(len(rows)) + shift, at)
    counts = [*(reports[0].attributes[name].sequences for name in names), len(reports[0].rows)]
    labels = [f"{clip(name, NAME, TEXT)} ({count})" for name, count in zip(rows, counts, strict=True)]
    axes.set_yticks(range(len(rows)), labels, size=TEXT)
    axes.get_yticklabels()[-1].set_fontweight("bold")
    for label in axes.get_yticklabels():
        label.set_parse_math(False)
    axes.set_ylim(len(rows) - 0.5, -0.5)
    axes.set_xlim(0, 100)
    axes.set_xlabel("AUC over the sequences that have it, per cent; lines: 95 %", size=TEXT)
    axes.grid(axis="x")
    shown_title = clip(title, across - 0.4, 11, "bold")
    picture.text(0.15 / across, 1 - 0.27 / height, shown_title, size=11, weight="bold")
    write_legends(picture, entries, left=0.3)
    return picture


def _draw_curves(
    thresholds: NDArray[np.float64],
    curves: Sequence[NDArray[np.float64]],
    labels: Sequence[str],
    ranks: Sequence[float],
    title: str,
    named: tuple[str, str],
) -> Picture:
    """A line for each tracker, the best first in the legend; ``named`` is what lies across, and the score."""
    height = HEIGHT + ENTRY * (len(curves) + 1)
    picture = Picture(figsize=(WIDTH, height), layout="constrained")
    picture.suptitle(clip(title, WIDTH - 0.4, 11, "bold"), size=11, weight="bold")
    axes = picture.subplots()
    for at in sorted(range(len(curves)), key=lambda at: -ranks[at]):
        axes.plot(thresholds, 100 * curves[at], color=_colour(at), ls=_stroke(at), lw=2, label=labels[at])
    axes.set_xlim(0, thresholds[-1])
    axes.set_ylim(0, 101)
    axes.set_xlabel(named[0])
    axes.set_ylabel("frames, per cent")
    axes.grid()
    legend = axes.legend(
        title=f"{named[1]}, per cent [95 % over sequences]",
        loc="upper left",
        bbox_to_anchor=(0, -0.16),
        fontsize=TEXT,
        title_fontsize=TEXT,
        alignment="left",
        borderaxespad=0,
    )
    for text in legend.get_texts():
        text.set_parse_math(False)
    return picture


def _draw_dots(axes: Axes, rows: Sequence[SingleScores], places: NDArray[np.float64], at: int) -> None:
    for row, place in zip(rows, places, strict=True):
        if "AUC" in row.intervals:
            low, high = row.intervals["AUC"]
            axes.plot([100 * low, 100 * high], [place, place], color=_colour(at), lw=1.2, alpha=0.7)
    values = [100 * row.AUC for row in rows]
    axes.scatter(values, places, color=_colour(at), marker=MARKERS[at % len(MARKERS)], s=22, zorder=3)


def _dot(reports: Sequence[SingleReport], at: int) -> Line2D:
    name = clip(reports[at].tracker, 2.5, TEXT)
    return Line2D([], [], color=_colour(at), marker=MARKERS[at % len(MARKERS)], ls="", ms=5, label=name)


def _label(report: SingleReport, measure: str) -> str:
    """``name  61.2 [58.0, 64.1]``."""
    value = f"{100 * getattr(report.combined, measure):.1f}"
    if measure in report.combined.intervals:
        low, high = report.combined.intervals[measure]
        value += f" [{100 * low:.1f}, {100 * high:.1f}]"
    return f"{clip(report.tracker, 2.6, TEXT)}  {value}"


def _colour(at: int) -> str:
    return (*PALETTE, FAINT)[at % (len(PALETTE) + 1)]


def _stroke(at: int) -> str:
    return STROKES[at // (len(PALETTE) + 1) % len(STROKES)]


def _save(path: str | PathLike[str], draw: Callable[[], Picture]) -> None:
    with rc_context(STYLE):
        picture = draw()
        with atomic_path(path) as temporary:
            picture.savefig(temporary)
