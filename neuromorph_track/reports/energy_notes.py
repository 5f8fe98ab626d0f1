"""What a reader of joules must know besides the numbers, each once, with the chips it holds for."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from neuromorph_track.profiling import EnergyReport
from neuromorph_track.reports.units import format_si

DRIVERS, LEAST_SHARE = 3, 0.05

Entry = tuple[str, EnergyReport]


def energy_notes(
    reports: Sequence[EnergyReport],
    runs: Sequence[str] = (),
    complete: bool = False,
    boundaries: bool = True,
) -> list[str]:
    """Sentences for below a table.

    Parameters
    ----------
    reports : sequence of EnergyReport
    runs : sequence of str
        What to call the run of each report, where there are several.
    complete : bool
        Also time, cores and chips, which a narrow table has no column for.
    boundaries : bool
        Also that boundaries differ, where they do.
    """
    entries = list(zip(runs or [""] * len(reports), reports, strict=True))
    holds_for: dict[str, list[Entry]] = {}
    for run, report in entries:
        for note in _notes(report, complete):
            holds_for.setdefault(note, []).append((run, report))
    notes = [f"{_names(some, entries)}: {note}" for note, some in holds_for.items()]
    return [*notes, *_twin_notes(entries), *(boundary_warning(reports) if boundaries else ())]


def _names(some: Sequence[Entry], entries: Sequence[Entry]) -> str:
    """The chips of some entries; with a run's name where not all runs on the chip are meant."""
    if len(some) == len(entries) > 1:
        return "all"
    names: dict[str, None] = {}
    for run, report in some:
        here, there = (
            [r for r, other in group if other.profile == report.profile] for group in (some, entries)
        )
        names[report.name if len(here) == len(there) else f"{run} on {report.name}"] = None
    return ", ".join(names)


def _notes(report: EnergyReport, complete: bool) -> Iterator[str]:
    if report.unpriced:
        yield f"not priced: {', '.join(report.unpriced)}"
    yield from report.caveats
    if complete and (size := _size(report)):
        yield size
    if drivers := driver_text(report):
        yield f"driven by {drivers}"


def _size(report: EnergyReport) -> str:
    time, placement = report.steady_state.frame_time, report.placement
    facts = [] if time is None else [f"a frame takes {format_si(time.p50, 's')} ({report.bound})"]
    if placement is not None and placement.cores:
        facts.append(f"{placement.cores:,} cores, chips: {placement.chips:,}")
    return ", ".join(facts)


def driver_text(report: EnergyReport) -> str:
    """``energy.synop 64 %, spread.chip 30 %``: the prices whose uncertainty makes most of the interval."""
    return ", ".join(
        f"{driver.price} {min(100, 100 * driver.share):.0f} %"
        for driver in report.sensitivity[:DRIVERS]
        if driver.share >= LEAST_SHARE
    )


def _twin_notes(entries: Sequence[Entry]) -> Iterator[str]:
    """Where the ANN twin needs more or less, as far as its ratio allows to say so."""
    answers: dict[str, list[Entry]] = {"needs more": [], "needs less": [], "no claim": []}
    for run, report in entries:
        if (ratio := report.dense_twin_ratio) is not None:
            answers[
                "no claim" if not ratio.claim else "needs less" if ratio.p95 < 1 else "needs more"
            ].append((run, report))
    parts = [f"{answer} on {_names(some, entries)}" for answer, some in answers.items() if some]
    if parts:
        yield f"the ANN twin, beside the spiking network: {'; '.join(parts)}"


def boundary_warning(reports: Sequence[EnergyReport]) -> list[str]:
    """Which figures have which boundary, where there is more than one; else nothing."""
    chips: dict[str, dict[str, None]] = {}
    for report in reports:
        chips.setdefault(report.boundary, {})[report.name] = None
    if len(chips) < 2:
        return []
    parts = "; ".join(f"{boundary}: {', '.join(names)}" for boundary, names in chips.items())
    return [f"boundaries differ, so these figures are not one quantity ({parts})"]
