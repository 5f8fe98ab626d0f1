"""Several runs in one table of a page."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import compress

from neuromorph_track.reports.html.content import Against, RunContent
from neuromorph_track.reports.html.energy import middle
from neuromorph_track.reports.html.headline import headline_chip
from neuromorph_track.reports.html.table import Cell, Column, Table
from neuromorph_track.reports.units import format_interval, format_si


def overview_page(runs: Sequence[RunContent], against: Against) -> Table:
    """A row per run: what it is, how accurate, what it counts and costs on the chip of the headline.

    What no run has is left out: `sot` gives out no tracks.
    """
    chip = headline_chip(against.reports[against.baseline])
    shown = (
        True,
        True,
        any(run.tracks is not None for run in runs),
        bool(against.accuracies),
        *(True,) * 4,
    )
    columns = (
        Column("Run", "network on source", "text"),
        Column("Frames"),
        Column("Tracks"),
        Column(against.accuracy_name, "per cent"),
        Column("Spikes", "per frame"),
        Column("Synops", "per frame"),
        Column("Dynamic", "J per frame"),
        Column("Total", "J per frame"),
    )
    rows = (_row(place, run, against, chip.profile) for place, run in enumerate(runs))
    return Table(
        caption=f"The runs, joules on {chip.name}",
        columns=tuple(compress(columns, shown)),
        rows=tuple(tuple(compress(row, shown)) for row in rows),
    )


def _row(place: int, run: RunContent, against: Against, profile: str) -> tuple[Cell, ...]:
    report = next(each for each in against.reports[run.name] if each.profile == profile)
    accuracy = against.accuracies.get(run.name)
    means = [
        sum(getattr(layer.steady_state, count) for layer in run.summary.layers)
        for count in ("spikes_out", "synops")
    ]
    energies = (report.steady_state.dynamic, report.steady_state.total)
    texts = [format_interval(energy).partition(" [") for energy in energies]
    return (
        Cell(run.name, f"{run.network} on {run.source}", place),
        Cell(f"{run.frames:,}", "", run.frames),
        Cell("–" if run.tracks is None else f"{run.tracks:,}", "", run.tracks),
        Cell("–" if accuracy is None else f"{100 * accuracy:.1f}", "", accuracy),
        *(Cell(format_si(mean), "", mean) for mean in means),
        *(
            Cell(text, f"[{rest}" if rest else "", middle(energy))
            for (text, _, rest), energy in zip(texts, energies, strict=True)
        ),
    )
