"""Results in a line or a few, for a terminal or the last line of a cell."""

from __future__ import annotations

from collections.abc import Sequence

from neuromorph_track.profiling import EnergyReport, Summary
from neuromorph_track.reports.units import format_interval, format_si

# More chips, or warnings, than these are counted.
FEW = 3


def counted(number: int, noun: str) -> str:
    """``1 frame``, ``2 frames``."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def activity_line(summary: Summary) -> str:
    """Synops and spikes of a frame."""
    steady = [layer.steady_state for layer in summary.layers]
    synops, spikes = (sum(getattr(each, name) for each in steady) for name in ("synops", "spikes_out"))
    return f"{format_si(synops)} synops and {format_si(spikes)} spikes per frame after the first"


def energy_lines(reports: Sequence[EnergyReport]) -> list[str]:
    """Joules per frame on the first chips; how many more there are."""
    lines = [f"{report.name}: {_joules(report)}" for report in reports[:FEW]]
    more = len(reports) - FEW
    return [*lines, f"and {counted(more, 'more chip')}"] if more > 0 else lines


def _joules(report: EnergyReport) -> str:
    dynamic, total = report.steady_state.dynamic, report.steady_state.total
    if total is None:
        return f"{format_interval(dynamic)} per frame, dynamic; the total is not priced"
    inside = "" if dynamic is None else f", of it dynamic {format_interval(dynamic)}"
    return f"{format_interval(total)} per frame{inside}"


def block(first: str, lines: Sequence[str], warnings: Sequence[str] = ()) -> str:
    """A first line and others below it, indented."""
    told = [f"! {warning}" for warning in warnings[:FEW]]
    if len(warnings) > FEW:
        told.append(f"! and {counted(len(warnings) - FEW, 'more warning')}")
    return "\n  ".join([first, *lines, *told])
