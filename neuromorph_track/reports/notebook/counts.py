"""What a network did, as data frames and as a table."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

from neuromorph_track.backends.activity import Activity
from neuromorph_track.profiling import LayerSummary, Summary
from neuromorph_track.reports.notebook.html import HtmlTable
from neuromorph_track.reports.units import format_si

if TYPE_CHECKING:
    from pandas import DataFrame  # type: ignore[import-untyped]

HEADINGS = ("Layer", "Neuron", "Neurons", "Spikes in", "Synops", "first frame", "New state", "Spikes out")


def layers_frame(summary: Summary) -> DataFrame:
    """A row for each layer.

    Columns: ``layer``, ``kind``, ``neuron``; ``neurons``, ``weights``, ``nonzero_weights``, ``macs`` (of the
    dense twin, per timestep), ``message_bits``; mean counts of a frame after the first, ``spikes_in``,
    ``synops``, ``synops_all``, ``neuron_updates``, ``neuron_updates_changed``, ``spikes_out``,
    ``synops_nominal``, ``payload_bits``; ``synops_first_frame``; ``density`` (spikes out per neuron and
    timestep, 0 to 1), ``changed`` (share of updates that change a neuron, 0 to 1); ``flags``.
    """
    from pandas import DataFrame  # type: ignore[import-untyped]

    return DataFrame([_row(layer) for layer in summary.layers])


def _row(layer: LayerSummary) -> dict[str, object]:
    known = ("kind", "neuron", "neurons", "weights", "nonzero_weights", "macs", "message_bits")
    return {
        "layer": layer.name,
        **{name: getattr(layer, name) for name in known},
        **asdict(layer.steady_state),
        "synops_first_frame": layer.first_frame.synops,
        "density": layer.density,
        "changed": layer.changed,
        "flags": ", ".join(layer.flags),
    }


def frames_frame(activity: Activity) -> DataFrame:
    """A row for each frame and layer.

    Columns: ``frame`` (from 1, as in MOTChallenge), ``layer``, and the exact counts ``spikes_in``,
    ``synops``, ``synops_all``, ``neuron_updates``, ``neuron_updates_changed``, ``spikes_out``.
    """
    table = activity.to_dataframe().sort_values("entry", kind="stable", ignore_index=True)
    return table.assign(entry=table["entry"] + 1).rename(columns={"entry": "frame"})


def layers_html(summary: Summary) -> HtmlTable:
    """Mean counts of a frame after the first, by layer."""
    rows = [_cells(layer) for layer in summary.layers]
    steady = [layer.steady_state for layer in summary.layers]
    total = ["total", "", format_si(sum(layer.neurons for layer in summary.layers))]
    total += [format_si(sum(counts.spikes_in for counts in steady))]
    total += [format_si(sum(counts.synops for counts in steady))]
    total += [format_si(sum(layer.first_frame.synops for layer in summary.layers)), ""]
    total += [format_si(sum(counts.spikes_out for counts in steady))]
    length = f"{summary.frames} frames of {summary.steps_per_frame} timesteps"
    caption = f"Counts per frame, exact; mean of the frames after the first ({length})"
    return HtmlTable(HEADINGS, [*rows, total], caption, words=2, bold_last=True)


def _cells(layer: LayerSummary) -> list[str]:
    steady = layer.steady_state
    return [
        layer.name,
        layer.neuron,
        format_si(layer.neurons),
        format_si(steady.spikes_in),
        format_si(steady.synops),
        format_si(layer.first_frame.synops),
        f"{100 * layer.changed:.0f} %",
        format_si(steady.spikes_out),
    ]


def steps_frame(activity: Activity) -> DataFrame:
    """:func:`frames_frame` of counts with an entry per timestep: the first column is ``timestep``, from 0."""
    table = activity.to_dataframe().sort_values("entry", kind="stable", ignore_index=True)
    return table.rename(columns={"entry": "timestep"})
