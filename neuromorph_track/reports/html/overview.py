"""Several runs in one table of a page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import compress

from neuromorph_track.reports.html.content import Against, RunContent
from neuromorph_track.reports.html.energy import middle
from neuromorph_track.reports.html.headline import headline_chip
from neuromorph_track.reports.html.table import Cell, Column, Table
from neuromorph_track.reports.units import format_interval, format_si


def overview_page(runs: Sequence[RunContent], against: Against) -> Table:
    """A row per run: what it is, how accurate, what it counts and costs on the chip of the headline.

    What no run has is left out: `sot` gives out no tracks, and its accuracy is the overlap of the boxes.
    """
    chip = headline_chip(against.reports[against.baseline])
    accuracy_name, accuracies = _accuracies(runs, against)
    shown = (
        True,
        True,
        any(run.tracks is not None for run in runs),
        bool(accuracies),
        *(True,) * 4,
    )
    columns = (
        Column("Run", "network on source", "text"),
        Column("Frames"),
        Column("Tracks"),
        Column(accuracy_name, "per cent"),
        Column("Spikes", "per frame"),
        Column("Synops", "per frame"),
        Column("Dynamic", "J per frame"),
        Column("Total", "J per frame"),
    )
    rows = (_row(place, run, against, accuracies, chip.profile) for place, run in enumerate(runs))
    return Table(
        caption=f"The runs, joules on {chip.name}",
        columns=tuple(compress(columns, shown)),
        rows=tuple(tuple(compress(row, shown)) for row in rows),
    )


def _accuracies(runs: Sequence[RunContent], against: Against) -> tuple[str, Mapping[str, float]]:
    """By the run's name, fractions; of single objects their AO, where no tracks were scored."""
    if against.accuracies:
        return against.accuracy_name, against.accuracies
    overlaps = {run.name: run.scores[-1].get("AO") for run in runs if run.scores}
    return "AO", {name: each for name, each in overlaps.items() if isinstance(each, float)}


def _row(
    place: int, run: RunContent, against: Against, accuracies: Mapping[str, float], profile: str
) -> tuple[Cell, ...]:
    report = next(each for each in against.reports[run.name] if each.profile == profile)
    accuracy = accuracies.get(run.name)
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
