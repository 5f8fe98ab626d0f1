"""What frames, events and a teacher are worth in each light, at each speed, and what each costs.

    OMP_NUM_THREADS=1 python benchmarks/had/conditions.py WORK [--seeds 5] [--sequences 64]

WORK is that of ablation.py: its trainings are taken where they are there; one that sees frames alone is
added, as large as the teacher and of its sequences. Of each preset, on sequences of the test split, and of
those together in which frames fail: SR, PR and NPR with 95 % intervals over seeds and sequences, the share of
the teacher's SR that is kept, what is gained over the student alone, and what over the centroid of the events
near, which learns nothing. A teacher answers when a frame comes, and in between its box stays.

Energy is joules per second of watching: the student's 100 windows a second, from the counts of the
fixed-point simulator, against the teacher's 25 frames a second as the ANN that it is, priced as a dense twin
is (docs/energy.md); in real time, so that waiting is paid for. Templates, once an object, are in neither.
A network that does not fit on a chip, or answers later than the next picture comes, has no figure there.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
import torch
from ablation import CENTROID, METRICS, TERMS, stacked, trivial
from energy import student_activity, teacher_activity
from intervals import Floats, mean_and_interval, share_and_interval, told
from rich.console import Console
from rich.table import Table
from trainings import (
    ALONE,
    Regime,
    Test,
    judged,
    regime_of,
    regime_options,
    sequences,
    student_of,
    teacher_of,
)

from neuromorph_track.export.siamese import export_siamese
from neuromorph_track.hardware import load_profile
from neuromorph_track.profiling import EnergyReport, FrameEnergy, price
from neuromorph_track.profiling.ratio import ratio_of
from neuromorph_track.runs.stream_net import StreamNet

PRESETS = ("day", "still", "dark", "fast", "hdr")
FAILING = ("dark", "fast", "hdr")
Values = dict[str, dict[str, Floats]]
TEACHER, FRAMES, EVENTS, TAUGHT = "teacher", "frames alone", "events alone", "events, taught"
# The student's chip; and where the teacher runs beside that same chip.
CHIPS, DENSE = ("loihi2-oheogulch", "spinnaker2", "loihi1", "speck"), ("jetson-maxwell", "datacentre-gpu")
WINDOW_S, FRAME_S = 0.01, 0.04
COUNTED = 8


def checkpoints(work: Path, seed: int, regime: Regime, terms: str) -> dict[str, tuple[Path, bool]]:
    """The trainings of a seed, and whether each is judged in floats."""
    return {
        TEACHER: (teacher_of(work), True),
        FRAMES: (teacher_of(work, sees="frames"), True),
        EVENTS: (student_of(work, ALONE, seed, None, regime), False),
        TAUGHT: (student_of(work, terms, seed, TERMS[terms], regime), False),
    }


def scores(work: Path, found: list[dict[str, tuple[Path, bool]]], test: Test) -> Values:
    """Of each kind and metric, (seeds, sequences)."""
    table: Values = {}
    for kind in found[0]:
        each = [judged(path, test, work, floats) for path, floats in (seed[kind] for seed in found)]
        table[kind] = {name: stacked(each, name) for name in METRICS}
    nothing = trivial(test, work)[CENTROID] * len(found)
    return {**table, CENTROID: {name: stacked(nothing, name) for name in METRICS}}


def together(tables: list[Values]) -> Values:
    """The same kinds and metrics over the sequences of several presets."""
    return {
        kind: {name: np.concatenate([each[kind][name] for each in tables], axis=1) for name in METRICS}
        for kind in tables[0]
    }


def accuracy(by_preset: dict[str, Values]) -> Table:
    columns = ("of the teacher's SR", "SR over alone", "SR over the centroid", "NPR over the centroid")
    shown = Table("", "", *METRICS, *columns, title="95 % over seeds and sequences")
    for preset, table in by_preset.items():
        for kind, values in table.items():
            cells = [told(mean_and_interval(values[name])) for name in METRICS]
            kept = told(share_and_interval(values["SR"], table[TEACHER]["SR"]))
            gains = [
                "" if kind == other else told(mean_and_interval(values[name] - table[other][name]), "+")
                for other, name in ((EVENTS, "SR"), (CENTROID, "SR"), (CENTROID, "NPR"))
            ]
            shown.add_row(preset, kind, *cells, "" if kind == TEACHER else kept, *gains)
            preset = ""
    return shown


def energy(work: Path, student: Path, teacher: Path, presets: list[str]) -> Table:
    """Watts of both, and of the student by the teacher's, P5 to P95 over the prices' draws."""
    net, ann = StreamNet(export_siamese(student).siamese), teacher_activity(teacher)
    title = "mW while watching; the teacher as an ANN; P50 [P5, P95]"
    shown = Table(
        "", "student on", "mW", "teacher on", "mW", "student by teacher", "synops a window", title=title
    )
    dense = {name: price(ann, load_profile(name), FRAME_S) for name in (*CHIPS, *DENSE)}
    for preset in presets:
        watched = list(sequences(Test(preset, COUNTED), work))
        counted = student_activity(net, watched)
        synops = f"{np.mean(counted.total('synops')):,.0f}"
        for chip in CHIPS:
            own = price(counted, load_profile(chip), WINDOW_S, network=net.siamese.search)
            for other in (chip, *DENSE) if _fits(own) else (chip,):
                shown.add_row(preset, *_compared(own, dense[other]), synops)
                preset = synops = ""
    return shown


def _compared(own: EnergyReport, other: EnergyReport) -> tuple[str, ...]:
    late = _obstacle(own, own.steady_state, WINDOW_S), _obstacle(other, other.dense_twin, FRAME_S)
    totals = own.samples.total is not None and other.samples.dense_twin_total is not None
    figure = "total" if totals else "dynamic"
    a, b = getattr(own.samples, figure), getattr(other.samples, f"dense_twin_{figure}")
    assert a is not None
    assert b is not None
    watts = a / WINDOW_S, b / FRAME_S
    texts = [why or _milliwatts(each, figure) for why, each in zip(late, watts, strict=True)]
    by = "none"
    if not any(late):
        found = ratio_of(*watts, ("the student", "the teacher"), figure, (own.boundary, other.boundary))
        by = f"{found.p50:.2g} [{found.p5:.2g}, {found.p95:.2g}]" + ("" if found.claim else " no claim")
    return own.name, texts[0], other.name, texts[1], by


def _obstacle(report: EnergyReport, energy: FrameEnergy | None, period: float) -> str:
    """Why it could not watch there; empty if it could."""
    if energy is report.steady_state and not _fits(report):
        return "does not fit"
    time = None if energy is None else energy.frame_time
    late = time is not None and time.p95 > 1.001 * period
    return f"too slow, {1e3 * time.p95:.0f} ms (P95)" if time is not None and late else ""


def _fits(report: EnergyReport) -> bool:
    return report.placement is None or report.placement.fits is not False


def _milliwatts(watts: Floats, figure: str) -> str:
    low, middle, high = 1e3 * np.quantile(watts, (0.05, 0.5, 0.95))
    return f"{middle:.3g} [{low:.3g}, {high:.3g}] {figure}"


def main() -> None:
    raw = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=raw)
    parser.add_argument("work", type=Path)
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--sequences", type=int, default=64, help="of each preset, of the test split")
    parser.add_argument("--presets", nargs="+", choices=PRESETS, default=list(PRESETS))
    parser.add_argument("--terms", choices=[name for name in TERMS if TERMS[name]], default="all")
    regime_options(parser)
    options = parser.parse_args()
    torch.set_num_threads(1)
    work = options.work
    found = [checkpoints(work, seed, regime_of(options), options.terms) for seed in range(options.seeds)]
    tests = {preset: Test(preset, options.sequences) for preset in options.presets}
    console = Console(width=230)
    by_preset = {preset: scores(work, found, test) for preset, test in tests.items()}
    if set(FAILING) <= set(by_preset):
        by_preset[", ".join(FAILING)] = together([by_preset[preset] for preset in FAILING])
    console.print(accuracy(by_preset))
    console.print(energy(work, found[0][TAUGHT][0], found[0][TEACHER][0], options.presets))


if __name__ == "__main__":
    main()
