"""A network's layers as a table and as a data frame, from :func:`neuromorph_track.netx.describe.describe`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from neuromorph_track.reports.notebook.html import HtmlTable

if TYPE_CHECKING:
    from pandas import DataFrame  # type: ignore[import-untyped]

HEADINGS = ("Layer", "Neuron", "Shape", "Threshold", "Weights", "Non-zero", "MACs per step")


def described_html(content: dict[str, Any]) -> HtmlTable:
    """A row for each layer, and the sums."""
    layers = content["layers"]
    rows = [_cells(layer) for layer in layers]
    sums = [sum(layer[name] for layer in layers) for name in ("neurons", "weights", "macs")]
    total = ["total", "", f"{sums[0]:,} neurons", "", f"{sums[1]:,}", "", f"{sums[2]:,}"]
    return HtmlTable(HEADINGS, [*rows, total], words=2, bold_last=True)


def _cells(layer: dict[str, Any]) -> list[str]:
    weights = layer["weights"]
    levels = "" if layer["levels"] is None else f", 0 to {layer['levels']}"
    return [
        layer["name"],
        (layer["neuron"] or "") + levels,
        " × ".join(map(str, layer["shape"])),
        "" if layer["threshold"] is None else f"{layer['threshold']:,}",
        f"{weights:,}" if weights else "",
        f"{100 * layer['nonzero_weights'] / weights:.0f} %" if weights else "",
        f"{layer['macs']:,}" if layer["macs"] else "",
    ]


def described_frame(content: dict[str, Any]) -> DataFrame:
    """A row for each layer.

    Columns: ``name``, ``shape``, ``neuron``, ``threshold``, ``levels``, ``neurons``, ``weights``,
    ``nonzero_weights``, ``weight_range``, ``biases``, ``stride``, ``padding``, ``dilation``, ``groups``,
    ``longest_delay`` (timesteps), ``macs`` (of the dense twin, per timestep).
    """
    from pandas import DataFrame

    return DataFrame(content["layers"])
