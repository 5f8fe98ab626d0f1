"""Layers, mapping and scores as tables of a page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from neuromorph_track.evaluation.sequences import COMBINED
from neuromorph_track.hardware import HardwareProfile
from neuromorph_track.hardware.mapping import LayerPlacement, Placement
from neuromorph_track.profiling import LayerSummary, Summary
from neuromorph_track.reports.html.table import Cell, Column, Table
from neuromorph_track.reports.placement_table import (
    ESTIMATE,
    HEADINGS,
    placement_row,
    placement_totals,
    problem_sentence,
)
from neuromorph_track.reports.scores import COUNTS, PERCENT
from neuromorph_track.reports.units import format_si

# What limits each of the mapping's columns; nothing does a size or a width.
LIMITS = (
    *("", "", "neurons_per_core", "synapse_words_per_core"),
    *("", "axons_in_per_core", "axons_out_per_core"),
)
# What a tracker gave out, and what of it is scored, differ.
COMPARED = (
    "Dets and IDs are the boxes and identities that were compared: what lies on truth that does not count is "
    "left out, so they can be fewer than the tracks that were given out."
)
SINGLE = ("AUC", "precision", "norm_precision", "AO", "SR50", "SR75")


def layers_page(summary: Summary, of: str = "frame") -> Table:
    """A row per layer of a steady frame, or of one template; a bar is a layer's share of the largest."""
    most = {
        count: max((getattr(layer.steady_state, count) for layer in summary.layers), default=0)
        for count in ("spikes_out", "synops")
    }
    steps = f"{summary.steps_per_frame} timestep" + "s" * (summary.steps_per_frame > 1)
    mean = f"mean after the first frame ({summary.frames:,} frames of {steps})"
    return Table(
        caption=f"Counts of a {of} by layer: {steps if summary.frames == 1 else mean}",
        columns=(
            Column("Layer", "neurons", "text"),
            Column("Spikes out"),
            Column("Synops", "non-zero weights"),
            Column("Density", "spikes per neuron and timestep"),
            Column("New state", "of neuron updates"),
            Column("Synops", "all weights"),
            Column("Synops", "first frame"),
            Column("Payload bits"),
        ),
        rows=tuple(_layer_row(place, layer, most) for place, layer in enumerate(summary.layers)),
        foot=(_total_row(summary.layers),),
    )


def _layer_row(place: int, layer: LayerSummary, most: Mapping[str, float]) -> tuple[Cell, ...]:
    steady = layer.steady_state
    return (
        Cell(
            layer.name,
            " · ".join([layer.neuron, f"{layer.neurons:,}", *layer.flags]),
            place,
            tone="alarm" if layer.flags else "",
        ),
        _count(steady.spikes_out, steady.spikes_out / (most["spikes_out"] or 1)),
        _count(steady.synops, steady.synops / (most["synops"] or 1)),
        Cell(f"{100 * layer.density:.1f} %", sort=layer.density, share=layer.density),
        Cell(f"{100 * layer.changed:.0f} %", sort=layer.changed, share=layer.changed),
        _count(steady.synops_all),
        _count(layer.first_frame.synops),
        _count(steady.payload_bits),
    )


def _total_row(layers: Sequence[LayerSummary]) -> tuple[Cell, ...]:
    steady = [layer.steady_state for layer in layers]
    return (
        Cell("All layers", f"{sum(layer.neurons for layer in layers):,} neurons"),
        _count(sum(counts.spikes_out for counts in steady)),
        _count(sum(counts.synops for counts in steady)),
        Cell(),
        Cell(),
        _count(sum(counts.synops_all for counts in steady)),
        _count(sum(layer.first_frame.synops for layer in layers)),
        _count(sum(counts.payload_bits for counts in steady)),
    )


def _count(value: float, share: float | None = None) -> Cell:
    return Cell(format_si(value), sort=value, share=share)


def mapping_page(profile: HardwareProfile, placement: Placement) -> Table:
    """Where each layer lies; a bar is the share of what a core holds."""
    return Table(
        caption=f"{profile.profile.name}: {placement_totals(placement)}",
        columns=(Column("Layer", "", "text"), *map(Column, HEADINGS)),
        rows=tuple(_placed_row(place, layer) for place, layer in enumerate(placement.layers)),
        notes=(ESTIMATE, *map(problem_sentence, placement.problems)),
    )


def _placed_row(place: int, layer: LayerPlacement) -> tuple[Cell, ...]:
    name, *texts = placement_row(layer)
    sorts = (
        layer.cores,
        layer.core_neurons,
        layer.core_neurons,
        layer.synapse_words,
        layer.weight_bits,
        layer.axons_in,
        layer.axons_out,
    )
    cells = zip(texts, sorts, map(layer.utilisation.get, LIMITS), strict=True)
    return (
        Cell(name, "", place),
        *(_used(text, sort, share) for text, sort, share in cells),
    )


def _used(text: str, sort: int, share: float | None) -> Cell:
    if share is None or not text:
        return Cell(text, "", sort)
    number, _, percent = text.partition(" ")
    return Cell(number, percent, sort, min(1.0, share))


def scores_page(rows: Sequence[Mapping[str, Any]]) -> Table | None:
    """Tracking scores in per cent, or those of one object as fractions; None where none are known."""
    if not rows:
        return None
    # Of one sequence, the combined row says the same again.
    rows = rows[:-1] if len(rows) == 2 and rows[-1].get("sequence") == COMBINED else rows
    if "HOTA" in rows[-1]:
        shares: tuple[str, ...] = PERCENT
        counts = tuple(name for name in COUNTS if rows[-1].get(name) is not None)
        caption = "Against the truth, per cent (TrackEval)"
    else:
        shares, counts = tuple(name for name in SINGLE if name in rows[-1]), ()
        caption = "Against the truth, per cent (one object)"
    return Table(
        caption=caption,
        columns=(Column("Sequence", "", "text"), *map(Column, (*shares, *counts))),
        rows=tuple(
            (
                Cell(_sequence(row), "", place),
                *(_score(row.get(name), True) for name in shares),
                *(_score(row.get(name), False) for name in counts),
            )
            for place, row in enumerate(rows)
        ),
        # Of one object there are no identities to count.
        notes=(COMPARED,) if counts else (),
    )


def _sequence(row: Mapping[str, Any]) -> str:
    name, kind = row.get("sequence", ""), row.get("class_name", "")
    if name == COMBINED and not kind:
        return "this run"
    return f"{name}, {kind}" if kind else str(name)


def _score(value: object, percent: bool) -> Cell:
    if not isinstance(value, int | float):
        return Cell("–", tone="faint")
    return Cell(f"{100 * value:.1f}" if percent else f"{value:,}", "", float(value))
