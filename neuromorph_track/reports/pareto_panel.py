"""One chip of the Pareto plot: a point per run, its number, and the front."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patheffects import withStroke
from matplotlib.ticker import MaxNLocator

from neuromorph_track.profiling import Interval
from neuromorph_track.reports.evidence_marks import mark_style
from neuromorph_track.reports.joule_axis import joule_axis
from neuromorph_track.reports.style import FAINT, INK, PALETTE

Standing = Literal["front", "tied", "dominated"]
Place = tuple[float, float]

SMALL = 8.0
FADED = 0.35
# Inches from a point to where its number may stand, best first, and the room that a number takes.
PLACES: tuple[Place, ...] = (
    (0.0, 0.14),
    (0.0, -0.15),
    (0.15, 0.08),
    (-0.15, 0.08),
    (0.15, -0.1),
    (-0.15, -0.1),
    (0.0, 0.29),
    (0.0, -0.3),
)
NUMBER_ROOM = 0.125


@dataclass(frozen=True)
class ParetoPoint:
    """One run on one chip.

    Attributes
    ----------
    run, chip : str
        Names to print.
    accuracy : float
        As a fraction.
    energy : Interval
        J per frame, more than 0.
    evidence : str
    standing : str
        Against the other runs on the chip: ``front``, ``tied`` or ``dominated``.
    """

    run: str
    chip: str
    accuracy: float
    energy: Interval
    evidence: str
    standing: Standing


def draw_panel(
    axes: Axes, points: Sequence[ParetoPoint], runs: Sequence[str], size: tuple[float, float]
) -> None:
    """Draw one chip's points; ``size`` is that of the axes in inches, ``runs`` gives numbers and colours."""
    front = sorted((p for p in points if p.standing == "front"), key=lambda point: point.energy.p50)
    axes.plot(
        [point.energy.p50 for point in front],
        [100 * point.accuracy for point in front],
        color=FAINT,
        lw=1.2,
        drawstyle="steps-post",
        zorder=1,
    )
    for point in points:
        _draw_point(axes, point, PALETTE[runs.index(point.run) % len(PALETTE)])
    joule_axis(axes, [point.energy for point in points], 5)
    axes.yaxis.set_major_locator(MaxNLocator(5))
    axes.tick_params(labelsize=SMALL)
    axes.grid(axis="y")
    _write_numbers(axes, points, runs, size)


def _draw_point(axes: Axes, point: ParetoPoint, colour: str) -> None:
    alpha = FADED if point.standing == "dominated" else 1.0
    y, energy = 100 * point.accuracy, point.energy
    axes.plot([energy.p5, energy.p95], [y, y], color=colour, lw=2.2, alpha=0.6 * alpha)
    axes.plot([energy.p50], [y], alpha=alpha, **mark_style(point.evidence, colour))


def _write_numbers(
    axes: Axes, points: Sequence[ParetoPoint], runs: Sequence[str], size: tuple[float, float]
) -> None:
    """Write each run's number where no other number or marker is."""
    (x_low, x_high), (y_low, y_high) = axes.get_xlim(), axes.get_ylim()
    places: list[Place] = [
        (
            float(size[0] * np.log(point.energy.p50 / x_low) / np.log(x_high / x_low)),
            size[1] * (100 * point.accuracy - y_low) / (y_high - y_low),
        )
        for point in points
    ]
    taken = list(places)
    for point, (x, y) in zip(points, places, strict=True):
        near = [(x + dx, y + dy) for dx, dy in PLACES]
        place = next((place for place in near if not _is_taken(place, taken)), near[0])
        taken.append(place)
        axes.text(
            place[0] / size[0],
            place[1] / size[1],
            str(runs.index(point.run) + 1),
            transform=axes.transAxes,
            size=SMALL,
            ha="center",
            va="center",
            color=FAINT if point.standing == "dominated" else INK,
            path_effects=[withStroke(linewidth=2, foreground="white")],
        )


def _is_taken(place: Place, taken: Sequence[Place]) -> bool:
    return any(abs(place[0] - x) < NUMBER_ROOM and abs(place[1] - y) < NUMBER_ROOM for x, y in taken)
