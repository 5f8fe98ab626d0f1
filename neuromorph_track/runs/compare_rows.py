"""A comparison as rows of a CSV file: one for each run, chip and figure."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from neuromorph_track.profiling import EnergyReport, Interval

if TYPE_CHECKING:
    from neuromorph_track.runs.comparison import Comparison, Priced

Cell = str | float | int | bool | None

FIGURES = ("dynamic", "static", "embedded", "host", "total", "with_host")
TWIN = "dense_twin_"


def csv_rows(comparison: Comparison) -> Iterator[dict[str, Cell]]:
    """A dictionary per run, chip and figure that is priced, of the same keys; None is what is not known."""
    for priced in comparison.priced:
        for figure, energy, evidence in _figures(priced.report):
            yield {
                **_of_the_run(priced),
                **_of_the_chip(priced.report),
                "figure": figure,
                **_spread("joules", energy),
                "evidence": evidence,
                **_compared(priced, figure, comparison.figure),
            }


def _compared(priced: Priced, figure: str, asked: str) -> dict[str, Cell]:
    """Ratio and verdict: of the figure asked for to the baseline's, of the twin's to the network's."""
    report, ratio, against, verdict = priced.report, None, "", ""
    if figure == asked:
        ratio, against, verdict = priced.ratio, priced.against, priced.verdict
    elif figure == _twin_figure(report) and report.dense_twin_ratio is not None:
        ratio, against = report.dense_twin_ratio, "the spiking network on the same chip"
        verdict = ratio.verdict
    return {**_spread("ratio", ratio), "ratio_to": against, "verdict": verdict}


def _twin_figure(report: EnergyReport) -> str:
    """Which of the twin's figures its ratio is about."""
    total = report.dense_twin is not None and report.dense_twin.total and report.steady_state.total
    return f"{TWIN}total" if total else f"{TWIN}dynamic"


def _figures(report: EnergyReport) -> Iterator[tuple[str, Interval, str | None]]:
    total = report.total_evidence or report.dynamic_evidence
    for prefix, energy in (("", report.steady_state), (TWIN, report.dense_twin)):
        for figure in FIGURES:
            interval = getattr(energy, figure) if energy is not None else None
            if interval is not None:
                yield prefix + figure, interval, report.dynamic_evidence if figure == "dynamic" else total


def _of_the_run(priced: Priced) -> dict[str, Cell]:
    run = priced.run
    return {
        "run": run.name,
        "folder": str(run.folder),
        "network": run.network,
        "source": run.source,
        "frames_count": run.frames,
        "accuracy_fraction": run.accuracy,
    }


def _of_the_chip(report: EnergyReport) -> dict[str, Cell]:
    placement, steady = report.placement, report.steady_state
    return {
        "profile": report.profile,
        "chip": report.name,
        "kind": report.kind,
        "boundary": report.boundary,
        "dense_equivalent": report.dense_equivalent,
        "unpriced": "; ".join(report.unpriced),
        "cores_count": None if placement is None else placement.cores,
        "chips_count": None if placement is None else placement.chips,
        "fits": None if placement is None else placement.fits,
        "bound": report.bound,
        "frame_seconds_p50": _middle(steady.frame_time),
        "latency_seconds_p50": _middle(steady.latency),
        "throughput_frames_per_second_p50": _middle(steady.throughput),
        "energy_delay_joule_seconds_p50": _middle(steady.energy_delay),
    }


def _middle(interval: Interval | None) -> float | None:
    return None if interval is None else interval.p50


def _spread(name: str, found: object) -> dict[str, Cell]:
    return {f"{name}_{edge}": getattr(found, edge, None) for edge in ("p5", "p50", "p95")}
