"""What became of a NIR graph, as a table."""

from __future__ import annotations

from rich.table import Table

from neuromorph_track.netx.nir import LayerReport, NirReport, Rounded


def nir_table(report: NirReport) -> Table:
    """Integers per layer and their errors; what the network does otherwise stands under the table."""
    table = Table(
        title=f"Time constants read as {report.convention}, dt {report.dt:g}; fed with {report.input}",
        caption="\n".join(f"! {warning}" for warning in report.warnings) or None,
        caption_style="yellow",
        caption_justify="left",
    )
    table.add_column("Layer")
    table.add_column("Nodes")
    headings = (
        "Scale",
        "Weights off by: rms",
        "most",
        "Biases",
        "Clipped",
        "To 0",
        "Threshold (wanted)",
        "Decay of current",
        "of voltage",
        "Largest sum",
    )
    for heading in headings:
        table.add_column(heading, justify="right")
    for layer in report.layers:
        table.add_row(*_row(layer))
    return table


def _row(layer: LayerReport) -> tuple[str, ...]:
    found = layer.rounding
    errors = ("exact", "") if found.exact else (f"{found.rms_error:.2f} steps", f"{found.largest_error:.2f}")
    return (
        layer.name,
        " ".join(layer.nodes),
        f"{found.scale:.5g}",
        *errors,
        f"{found.bias_error:.2f}" if found.bias_error >= 0.005 else "",
        str(found.clipped) if found.clipped else "",
        str(found.vanished) if found.vanished else "",
        "none" if layer.threshold is None else _rounded(layer.threshold),
        _rounded(layer.current_decay),
        _rounded(layer.voltage_decay),
        f"{100 * layer.largest_sum:.1f} %",
    )


def _rounded(number: Rounded) -> str:
    return f"{number.got}" if abs(number.error) < 0.05 else f"{number.got} ({number.wanted:.5g})"
