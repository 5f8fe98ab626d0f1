"""A student that learnt from a teacher against one that learnt alone, term by term.

    OMP_NUM_THREADS=1 python benchmarks/had/ablation.py WORK [--seeds 5] [--terms alone all ...]

WORK is a folder for the trainings; what is there is not done again. The same student, clips and steps each
time, all integer LIF neurons in fixed point on 128 sequences of the test split, every preset among them.
Boxes are known of 64 of the 256 sequences; of the others a student hears from its teacher alone, which has
learnt on sequences of its own. The gain is over ``alone``, paired over sequences and seeds, with a 95 %
interval over both.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

import numpy as np
import torch
from intervals import mean_and_interval, told
from rich.console import Console
from rich.table import Table
from trainings import ALONE, KNOWN, STEPS, STUDENT, Scores, Test, judged, scored, student_of, teacher_of

assert STUDENT.distillation is not None
BASE = STUDENT.distillation.model_dump(exclude_defaults=True)
RESPONSE = {name: BASE[name] for name in ("response", "temperature", "boxes")}
TERMS: dict[str, dict[str, Any] | None] = {
    ALONE: None,
    "response, feature, similarity": BASE,
    "all": {**BASE, "transport": 4.0, "temporal": 1.0},
    "response": RESPONSE,
    "feature": {name: BASE[name] for name in ("feature", "near")},
    "similarity": {name: BASE[name] for name in ("similarity", "near")},
    "these + transport": {**BASE, "transport": 4.0},
    "these + GRU": {**BASE, "temporal": 1.0},
    "released formulas": {"released": True},
    KNOWN: None,
}
METRICS = ("SR", "PR", "NPR")


def measured(work: Path, seeds: int, terms: list[str], test: Test, steps: int) -> dict[str, list[Scores]]:
    """Scores of each kind and seed."""
    found: dict[str, list[Scores]] = {}
    found["teacher (frames and events, floats)"] = [judged(teacher_of(work, steps), test, work, True)]
    # Seed by seed, so that a run cut short has something of every kind.
    for seed in range(seeds):
        for name in terms:
            student = student_of(work, name, seed, TERMS[name], steps)
            found.setdefault(name, []).append(judged(student, test, work))
    return found


def trivial(test: Test, work: Path) -> dict[str, list[Scores]]:
    from paired import centroid, near_centroid, stays

    given = {"box left in place": stays, "centroid of all events": centroid, "of events near": near_centroid}
    return {name: [Scores(*map(np.array, scored(each, test, work)))] for name, each in given.items()}


def table(found: dict[str, list[Scores]], title: str) -> Table:
    shown = Table(title=title)
    for name in ("", *METRICS, *(f"{metric} gained" for metric in METRICS)):
        shown.add_column(name, justify="right" if name else "left")
    for name, scores in found.items():
        cells = []
        for metric in METRICS:
            means = np.array([getattr(each, metric).mean() for each in scores])
            spread = f" ± {means.std(ddof=1):.3f}" if len(means) > 1 else ""
            cells.append(f"{means.mean():.3f}{spread}")
        gains = [_gain(scores, found.get(ALONE, []), metric) for metric in METRICS]
        shown.add_row(name, *cells, *([""] * 3 if name == ALONE else gains))
    return shown


def _gain(scores: list[Scores], alone: list[Scores], metric: str) -> str:
    """Mean difference and its interval, seed by seed and sequence by sequence."""
    if len(scores) != len(alone):
        return ""
    own, other = (np.stack([getattr(each, metric) for each in group]) for group in (scores, alone))
    return told(mean_and_interval(own - other), "+")


def main() -> None:
    raw = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=raw)
    parser.add_argument("work", type=Path)
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--terms", nargs="+", choices=list(TERMS), default=list(TERMS))
    parser.add_argument(
        "--steps", type=int, default=STEPS, help="of a student; others in a work folder of their own"
    )
    parser.add_argument("--preset", default="mixed")
    parser.add_argument("--sequences", type=int, default=128, help="of the test split")
    options = parser.parse_args()
    torch.set_num_threads(1)
    test = Test(options.preset, options.sequences)
    found = {
        **trivial(test, options.work),
        **measured(options.work, options.seeds, options.terms, test, options.steps),
    }
    Console(width=160).print(
        table(found, f"{options.preset}, {options.sequences} sequences, {options.seeds} seeds")
    )


if __name__ == "__main__":
    main()
