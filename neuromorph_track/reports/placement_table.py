"""Where a network lies on a chip, as a table for a terminal."""

from __future__ import annotations

from rich.console import Group
from rich.table import Table
from rich.text import Text

from neuromorph_track.hardware import HardwareProfile
from neuromorph_track.hardware.mapping import LayerPlacement, Placement, Problem

ESTIMATE = "The fullest core of each layer, and its share of what the profile says a core holds. An estimate."


HEADINGS = ("Cores", "Piece", "Neurons", "Synapse words", "Bits", "Axons in", "Axons out")


def placement_table(placement: Placement, profile: HardwareProfile) -> Group:
    """Cores, memory and axons by layer; problems in red below, each with what would make it fit."""
    table = Table(
        title=f"{profile.profile.name}: {placement_totals(placement)}",
        caption=ESTIMATE,
        caption_justify="left",
    )
    table.add_column("Layer", overflow="fold")
    for heading in HEADINGS:
        table.add_column(heading, justify="right")
    for layer in placement.layers:
        table.add_row(*placement_row(layer))
    table.add_section()
    neurons = sum(layer.neurons for layer in placement.layers if layer.cores)
    table.add_row("total", f"{placement.cores:,}", "", f"{neurons:,}", "", "", "", "", style="bold")
    return Group(table, *(Text(problem_sentence(problem), style="red") for problem in placement.problems))


def placement_totals(placement: Placement) -> str:
    """``61 cores, 1 chip``."""
    return f"{_counted(placement.cores, 'core')}, {_counted(placement.chips, 'chip')}"


def _counted(number: int, noun: str) -> str:
    return f"{number:,} {noun}" + ("" if number == 1 else "s")


def placement_row(layer: LayerPlacement) -> tuple[str, ...]:
    """The layer's name, and a text for each of :data:`HEADINGS`."""
    if not layer.cores:
        return (layer.name, "host", "", "", "", "", "", "")
    return (
        layer.name,
        f"{layer.cores:,}",
        " x ".join(map(str, layer.tile)),
        _used(layer, layer.core_neurons, "neurons_per_core"),
        _used(layer, layer.synapse_words, "synapse_words_per_core"),
        f"{layer.weight_bits}" if layer.synapse_words else "",
        _used(layer, layer.axons_in, "axons_in_per_core"),
        _used(layer, layer.axons_out, "axons_out_per_core"),
    )


def _used(layer: LayerPlacement, number: int, limit: str) -> str:
    if not number:
        return ""
    share = layer.utilisation.get(limit)
    return f"{number:,}" if share is None else f"{number:,} {_percent(share)}"


def _percent(share: float) -> str:
    return "<1 %" if share < 0.005 else f"{100 * share:.0f} %"


def problem_sentence(problem: Problem) -> str:
    """What does not fit, and what would make it fit."""
    where = f"{problem.layer}: " if problem.layer else ""
    return f"! {where}{problem.found}; limit: {problem.expected}; {problem.remedy}"
