"""What a run did and what it costs, as tables for a terminal."""

from __future__ import annotations

from collections.abc import Sequence

from rich.table import Table

from neuromorph_track.profiling import EnergyReport, LayerSummary, Summary
from neuromorph_track.reports.units import format_interval, format_si


def layers_table(summary: Summary) -> Table:
    """Counts per layer of a steady frame, and the synops of the first; warnings stand under the table."""
    length = f"{summary.frames} frames x {summary.steps_per_frame} timesteps"
    table = Table(
        title=f"Activity per frame, steady state ({length})",
        caption="\n".join(f"! {warning}" for warning in summary.warnings) or None,
        caption_style="yellow",
        caption_justify="left",
    )
    table.add_column("Layer")
    for heading in ("Neurons", "Spikes in", "Synops", "(first frame)", "Updates", "Spikes out", "Density"):
        table.add_column(heading, justify="right", no_wrap=True)
    for layer in summary.layers:
        table.add_row(*_layer_row(layer))
    table.add_section()
    table.add_row(*_total_row(summary.layers), style="bold")
    return table


def _layer_row(layer: LayerSummary) -> tuple[str, ...]:
    steady = layer.steady_state
    return (
        f"{layer.name} ({layer.neuron})",
        format_si(layer.neurons),
        format_si(steady.spikes_in),
        format_si(steady.synops),
        format_si(layer.first_frame.synops),
        format_si(steady.neuron_updates),
        format_si(steady.spikes_out),
        f"{100 * layer.density:.1f} %",
    )


def _total_row(layers: Sequence[LayerSummary]) -> tuple[str, ...]:
    return (
        "total",
        format_si(sum(layer.neurons for layer in layers)),
        format_si(sum(layer.steady_state.spikes_in for layer in layers)),
        format_si(sum(layer.steady_state.synops for layer in layers)),
        format_si(sum(layer.first_frame.synops for layer in layers)),
        format_si(sum(layer.steady_state.neuron_updates for layer in layers)),
        format_si(sum(layer.steady_state.spikes_out for layer in layers)),
        "",
    )


def energy_table(reports: Sequence[EnergyReport]) -> Table:
    """Joules per frame by chip, with intervals; what is not priced stands under the table."""
    table = Table(
        title="Energy per frame, steady state: P50 [P5, P95]",
        caption="\n".join(_notes(reports)) or None,
        caption_justify="left",
    )
    table.add_column("Chip")
    table.add_column("Prices")
    table.add_column("Dynamic", justify="right")
    table.add_column("Total", justify="right")
    table.add_column("First frame, dynamic", justify="right")
    table.add_column("Evidence")
    table.add_column("Boundary")
    for report in reports:
        table.add_row(
            report.name,
            "dense twin" if report.dense_equivalent else "spikes",
            format_interval(report.steady_state.dynamic),
            format_interval(report.steady_state.total),
            format_interval(report.first_frame.dynamic),
            evidence_text(report),
            report.boundary,
        )
    return table


def _notes(reports: Sequence[EnergyReport]) -> list[str]:
    """What is not priced and what else to know, each once, with the chips it holds for."""
    chips: dict[str, list[str]] = {}
    for report in reports:
        gaps = [f"not priced: {', '.join(report.unpriced)}"] if report.unpriced else []
        for note in (*gaps, *report.caveats):
            chips.setdefault(note, []).append(report.name)
    return [f"{', '.join(names)}: {note}" for note, names in chips.items()]


def evidence_text(report: EnergyReport) -> str:
    """Weakest grade of the dynamic figure, and of the total where that is weaker still or the only one."""
    grades = dict.fromkeys(filter(None, (report.dynamic_evidence, report.total_evidence)))
    return " / ".join(grades)
