"""What an export lost, as a table for a terminal."""

from __future__ import annotations

from rich.table import Table

from neuromorph_track.export.report import ExportReport, LayerReport, Rounding


def export_table(report: ExportReport) -> Table:
    """Weights clipped and the error of rounding them, by layer; notes stand under the table."""
    notes = [f"{layer.layer}: {note}" for layer in report.layers for note in layer.notes]
    table = Table(
        title="Weights in 8 bits (errors in units of the trained weights)",
        caption="\n".join([*notes, *report.notes]) or None,
        caption_justify="left",
    )
    table.add_column("Layer")
    table.add_column("From")
    for heading in ("Weights", "Clipped", "Largest error", "RMS error", "Biases clipped"):
        table.add_column(heading, justify="right", no_wrap=True)
    for layer in report.layers:
        table.add_row(*_row(layer))
    return table


def _row(layer: LayerReport) -> tuple[str, ...]:
    weights = layer.weights
    return (
        layer.layer,
        layer.block,
        f"{weights.values:,}",
        _clipped(weights),
        f"{weights.largest_error:.3g}",
        f"{weights.rms_error:.3g}",
        "" if layer.bias is None else _clipped(layer.bias),
    )


def _clipped(rounding: Rounding) -> str:
    if not rounding.clipped:
        return "0"
    return f"{rounding.clipped:,} ({100 * rounding.clipped_share:.2g} %)"
