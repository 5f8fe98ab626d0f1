"""Pictures of tracking scores: how exact the boxes are, and which sequences are hard."""

from __future__ import annotations

from collections.abc import Sequence
from os import PathLike

from matplotlib import rc_context
from matplotlib.axes import Axes

from neuromorph_track.evaluation import Curve, TrackingReport, TrackingScores
from neuromorph_track.evaluation.sequences import CLASS_AVERAGE, COMBINED
from neuromorph_track.files import atomic_path
from neuromorph_track.reports.picture import Picture
from neuromorph_track.reports.style import FAINT, PALETTE, STYLE
from neuromorph_track.reports.text_fit import clip

CURVES = ("HOTA", "DetA", "AssA")
POINTS = ("HOTA", "IDF1", "MOTA")
MARKERS = ("o", "s", "D")

# Inches.
PANEL, LEGEND, ROW, EDGE, NAME = 3.6, 0.6, 0.24, 1.15, 2.4
# Per cent: MOTA has no lower end, and one bad sequence must not hide the others.
LOWEST = -20.0
TEXT = 9.0
ONE = "#BBBBBB"


def plot_curves(report: TrackingReport, path: str | PathLike[str], title: str) -> None:
    """Draw HOTA, DetA and AssA of all sequences over the IoU that a box must reach, a panel per class.

    Parameters
    ----------
    report : TrackingReport
        With curves.
    path : path
        PNG, SVG or PDF by its suffix.
    title : str

    Raises
    ------
    ValueError
        When the report has no curves.
    JobError
        When the file cannot be written.
    """
    if not report.curves:
        raise ValueError("plot_curves needs a report with curves")
    with rc_context(STYLE):
        _save(draw_curves(report.curves, title), path)


def plot_sequences(report: TrackingReport, path: str | PathLike[str], title: str) -> None:
    """Draw HOTA, IDF1 and MOTA of each sequence, a panel per class; sequences without an object are left out.

    Arguments and errors as for :func:`plot_curves`.
    """
    if not report.curves:
        raise ValueError("plot_sequences needs a report with curves")
    with rc_context(STYLE):
        _save(draw_sequences(report.rows, title), path)


def draw_curves(curves: Sequence[Curve], title: str) -> Picture:
    """The figure of :func:`plot_curves`, not yet written."""
    classes = list(dict.fromkeys(curve.class_name for curve in curves))
    picture = Picture(figsize=(PANEL * max(len(classes), 2), PANEL + LEGEND), layout="constrained")
    picture.suptitle(clip(title, PANEL * max(len(classes), 2) - 0.4, 11, "bold"), size=11, weight="bold")
    panels = picture.subplots(1, len(classes), squeeze=False, sharey=True)[0]
    for axes, class_name in zip(panels, classes, strict=True):
        _draw_class_curves(axes, [curve for curve in curves if curve.class_name == class_name])
        axes.set_title(class_name if len(classes) > 1 else "", size=TEXT)
        axes.set_xlabel("IoU that a box must reach")
    panels[0].set_ylabel("per cent")
    return picture


def draw_sequences(rows: Sequence[TrackingScores], title: str) -> Picture:
    """The figure of :func:`plot_sequences`, not yet written."""
    shown = [row for row in rows if row.class_name != CLASS_AVERAGE and (row.GT_Dets or row.Dets)]
    classes = list(dict.fromkeys(row.class_name for row in shown if row.sequence != COMBINED))
    by_class = {name: [row for row in shown if row.class_name == name] for name in classes}
    heights = [len(own) * ROW for own in by_class.values()]
    picture = Picture(figsize=(2 * PANEL, sum(heights) + EDGE + 0.5 * len(heights)), layout="constrained")
    picture.suptitle(clip(title, 2 * PANEL - 0.4, 11, "bold"), size=11, weight="bold")
    panels = picture.subplots(len(classes), 1, squeeze=False, sharex=True, height_ratios=heights)[:, 0]
    for axes, (class_name, own) in zip(panels, by_class.items(), strict=True):
        _draw_class_points(axes, own)
        axes.set_title(class_name if len(classes) > 1 else "", size=TEXT)
    panels[-1].set_xlabel("per cent")
    handles, labels = panels[0].get_legend_handles_labels()
    picture.legend(handles, labels, loc="outside lower center", ncols=len(POINTS), fontsize=TEXT)
    return picture


def _draw_class_curves(axes: Axes, curves: Sequence[Curve]) -> None:
    for curve in curves:
        if curve.sequence != COMBINED:
            axes.plot(curve.alpha, _per_cent(curve.HOTA), color=ONE, lw=0.8)
    combined = next(curve for curve in curves if curve.sequence == COMBINED)
    for name, colour in zip(CURVES, PALETTE, strict=False):
        values = _per_cent(getattr(combined, name))
        label = f"{name} {sum(values) / len(values):.1f}"
        axes.plot(combined.alpha, values, color=colour, lw=2, label=label)
    if len(curves) > 2:
        axes.plot([], [], color=ONE, lw=0.8, label="HOTA of one sequence")
    axes.set_ylim(0, 100)
    axes.set_xlim(0, 1)
    axes.grid(axis="y")
    axes.legend(loc="upper center", bbox_to_anchor=(0.5, -0.2), ncols=2, fontsize=TEXT)


def _draw_class_points(axes: Axes, rows: Sequence[TrackingScores]) -> None:
    for name, colour, marker in zip(POINTS, PALETTE, MARKERS, strict=False):
        values = [100 * getattr(row, name) for row in rows]
        inside = [max(value, LOWEST) for value in values]
        axes.scatter(inside, range(len(rows)), color=colour, marker=marker, s=26, label=name, zorder=3)
        for place, value in enumerate(values):
            if value < LOWEST:
                axes.text(LOWEST + 2, place, f"{value:.0f}", size=TEXT, color=FAINT, va="center")
    axes.set_yticks(range(len(rows)), [clip(row.sequence, NAME, TEXT) for row in rows], size=TEXT)
    for label, row in zip(axes.get_yticklabels(), rows, strict=True):
        label.set_fontweight("bold" if row.sequence == COMBINED else "normal")
    axes.set_ylim(len(rows) - 0.5, -0.5)
    lowest = min(100 * getattr(row, name) for row in rows for name in POINTS)
    axes.set_xlim(min(max(lowest, LOWEST) - 3, 0), 102)
    axes.grid()


def _per_cent(values: Sequence[float]) -> list[float]:
    return [100 * value for value in values]


def _save(picture: Picture, path: str | PathLike[str]) -> None:
    with atomic_path(path) as temporary:
        picture.savefig(temporary)
