"""Which prices an estimate hangs on: the total as each of them alone goes from low to high."""

from __future__ import annotations

from collections.abc import Sequence

from matplotlib import rc_context
from matplotlib.axes import Axes

from neuromorph_track.profiling import Driver, EnergyReport, Interval
from neuromorph_track.reports.joule_axis import joule_axis
from neuromorph_track.reports.picture import Picture
from neuromorph_track.reports.style import FAINT, GRID, INK, PALETTE, STYLE
from neuromorph_track.reports.text_fit import clip
from neuromorph_track.reports.units import format_interval

# Inches.
WIDTH, ROW, HEAD, FOOT, NAME = 8.0, 0.27, 0.5, 0.55, 2.3
TEXT = 9.0
MOST = 5
# A smaller share cannot be seen.
LEAST_SHARE = 0.005


def plot_drivers(reports: Sequence[EnergyReport], most: int = MOST) -> Picture:
    """Draw a panel for each chip: its weightiest prices, and how far each moves the total by itself.

    Parameters
    ----------
    reports : sequence of EnergyReport
        Those without prices to vary are left out.
    most : int
        Prices for each chip.

    Raises
    ------
    ValueError
        When none of them has a price to vary.
    """
    shown = [report for report in reports if _weighty(report, most)]
    if not shown:
        raise ValueError("no report with a price that is varied")
    rows = [1 + len(_weighty(report, most)) for report in shown]
    height = sum(rows) * ROW + len(shown) * (HEAD + FOOT)
    with rc_context(STYLE):
        picture = Picture(figsize=(WIDTH, height), layout="constrained")
        panels = picture.subplots(len(shown), 1, squeeze=False, height_ratios=rows)[:, 0]
        for axes, report in zip(panels, shown, strict=True):
            _draw(axes, report, most)
    return picture


def _weighty(report: EnergyReport, most: int) -> list[Driver]:
    return [driver for driver in report.sensitivity if driver.share >= LEAST_SHARE][:most]


def _draw(axes: Axes, report: EnergyReport, most: int) -> None:
    energy = report.steady_state.total or report.steady_state.dynamic
    assert energy is not None
    drivers = _weighty(report, most)
    axes.plot([energy.p5, energy.p95], [0, 0], color=INK, lw=7, solid_capstyle="butt")
    for place, driver in enumerate(drivers, start=1):
        axes.plot([driver.low, driver.high], [place, place], color=PALETTE[0], lw=7, solid_capstyle="butt")
    axes.axvline(energy.p50, color=FAINT, lw=1)
    labels = ["all prices together"]
    labels += [f"{clip(driver.price, NAME, TEXT)}  {100 * driver.share:.0f} %" for driver in drivers]
    axes.set_yticks(range(len(labels)), labels, size=TEXT)
    axes.set_ylim(len(labels) - 0.4, -0.6)
    edges = [edge for driver in drivers for edge in (driver.low, driver.high)] + [energy.p5, energy.p95]
    joule_axis(axes, [Interval(min(edges), energy.p50, max(edges))], 6)
    axes.set_title(f"{report.name}: {format_interval(energy)}", size=10, loc="left", weight="bold", color=INK)
    axes.set_xlabel("joules per frame, log scale; per cent: share of the variance", size=TEXT)
    axes.spines["bottom"].set_color(GRID)
