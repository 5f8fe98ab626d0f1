"""A student that learnt from a teacher against one that learnt alone, term by term.

    OMP_NUM_THREADS=1 python benchmarks/had/ablation.py WORK [--seeds 5] [--terms alone all ...] [--plot PNG]

WORK is a folder for the trainings; what is there is not done again. The same student and steps each time,
all in fixed point on 128 sequences of the test split, every preset among them. Boxes are known of 48 (or
64: --regime) of 256 sequences, which are all that a student alone sees; of the others a taught student
hears from its teacher, which has learnt on sequences of its own. Another regime, or number of steps, wants
its own WORK. Gains are over ``alone``, and over the centroid of the events near the last place, which
learns nothing; paired over sequences and seeds, with a 95 % interval over both.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

import numpy as np
import torch
from intervals import Floats, mean_and_interval, told
from matplotlib import rc_context
from matplotlib.figure import Figure
from rich.console import Console
from rich.table import Table
from trainings import (
    ALONE,
    KNOWN,
    STUDENT,
    Regime,
    Scores,
    Test,
    judged,
    regime_of,
    regime_options,
    scored,
    student_of,
    teacher_of,
)

from neuromorph_track.reports.style import FAINT, INK, PALETTE, STYLE

assert STUDENT.distillation is not None
BASE = STUDENT.distillation.model_dump(exclude_defaults=True)
RESPONSE = {name: BASE[name] for name in ("response", "temperature", "boxes")}
TERMS: dict[str, dict[str, Any] | None] = {
    ALONE: None,
    "response": RESPONSE,
    "feature": {name: BASE[name] for name in ("feature", "near")},
    "similarity": {name: BASE[name] for name in ("similarity", "near")},
    "response, feature, similarity": BASE,
    "these + transport": {**BASE, "transport": 4.0},
    "these + GRU": {**BASE, "temporal": 1.0},
    "all": {**BASE, "transport": 4.0, "temporal": 1.0},
    "released formulas": {"released": True},
    KNOWN: None,
}
METRICS = ("SR", "PR", "NPR")
CENTROID, TEACHER = "centroid of events near", "teacher, in floats"


def measured(work: Path, seeds: int, terms: list[str], test: Test, regime: Regime) -> dict[str, list[Scores]]:
    """Scores of each kind and seed."""
    found: dict[str, list[Scores]] = {}
    # Seed by seed, so that a run cut short has something of every kind.
    for seed in range(seeds):
        for name in terms:
            student = student_of(work, name, seed, TERMS[name], regime)
            found.setdefault(name, []).append(judged(student, test, work))
    found[TEACHER] = [judged(teacher_of(work), test, work, True)]
    return found


def trivial(test: Test, work: Path) -> dict[str, list[Scores]]:
    from paired import centroid, near_centroid, stays

    given = {
        "box left in place": stays,
        "centroid of all events": centroid,
        CENTROID: near_centroid,
    }
    return {name: [Scores(*map(np.array, scored(each, test, work)))] for name, each in given.items()}


def table(found: dict[str, list[Scores]], against: str, title: str) -> Table:
    """Scores of each kind, and what it is ahead of another."""
    shown = Table(title=f"{title}; gained over {against}")
    for name in ("", *METRICS, *(f"{metric} gained" for metric in METRICS)):
        shown.add_column(name, justify="right" if name else "left")
    for name, scores in found.items():
        cells = [mean_and_spread(scores, metric) for metric in METRICS]
        gains = [_gain(scores, found.get(against, []), metric) for metric in METRICS]
        shown.add_row(name, *cells, *([""] * 3 if name == against else gains))
    return shown


def mean_and_spread(scores: list[Scores], metric: str) -> str:
    """``0.453 ± 0.003``, over seeds."""
    means = stacked(scores, metric).mean(1)
    return f"{means.mean():.3f}" + (f" ± {means.std(ddof=1):.3f}" if len(means) > 1 else "")


def _gain(scores: list[Scores], other: list[Scores], metric: str) -> str:
    """Mean difference and its interval, by seeds and sequences; what has no seed is the same for all."""
    return told(mean_and_interval(stacked(scores, metric) - stacked(other, metric)), "+") if other else ""


def stacked(scores: list[Scores], metric: str) -> Floats:
    """One metric, (seeds, sequences)."""
    return np.stack([getattr(each, metric) for each in scores])


def plot(found: dict[str, list[Scores]], path: Path) -> None:
    """SR of each kind with its interval, seeds as dots; what has none as a line."""
    with rc_context(STYLE):
        figure = Figure(figsize=(8, 0.8 + 0.36 * len(found)), layout="constrained")
        axes = figure.add_subplot()
        for place, scores in enumerate(found.values()):
            values = stacked(scores, "SR")
            mean, (low, high) = mean_and_interval(values)
            colour = FAINT if len(scores) == 1 else PALETTE[0]
            axes.plot([low, high], [place, place], color=colour, linewidth=2)
            axes.plot(mean, place, "D" if len(scores) == 1 else "o", color=colour, markersize=7)
            if len(scores) > 1:
                axes.plot(values.mean(1), np.full(len(values), place + 0.22), ".", color=INK, markersize=4)
        axes.set_yticks(range(len(found)), list(found))
        axes.invert_yaxis()
        axes.set_xlabel("SR (95 % over seeds and sequences; dots are seeds)")
        axes.grid(axis="x")
        figure.savefig(path)


def main() -> None:
    raw = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=raw)
    parser.add_argument("work", type=Path)
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--terms", nargs="+", choices=list(TERMS), default=list(TERMS))
    regime_options(parser)
    parser.add_argument("--preset", default="mixed")
    parser.add_argument("--sequences", type=int, default=128, help="of the test split")
    parser.add_argument("--plot", type=Path, help="e.g. docs/had_ablation.png")
    options = parser.parse_args()
    torch.set_num_threads(1)
    test = Test(options.preset, options.sequences)
    found = {
        **trivial(test, options.work),
        **measured(options.work, options.seeds, options.terms, test, regime_of(options)),
    }
    title = f"{options.preset}, {options.sequences} sequences, {options.seeds} seeds"
    for against in (ALONE, CENTROID):
        Console(width=160).print(table(found, against, title))
    if options.plot is not None:
        plot(found, options.plot)


if __name__ == "__main__":
    main()
