"""What a run did, as a table for a terminal."""

from __future__ import annotations

from collections.abc import Sequence

from rich.table import Table

from neuromorph_track.profiling import LayerSummary, Summary
from neuromorph_track.reports.units import format_si

WARNING = "bold red"
"""Style of what must not be overlooked."""

# Two lines each, so that the table fits into 100 columns.
HEADINGS = (
    "Neurons",
    "Spikes\nin",
    "Synops",
    "all\nweights",
    "first\nframe",
    "New\nstate",
    "Spikes\nout",
    "Density",
    "Payload\nbits",
)


def layers_table(summary: Summary) -> Table:
    """Counts per layer of a steady frame, and the synops of the first; warnings stand under the table.

    "New state" is the share of neuron updates that change the neuron; a layer with a warning is red.
    """
    length = f"{summary.frames} frames x {summary.steps_per_frame} timesteps"
    table = Table(
        title=f"Activity per frame, steady state ({length})",
        caption="\n".join(f"! {warning}" for warning in summary.warnings) or None,
        caption_style=WARNING,
        caption_justify="left",
        padding=(0, 1, 0, 0),
    )
    table.add_column("Layer")
    for heading in HEADINGS:
        table.add_column(heading, justify="right", no_wrap=True)
    for layer in summary.layers:
        table.add_row(*_layer_row(layer), style=WARNING if layer.flags else None)
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
        format_si(steady.synops_all),
        format_si(layer.first_frame.synops),
        f"{100 * layer.changed:.0f} %",
        format_si(steady.spikes_out),
        f"{100 * layer.density:.1f} %",
        format_si(steady.payload_bits),
    )


def _total_row(layers: Sequence[LayerSummary]) -> tuple[str, ...]:
    steady = [layer.steady_state for layer in layers]
    updates = sum(counts.neuron_updates for counts in steady)
    changed = sum(counts.neuron_updates_changed for counts in steady)
    return (
        "total",
        format_si(sum(layer.neurons for layer in layers)),
        format_si(sum(counts.spikes_in for counts in steady)),
        format_si(sum(counts.synops for counts in steady)),
        format_si(sum(counts.synops_all for counts in steady)),
        format_si(sum(layer.first_frame.synops for layer in layers)),
        f"{100 * changed / max(1, updates):.0f} %",
        format_si(sum(counts.spikes_out for counts in steady)),
        "",
        format_si(sum(counts.payload_bits for counts in steady)),
    )
