"""What runs cost, as data frames and as a table."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from neuromorph_track.profiling import EnergyReport, Interval
from neuromorph_track.reports.energy_table import evidence_text
from neuromorph_track.reports.notebook.html import HtmlTable
from neuromorph_track.reports.units import format_interval, format_si

if TYPE_CHECKING:
    from pandas import DataFrame  # type: ignore[import-untyped]

FIGURES = ("dynamic", "static", "total")
HEADINGS = ("Chip", "Dynamic", "Total", "Time/frame", "Cores", "Evidence")
CAPTION = "Joules per frame, estimated: median [5 %, 95 %]"


def energy_frame(reports: Sequence[EnergyReport], runs: Sequence[str] = ()) -> DataFrame:
    """A row for each run and chip.

    Columns: ``run`` where there are several; ``profile``, ``chip``, ``kind``, ``boundary``; of a frame after
    the first ``dynamic_joules``, ``static_joules`` and ``total_joules``, each the median, with ``_p5`` and
    ``_p95`` of the same beside it; ``frame_seconds``, ``latency_seconds``; ``cores``, ``chips``, ``fits``;
    ``evidence`` (the weakest grade among its prices), ``unpriced``, ``driver`` (the price whose uncertainty
    makes most of the interval) and ``driver_share`` (0 to 1). NaN or None where the profile does not say.
    """
    from pandas import DataFrame  # type: ignore[import-untyped]

    names = list(runs) if len(set(runs)) > 1 else [None] * len(reports)
    rows = [_row(report, name) for report, name in zip(reports, names, strict=True)]
    return DataFrame(rows)


def _row(report: EnergyReport, run: str | None) -> dict[str, object]:
    steady, placement = report.steady_state, report.placement
    row: dict[str, object] = {} if run is None else {"run": run}
    row |= {name: getattr(report, name) for name in ("profile", "name", "kind", "boundary")}
    row["chip"] = row.pop("name")
    for figure in FIGURES:
        row |= _spread(figure, getattr(steady, figure))
    row["frame_seconds"] = _middle(steady.frame_time)
    row["latency_seconds"] = _middle(steady.latency)
    row |= {
        name: None if placement is None else getattr(placement, name) for name in ("cores", "chips", "fits")
    }
    row["evidence"] = report.total_evidence or report.dynamic_evidence
    row["unpriced"] = ", ".join(report.unpriced)
    first = report.sensitivity[0] if report.sensitivity else None
    row["driver"] = None if first is None else first.price
    row["driver_share"] = None if first is None else first.share
    return row


def _spread(figure: str, interval: Interval | None) -> dict[str, float | None]:
    name = f"{figure}_joules"
    return {
        name: _middle(interval),
        f"{name}_p5": None if interval is None else interval.p5,
        f"{name}_p95": None if interval is None else interval.p95,
    }


def _middle(interval: Interval | None) -> float | None:
    return None if interval is None else interval.p50


def drivers_frame(reports: Sequence[EnergyReport]) -> DataFrame:
    """A row for each chip and price that its answer hangs on, the weightiest first.

    Columns: ``profile``, ``chip``, ``price`` (its path in the profile), ``share`` (of the variance of the
    total's logarithm, 0 to 1), ``low_joules`` and ``high_joules`` (the total when this price alone stands at
    its 5th and its 95th percentile).
    """
    from pandas import DataFrame  # type: ignore[import-untyped]

    columns = ["profile", "chip", "price", "share", "low_joules", "high_joules"]
    rows = [
        (report.profile, report.name, driver.price, driver.share, driver.low, driver.high)
        for report in reports
        for driver in report.sensitivity
    ]
    return DataFrame(rows, columns=columns)


def energy_html(reports: Sequence[EnergyReport], runs: Sequence[str] = ()) -> HtmlTable:
    """Dynamic and total energy of each chip, with intervals and grades; of several runs a row for each."""
    if len(set(runs)) < 2:
        return HtmlTable(HEADINGS, [_cells(report) for report in reports], CAPTION)
    rows = [[run, *_cells(report)] for run, report in zip(runs, reports, strict=True)]
    return HtmlTable(("Run", *HEADINGS), rows, CAPTION, words=2)


def _cells(report: EnergyReport) -> list[str]:
    steady, placement = report.steady_state, report.placement
    cores = "–" if placement is None or not placement.cores else f"{placement.cores:,}"
    if placement is not None and placement.fits is False:
        cores += ", does not fit"
    return [
        f"{report.name} ({report.boundary})",
        format_interval(steady.dynamic),
        format_interval(steady.total),
        "–" if steady.frame_time is None else format_si(steady.frame_time.p50, "s"),
        cores,
        evidence_text(report),
    ]
