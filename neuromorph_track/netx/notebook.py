"""A network in a line, and as a notebook's table."""

from __future__ import annotations

from neuromorph_track.netx.describe import describe
from neuromorph_track.netx.wiring import AnyNetwork, stages

COLUMNS = ("name", "neuron", "shape", "threshold", "weights", "nonzero_weights", "macs")


def network_text(network: AnyNetwork) -> str:
    """Its name, and how large it is."""
    wired = stages(network)
    weights = [stage.layer.weight for stage in wired if stage.layer.has_synapses]
    size = sum(array.size for array in weights if array is not None)
    neurons = sum(stage.layer.neurons for stage in wired)
    name = network.contract.name if network.contract else network.source
    return f"{name}: {len(wired)} layers, {neurons:,} neurons, {size:,} weights"


def network_html(network: AnyNetwork) -> str:
    """The same above a table of its layers."""
    # It takes half a second, and only a notebook needs it.
    from pandas import DataFrame  # type: ignore[import-untyped]

    table = DataFrame(describe(network)["layers"])[list(COLUMNS)]
    shapes = table["shape"].map(lambda sides: " × ".join(map(str, sides)))
    known = table.assign(shape=shapes).astype(object).where(table.notna(), "")
    title = DataFrame([[network_text(network)]]).to_html(index=False, header=False, border=0)
    return title + known.to_html(index=False, border=0)
