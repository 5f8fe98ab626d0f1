"""One picture: energy per frame by chip and run, on a logarithmic axis, with intervals."""

from __future__ import annotations

from collections.abc import Sequence
from os import PathLike
from typing import Any

from matplotlib import rc_context
from matplotlib.lines import Line2D

from neuromorph_track.files import atomic_path
from neuromorph_track.profiling import EnergyReport
from neuromorph_track.profiling.ratio import Figure
from neuromorph_track.reports.energy_bars import BODY_LEFT, BODY_WIDTH, MARGIN, WIDTH, body_height, draw_bars
from neuromorph_track.reports.energy_rows import Group, energy_groups
from neuromorph_track.reports.evidence_marks import evidence_handles, mark_style
from neuromorph_track.reports.legend import ROW, legend_rows, write_legends
from neuromorph_track.reports.picture import Picture
from neuromorph_track.reports.style import FAINT, STYLE
from neuromorph_track.reports.text_fit import clip
from neuromorph_track.reports.units import format_si

# Inches; a tall picture has numbers at both ends of its axis.
TOP, TOP_TICKS, BOTTOM, TALL = 0.72, 0.2, 0.72, 8.0
TITLE, SUBTITLE = 12.5, 9.0


def plot_energy(
    reports: Sequence[EnergyReport],
    path: str | PathLike[str] | None,
    title: str | None = None,
    runs: Sequence[str] = (),
    figure: Figure = "total",
) -> Picture:
    """Draw the steady-state energy per frame, and write it to ``path`` (PNG, SVG or PDF by its suffix).

    A bar reaches from P5 to P95, its marker stands at P50; the marker's shape is the grade of the evidence,
    hollow markers belong to the dense twin, which is another computation. Of one run the dynamic and the
    total energy are drawn, of several one figure, a colour for each run.

    Parameters
    ----------
    reports : sequence of EnergyReport
        At least one.
    path : path or None
        None: it is only drawn.
    title : str, optional
    runs : sequence of str
        What to call the run of each report; without it all are of one run.
    figure : str
        ``total`` or ``dynamic``: what is drawn of several runs.

    Raises
    ------
    ValueError
        When there is nothing to draw.
    JobError
        When the file cannot be written.
    """
    if not reports:
        raise ValueError("plot_energy needs at least one report")
    groups = energy_groups(reports, runs, figure)
    with rc_context(STYLE):
        picture = draw_energy(groups, title or headline(reports, runs, figure), _subtitle(reports))
        if path is not None:
            with atomic_path(path) as temporary:
                picture.savefig(temporary)
    return picture


def draw_energy(groups: Sequence[Group], title: str, subtitle: str) -> Picture:
    """The figure itself, not yet written."""
    across = WIDTH - 2 * MARGIN
    legends = legend_rows(_handles(groups), across)
    body = body_height(groups)
    bottom = BOTTOM + ROW * len(legends)
    height = TOP + TOP_TICKS * (body > TALL) + body + bottom
    picture = Picture(figsize=(WIDTH, height))
    axes = picture.add_axes((BODY_LEFT / WIDTH, bottom / height, BODY_WIDTH / WIDTH, body / height))
    draw_bars(axes, groups)
    axes.tick_params(axis="x", labeltop=body > TALL)
    title, subtitle = clip(title, across, TITLE, "bold"), clip(subtitle, across, SUBTITLE)
    place: dict[str, Any] = {"x": MARGIN / WIDTH, "va": "top", "parse_math": False}
    picture.text(y=1 - 0.16 / height, s=title, size=TITLE, weight="bold", **place)
    picture.text(y=1 - 0.44 / height, s=subtitle, size=SUBTITLE, color=FAINT, **place)
    write_legends(picture, legends, MARGIN)
    return picture


def headline(reports: Sequence[EnergyReport], runs: Sequence[str] = (), figure: Figure = "total") -> str:
    """What the picture says, in one line."""
    if (several := len(set(runs))) > 1:
        chips = len({report.profile for report in reports})
        return f"{figure.capitalize()} energy per frame: {several} runs on {chips} chip{'s' * (chips > 1)}"
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
    pace = "as fast as it computes" if periods == {None} else "each at its own pace"
    if len(periods) == 1 and (period := periods.pop()):
        pace = f"one frame every {format_si(period, 's')}"
    text = f"Steady state, {pace}. Bars: P5 to P95. Estimates from exact counts."
    boundaries = dict.fromkeys(report.boundary for report in reports)
    if len(boundaries) > 1:
        text += f" Boundaries differ ({', '.join(boundaries)}): not the same quantity."
    return text


def _handles(groups: Sequence[Group]) -> list[Line2D]:
    bars = [bar for group in groups for bar in group.bars if bar.interval is not None]
    grades = evidence_handles(bar.evidence for bar in bars)
    handles = [Line2D([], [], ls="none", label="Evidence:"), *grades] if grades else []
    if any(bar.hollow or bar.twin is not None for bar in bars):
        handles.append(
            Line2D([], [], label="hollow: dense twin (ANN)", **mark_style("measured", FAINT, hollow=True))
        )
    if any(bar.dotted for bar in bars):
        handles.append(Line2D([], [], color=FAINT, lw=2, ls=":", label="dotted: dynamic, total not priced"))
    return handles
