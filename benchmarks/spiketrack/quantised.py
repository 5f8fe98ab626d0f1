"""Fewer bits: of the memory that is written, of all weights, and floats beside them.

    python benchmarks/spiketrack/quantised.py WORK [--seeds 3] [--preset hard]

WORK is a folder for the trainings, which may be that of ``controls.py``: what is there is not done again.
The network is trained for 8 bits; 6 and 4 bits are rounded to afterwards, without further training. Beside
them the trained network in PyTorch, with weights, biases and memories as they are deployed and as they were
before rounding. Success AUC on synthetic sequences of the part for tests; intervals are 95 %, over sequences,
paired, of all seeds together.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from rich.console import Console
from rich.table import Table
from trainings import SEQUENCES, STEPS, Run, judged, recipe, sequences, told, trained

from neuromorph_track.evaluation.single import difference_interval

# What is told of each, and how it differs from what is deployed.
ROWS: dict[str, dict[str, object]] = {
    "all 8 bits, fixed point": {},
    "in PyTorch": {"floats": True},
    "in PyTorch, nothing rounded": {"floats": True, "rounded": False},
    "memory 6 bits": {"bits": 6},
    "memory 4 bits": {"bits": 4},
    "weights 6 bits": {"weights": 6},
    "weights 4 bits": {"weights": 4},
    "all 6 bits": {"weights": 6, "bits": 6},
    "all 4 bits": {"weights": 4, "bits": 4},
}
Scores = dict[int, NDArray[np.float64]]


def measured(given: argparse.Namespace) -> dict[str, Scores]:
    """AUC of each row, seed and sequence."""
    found: dict[str, Scores] = {name: {} for name in ROWS}
    tests = sequences(given.preset, given.sequences)
    for seed in range(given.seeds):
        checkpoint = trained(recipe(f"memory-integer-{seed}", seed, given.steps), given.work)
        for name, changes in ROWS.items():
            found[name][seed] = judged(checkpoint, Run(given.preset, **changes), tests)  # type: ignore[arg-type]
    return found


def table(found: dict[str, Scores], preset: str) -> Table:
    deployed, *_ = ROWS
    own = np.concatenate(list(found[deployed].values()))
    shown = Table(title=f"success AUC, {preset} sequences, {len(found[deployed])} training seeds")
    for name in ("", "AUC", "less than all 8 bits by"):
        shown.add_column(name, justify="left" if not name else "right")
    for name, scores in found.items():
        other = np.concatenate(list(scores.values()))
        interval = None if name == deployed else difference_interval(own, other)
        shown.add_row(
            name,
            told(scores),
            f"{(own - other).mean():+.3f} [{interval[0]:+.3f}, {interval[1]:+.3f}]" if interval else "",
        )
    return shown


def main() -> None:
    raw = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=raw)
    parser.add_argument("work", type=Path)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--preset", default="hard")
    parser.add_argument("--sequences", type=int, default=SEQUENCES, help="other ones need another WORK")
    parser.add_argument("--steps", type=int, default=STEPS, help="optimiser steps before norms are frozen")
    parser.add_argument("--threads", type=int, default=1)
    given = parser.parse_args()
    torch.set_num_threads(given.threads)
    Console(width=110).print(table(measured(given), given.preset))


if __name__ == "__main__":
    main()
