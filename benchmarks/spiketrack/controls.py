"""spiketrack-nano against what it has to beat: no template, a wrong template, and OpenCV's trackers.

    python benchmarks/spiketrack/controls.py WORK [--seeds 3] [--preset hard] [--no-peers]

WORK is a folder for the trainings; what is there is not done again. Success AUC on synthetic sequences of the
part for tests, which share no shape, texture or path with those of training; mean over the sequences, then
over the training seeds, with the standard deviation of these. ``drop`` and ``gain`` have 95 % intervals over
sequences, paired, of all seeds together.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from peers import run_peers, score
from rich.console import Console
from rich.table import Table
from trainings import Run, judged, recipe, sequences, told, trained

from neuromorph_track.evaluation.single import difference_interval

KINDS: dict[str, dict[str, Any]] = {
    "memory": {},
    "correlation": {"retrieval": "correlation"},
    "blind": {"retrieval": "blind"},
    "memory, ReLU": {"neuron": "relu", "template_steps": 1},
}
Scores = dict[int, NDArray[np.float64]]


def measured(work: Path, seeds: int, preset: str, given: list[Any]) -> dict[str, Scores]:
    """AUC of each kind, seed and sequence."""
    found: dict[str, Scores] = {}
    # Seed by seed, so that a run cut short has something of every kind.
    for seed in range(seeds):
        for name, network in KINDS.items():
            label = f"{network.get('retrieval', 'memory')}-{network.get('neuron', 'integer')}-{seed}"
            checkpoint = trained(recipe(label, seed, **network), work)
            floats = network.get("neuron") == "relu"
            runs = {name: Run(preset, floats=floats)}
            if not floats and name != "blind":
                runs[f"{name}, swapped template"] = Run(preset, swapped=True)
            if name == "memory":
                runs["memory, in floats"] = Run(preset, floats=True)
                runs["memory, 6 bits"] = Run(preset, bits=6)
                runs["memory, 4 bits"] = Run(preset, bits=4)
            for row, run in runs.items():
                found.setdefault(row, {})[seed] = judged(checkpoint, run, given)
    return found


def table(found: dict[str, Scores], preset: str) -> Table:
    seeds = len(found["memory"])
    shown = Table(title=f"success AUC, {preset} sequences, {seeds} training seeds")
    for name in ("", "AUC", "memory is ahead by"):
        shown.add_column(name, justify="left" if not name else "right")
    own = np.concatenate(list(found["memory"].values()))
    for name, scores in found.items():
        other = np.concatenate(list(scores.values()))
        # A peer has one run, whose sequences stand beside those of each seed.
        other = np.tile(other, len(own) // len(other))
        interval = difference_interval(own, other)
        ahead = f"{own.mean() - other.mean():+.3f}"
        ahead += f" [{interval[0]:+.3f}, {interval[1]:+.3f}]" if interval else ""
        shown.add_row(name, told(scores), "" if name == "memory" else ahead)
    return shown


def main() -> None:
    raw = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=raw)
    parser.add_argument("work", type=Path)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--preset", default="hard")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--peers", action=argparse.BooleanOptionalAction, default=True)
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    given = sequences(arguments.preset)
    found = measured(arguments.work, arguments.seeds, arguments.preset, given)
    if arguments.peers:
        folder = arguments.work / f"peers-{arguments.preset}"
        for line in run_peers(given, folder):
            Console(stderr=True).print(line, highlight=False)
        for report in score(given, folder, ("KCF", "CSRT", "MOSSE", "MIL")):
            found[report.tracker] = {0: np.array([each.AUC for each in report.rows])}
    Console(width=110).print(table(found, arguments.preset))


if __name__ == "__main__":
    main()
