"""Accuracy against joules: a panel per chip, a point per run, and the front where there is one to claim."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from math import ceil
from os import PathLike

from matplotlib import rc_context
from matplotlib.lines import Line2D

from neuromorph_track.files import atomic_path
from neuromorph_track.reports.evidence_marks import evidence_handles
from neuromorph_track.reports.legend import ROW, legend_rows, write_legends
from neuromorph_track.reports.pareto_panel import ParetoPoint, draw_panel
from neuromorph_track.reports.picture import Picture
from neuromorph_track.reports.style import FAINT, PALETTE, STYLE
from neuromorph_track.reports.text_fit import clip

RULES = (
    "Line: runs that need less than every run at least as accurate: P95 of the ratio on the chip below 1.",
    "Faint: another run is at least as accurate and needs less, by the same rule. All others are tied.",
)

# Inches.
WIDTH, MARGIN, LEFT, GAP_X, GAP_Y, TOP, AXIS = 11.0, 0.2, 0.65, 0.3, 0.72, 1.25, 0.72
PANEL_HEIGHT, MOST_COLUMNS, RUN_NAME = 2.1, 4, 3.0
TITLE, TEXT, SMALL = 12.5, 9.0, 8.0


def plot_pareto(points: Sequence[ParetoPoint], path: str | PathLike[str], title: str, accuracy: str) -> None:
    """Draw accuracy against energy per frame to ``path`` (PNG, SVG or PDF by its suffix).

    Parameters
    ----------
    points : sequence of ParetoPoint
        At least one.
    path : path
    title : str
    accuracy : str
        What the axis of accuracy is called: ``HOTA``.

    Raises
    ------
    ValueError
        When there is nothing to draw.
    JobError
        When the file cannot be written.
    """
    if not points:
        raise ValueError("plot_pareto needs at least one point")
    with rc_context(STYLE):
        picture = draw_pareto(points, title, accuracy)
        with atomic_path(path) as temporary:
            picture.savefig(temporary)


def draw_pareto(points: Sequence[ParetoPoint], title: str, accuracy: str) -> Picture:
    """The figure itself, not yet written."""
    chips, runs = _in_order(point.chip for point in points), _in_order(point.run for point in points)
    columns = min(len(chips), MOST_COLUMNS)
    rows = ceil(len(chips) / columns)
    across = WIDTH - 2 * MARGIN
    legends = legend_rows(_run_handles(runs), across) + legend_rows(_mark_handles(points), across)
    height = TOP + rows * PANEL_HEIGHT + (rows - 1) * GAP_Y + AXIS + ROW * len(legends)
    size = ((across - LEFT - (columns - 1) * GAP_X) / columns, PANEL_HEIGHT)
    picture = Picture(figsize=(WIDTH, height))
    limits = _limits([100 * point.accuracy for point in points])
    for index, chip in enumerate(chips):
        row, column = divmod(index, columns)
        left = MARGIN + LEFT + column * (size[0] + GAP_X)
        low = height - TOP - (row + 1) * PANEL_HEIGHT - row * GAP_Y
        axes = picture.add_axes((left / WIDTH, low / height, size[0] / WIDTH, size[1] / height))
        name = clip(chip, size[0], TEXT, "bold")
        axes.set_title(name, size=TEXT, weight="bold", loc="left", parse_math=False)
        axes.set_ylim(*limits)
        draw_panel(axes, [point for point in points if point.chip == chip], runs, size)
        axes.tick_params(labelleft=column == 0)
        if column == 0:
            axes.set_ylabel(f"{accuracy}, per cent", size=TEXT)
        if index + columns >= len(chips):
            axes.set_xlabel("energy per frame", size=TEXT)
    _write_heading(picture, title, across)
    write_legends(picture, legends, MARGIN)
    return picture


def _in_order(names: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(names))


def _limits(values: Sequence[float]) -> tuple[float, float]:
    """Room above and below for the numbers; two scores that differ by 0.1 must not look far apart."""
    room = max(0.25 * (max(values) - min(values)), 1.0)
    return min(values) - room, max(values) + room


def _write_heading(picture: Picture, title: str, across: float) -> None:
    width, height = picture.get_size_inches()
    picture.text(
        MARGIN / width,
        1 - 0.16 / height,
        clip(title, across, TITLE, "bold"),
        size=TITLE,
        weight="bold",
        va="top",
        parse_math=False,
    )
    for number, rule in enumerate(RULES):
        y = 1 - (0.44 + 0.17 * number) / height
        picture.text(MARGIN / width, y, rule, size=SMALL, color=FAINT, va="top")


def _run_handles(runs: Sequence[str]) -> list[Line2D]:
    return [
        Line2D(
            [],
            [],
            color=PALETTE[number % len(PALETTE)],
            lw=4,
            label=clip(f"{number + 1}  {run}", RUN_NAME, TEXT),
        )
        for number, run in enumerate(runs)
    ]


def _mark_handles(points: Sequence[ParetoPoint]) -> list[Line2D]:
    handles = [Line2D([], [], ls="none", label="Evidence:")]
    return handles + evidence_handles(point.evidence for point in points)
