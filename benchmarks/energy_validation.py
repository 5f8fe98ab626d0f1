"""Published measurements of chips against the shipped hardware profiles.

    python benchmarks/energy_validation.py DATA

DATA holds ``checkpoints/pilotnet_sdnn_tut.net`` and ``checkpoints/oxford.net``; PilotNet with spiking
neurons and YOLO-KP lie in lava-dl's wheel (Python 3.10). Nothing is fitted here: prices come from
``hardware_profiles``, counts from the simulator or a publication. A bar that is missed ends the program
with 1, unless the miss is known and its reason said; so does a known one that is gone.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

from measured import pilotnet
from measured.case import Case, Run, Verdict, estimate, geometric_error, verdicts
from measured.cases import cases
from rich.console import Console
from rich.table import Table

from neuromorph_track.export.zoo import load_network
from neuromorph_track.hardware import list_profiles, load_profile
from neuromorph_track.hardware.mapping import place
from neuromorph_track.netx import AnyNetwork, read_net
from neuromorph_track.profiling import EnergyReport, price

# Bars on the simulated counts against the chip's counters.
LARGEST_TOTAL, LARGEST_LAYER = 0.02, 0.07
UNITS = {
    "dynamic": (1e3, "mJ"),
    "events": (1e3, "mJ"),
    "total": (1e3, "mJ"),
    "step_time": (1e6, "us"),
    "frame_time": (1e3, "ms"),
}
MISSED = " [red]MISSED[/red]"


class Partition(NamedTuple):
    """Cores that a compiler took for a network, and how far off we may be; None: shown, without a bar."""

    name: str
    network: Callable[[], AnyNetwork]
    cores: int
    tolerance: float | None


def partitions(data: Path) -> tuple[Partition, ...]:
    return (
        Partition("PilotNet SDNN", lambda: pilotnet.sdnn(data), 61, 0.0),
        Partition("PilotNet LIF", pilotnet.lif, 74, 0.0),
        Partition("YOLO-KP", lambda: load_network("yolo-kp"), 574, 0.1),
        Partition("Oxford", lambda: read_net(data / "checkpoints/oxford.net"), 5, None),
    )


def number(value: float, mark: bool = False) -> str:
    return f"{value:,.4g}" + MISSED * mark


def counters_table(case: Case, run: Run) -> tuple[Table, bool]:
    """Synops per timestep, simulated and counted by the chip; whether all bars are kept."""
    table = Table("layer", "simulated", "chip", "difference", title=f"{case.name}: synops per timestep")
    steps = run.activity.steps_per_frame
    found = {layer.name: layer.synops[-1] / steps for layer in run.activity.layers}
    found["total"] = sum(found.values())
    kept = True
    for name, chip in case.counters.items():
        ours, bar = found[name], LARGEST_TOTAL if name == "total" else LARGEST_LAYER
        off = ours / chip - 1 if chip else ours
        missed = abs(off) > bar
        kept &= not missed
        table.add_row(name, f"{ours:,.0f}", f"{chip:,.0f}", f"{off:+.1%}" + (MISSED if missed else ""))
    return table, kept


def row(verdict: Verdict) -> tuple[str, ...]:
    factor, unit = UNITS[verdict.figure.name]
    measured = " ".join(number(value * factor) for value in verdict.figure.values)
    name = f"{verdict.figure.name.replace('_', ' ')}, {unit}"
    if verdict.estimate is None:
        return (name, "-", "-", "-", measured, "-", "no estimate" + MISSED * verdict.missed)
    interval = [getattr(verdict.estimate, edge) * factor for edge in ("p5", "p50", "p95")]
    if not verdict.figure.resolved:
        return (name, *map(number, interval), measured, "-", "below what the meter resolves")
    inside = f"{verdict.inside} of {len(verdict.figure.values)}"
    bar = verdict.figure.largest_error
    allowed = "" if bar is None else f" (bar {bar:g})"
    error = f"x {verdict.error:.2f}{allowed}" + MISSED * verdict.missed
    return (name, *map(number, interval), measured, inside, error)


def naive(run: Run) -> Iterator[tuple[str, float]]:
    """Joules of a frame by the arithmetic that is in use elsewhere."""
    frame = {count: int(run.activity.total(count)[-1]) for count in run.activity.COUNTS}
    synops, updates, spikes = frame["synops"], frame["neuron_updates"], frame["spikes_out"]
    yield "Loihi 1, Table 2: 23.6 pJ a synop, 81 an update", synops * 23.6e-12 + updates * 81e-12
    yield "the same, 52 pJ an inactive update", synops * 23.6e-12 + updates * 52e-12
    yield "23.6 pJ a synop, nothing else", synops * 23.6e-12
    sana_fe = synops * 24e-12 + updates * 72.8e-12 + spikes * (69.3e-12 + 1.2 * 111e-12)
    yield "SANA-FE's constants for Loihi 1", sana_fe
    keras_spiking = frame["synops_all"] * 27.1e-12 + updates * 81e-12
    yield "keras-spiking: all weights, a hop each", keras_spiking
    yield "1 pJ a synop", synops * 1e-12
    yield "0.9 pJ an AC (45 nm, fp32)", synops * 0.9e-12
    yield "0.03 pJ an AC (45 nm, int8)", synops * 0.03e-12


def models_table(case: Case, run: Run, report: EnergyReport) -> Table:
    """How other models do on the first figure of a case, its dynamic energy."""
    measured = case.figures[0].values
    title = f"{case.name}: dynamic energy of a frame by other models"
    table = Table("model", "mJ", "by measured", "geometric error", title=title)
    ours = report.steady_state.dynamic
    assert ours is not None
    rows = [(f"this project, {case.profile}, P50", ours.p50), *naive(run)]
    for name in list_profiles():
        if name.startswith("papers"):
            dynamic = price(run.activity, load_profile(name), network=run.network).steady_state.dynamic
            if dynamic is not None:
                rows.append((f"profile {name}, P50", dynamic.p50))
    for name, joules in rows:
        ratios = " ".join(f"{joules / value:.2g}" for value in measured)
        table.add_row(name, number(joules * 1e3), ratios, f"x {geometric_error(joules, measured):.2f}")
    return table


def mapping_table(data: Path) -> tuple[Table, bool]:
    table = Table("network", "cores", "published", "difference", "chips", "fits", title="cores of Loihi 2")
    profile, kept = load_profile("loihi2-oheogulch"), True
    for wanted in partitions(data):
        found = place(wanted.network(), profile)
        off = found.cores / wanted.cores - 1
        missed = wanted.tolerance is not None and abs(off) > wanted.tolerance
        kept &= not missed
        difference = "equal" if not off else f"{off:+.1%}" + MISSED * missed
        fits = "yes" if found.fits else found.problems[0].found
        table.add_row(wanted.name, str(found.cores), str(wanted.cores), difference, str(found.chips), fits)
    return table, kept


def main() -> None:
    raw = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=raw)
    parser.add_argument("data", type=Path)
    arguments = parser.parse_args()
    console, kept = Console(width=150), []
    headings = ("case", "figure", "P5", "P50", "P95", "measured", "inside", "geometric error")
    energies = Table(*headings, title="estimates and measurements, a steady frame")
    said: list[str] = []
    held_back: list[float] = []
    for case in cases(arguments.data):
        run = case.run()
        report = estimate(case, run)
        if case.counters:
            table, fine = counters_table(case, run)
            console.print(table)
            console.print(models_table(case, run, report))
            kept.append(fine)
        for index, verdict in enumerate(verdicts(case, report)):
            first = (f"{case.name} ({case.kind})", "")[bool(index)]
            energies.add_row(first, *row(verdict))
            kept.append(not verdict.fails)
            if verdict.figure.known_miss:
                gone = "" if verdict.missed else " [red]NO LONGER SO[/red]"
                said.append(f"{case.name}: known to miss: {verdict.figure.known_miss}{gone}")
            if case.kind == "held back":
                held_back.append(verdict.error)
        energies.add_section()
        for claim in case.claims:
            holds = claim.holds(report)
            kept.append(holds)
            said.append(f"{case.name}: {claim.text}: {'yes' if holds else 'no' + MISSED}")
    console.print(energies)
    together = geometric_error(1.0, held_back)
    console.print(f"held back: {len(held_back)} figures, geometric error x {together:.2f} together")
    for line in said:
        console.print(line)
    table, fine = mapping_table(arguments.data)
    console.print(table)
    kept.append(fine)
    console.print("every bar is kept" if all(kept) else "[red]not every bar is kept[/red]")
    sys.exit(not all(kept))


if __name__ == "__main__":
    main()
