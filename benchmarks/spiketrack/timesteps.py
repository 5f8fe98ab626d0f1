"""Timesteps of the template and of the search against accuracy and joules: does asymmetry pay?

    python benchmarks/spiketrack/timesteps.py WORK [--seeds 3] [--hardware loihi2-oheogulch] [--plot FILE]

WORK is a folder for the trainings, which may be that of ``controls.py``: what is there is not done again.
Each pair of timesteps, template x search, is trained by itself, on the same data with the same number of
optimiser steps, and judged on synthetic sequences of the part for tests. Joules are the dynamic energy of a
steady frame on the chip, of a template, and of a frame with its share of the template over a sequence.

The pair of ``--other`` is run with other timesteps of the template than it was trained with too. That has a
meaning: a memory is a sum over the steps, and the gains that make weights of it are divided by as much as
there are more steps; what a template's first steps send does not depend on how many follow. Of the search
it has none: its layers' states, and the sum that the head holds, are trained for their number of steps.
"""

from __future__ import annotations

import argparse
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from joules import Joules, joules_of
from numpy.typing import NDArray
from rich.console import Console
from rich.table import Table
from trainings import FRAMES, SEQUENCES, STEPS, Run, judged, recipe, sequences, summary, trained
from trainings import with_template_steps as with_steps

from neuromorph_track.evaluation.single import difference_interval
from neuromorph_track.export.siamese import export_siamese
from neuromorph_track.netx import write_siamese

# Template x search. Seed by seed and in this order, so that a run cut short has the most telling first.
PAIRS = ("3x1", "1x1", "2x1", "5x1", "3x3", "2x2", "1x2", "3x2")
Scores = dict[int, NDArray[np.float64]]


@dataclass(frozen=True)
class Row:
    """One pair of timesteps; ``trained`` is that of its training where this is another."""

    template: int
    search: int
    trained: int
    scores: Scores
    joules: list[Joules]

    @property
    def name(self) -> str:
        own = f"{self.template} x {self.search}"
        return own if self.template == self.trained else f"{own}, trained with {self.trained}"

    @property
    def symmetric(self) -> bool:
        return self.template == self.search


def measured(given: argparse.Namespace) -> list[Row]:
    """Every pair of timesteps: those of trainings, then others for the template of one of them."""
    tests = sequences(given.preset, given.sequences, given.frames)
    rows: dict[tuple[int, int, int], Row] = {}
    for seed in range(given.seeds):
        for pair in given.pairs.split(","):
            template, search = map(int, pair.split("x"))
            checkpoint = trained(_recipe(template, search, seed, given.steps), given.work)
            tried = [template, *(_numbers(given.also) if pair == given.other else ())]
            for steps in dict.fromkeys(tried):
                row = rows.setdefault((template, search, steps), Row(steps, search, template, {}, []))
                run = Run(given.preset, template_steps=None if steps == template else steps)
                row.scores[seed] = judged(checkpoint, run, tests)
                row.joules.append(_joules(checkpoint, steps, steps != template, given))
    return sorted(rows.values(), key=lambda row: (row.template != row.trained, row.search, row.template))


def _recipe(template: int, search: int, seed: int, steps: int) -> Any:
    # The recipe's own is what `controls.py` trains under this name.
    label = f"memory-integer-{seed}" if (template, search) == (3, 1) else f"steps-{template}x{search}-{seed}"
    return recipe(label, seed, steps, template_steps=template, search_steps=search)


def _joules(checkpoint: Path, steps: int, other: bool, given: argparse.Namespace) -> Joules:
    label = f"joules-{given.preset}" + (f"-z{steps}" if other else "")
    kept = checkpoint.parent / f"{label}.json"
    asked = ((given.hardware,), kept, given.preset, given.priced, given.frames)
    if not other:
        return joules_of(checkpoint, *asked)[given.hardware]
    with tempfile.TemporaryDirectory() as folder:
        pair = Path(folder) / "pair"
        write_siamese(with_steps(export_siamese(checkpoint).siamese, steps), pair)
        return joules_of(pair, *asked)[given.hardware]


def table(rows: list[Row], given: argparse.Namespace) -> Table:
    first = next(row for row in rows if row.name == given.other.replace("x", " x "))
    judged_on = f"{given.preset} sequences of {given.frames} frames, {given.seeds} training seeds"
    shown = Table(title=f"{judged_on}; microjoules on {given.hardware}, P5 / P50 / P95")
    columns = ("template x search", "AUC", f"{first.name} is ahead by", "a frame", "a template", "together")
    for name in columns:
        shown.add_column(name, justify="left" if name == columns[0] else "right")
    own = np.concatenate(list(first.scores.values()))
    for row in rows:
        mean, spread = summary(row.scores)
        ahead = own - np.concatenate(list(row.scores.values()))
        interval = None if row is first else difference_interval(ahead, np.zeros_like(ahead))
        shown.add_row(
            row.name,
            f"{mean:.3f} ± {spread:.3f}" if len(row.scores) > 1 else f"{mean:.3f}",
            f"{ahead.mean():+.3f} [{interval[0]:+.3f}, {interval[1]:+.3f}]" if interval else "",
            *(_microjoules(row, part) for part in ("search", "template", "shared")),
        )
    return shown


def _mean(row: Row, part: str) -> NDArray[np.float64] | None:
    """P5, P50 and P95, µJ, the mean over the seeds."""
    known = [getattr(each, part) for each in row.joules]
    return None if None in known else 1e6 * np.mean(known, axis=0)


def _microjoules(row: Row, part: str) -> str:
    found = _mean(row, part)
    return "—" if found is None else " / ".join(f"{value:.3g}" for value in found)


def plot(rows: list[Row], given: argparse.Namespace) -> None:
    """AUC against joules of a frame with its share of the template."""
    from matplotlib import pyplot, rc_context

    from neuromorph_track.reports.style import FAINT, PALETTE, STYLE

    with rc_context(STYLE):
        figure, axes = pyplot.subplots(figsize=(7.5, 4.2), layout="constrained")
        kinds = (
            ("template x 1", lambda row: row.search == 1 and row.template == row.trained, PALETTE[0], "o-"),
            ("template x 2, x 3", lambda row: row.search > 1, PALETTE[1], "s"),
            (
                "trained with other steps of the template",
                lambda row: row.template != row.trained,
                FAINT,
                "x",
            ),
        )
        for label, belongs, colour, mark in kinds:
            own = [(row, _mean(row, "shared")) for row in rows if belongs(row)]
            own = [(row, joules) for row, joules in own if joules is not None]
            if not own:
                continue
            joules = np.stack([each for _, each in own])
            means, spreads = np.transpose([summary(row.scores) for row, _ in own])
            sides = np.abs(joules[:, [0, 2]] - joules[:, 1:2]).T
            bars = {"xerr": sides, "yerr": np.nan_to_num(spreads), "capsize": 2}
            axes.errorbar(joules[:, 1], means, fmt=mark, color=colour, label=label, **bars)
            for at, ((row, _), x, y) in enumerate(zip(own, joules[:, 1], means, strict=True)):
                text = f"{row.template} x {row.search}"
                # Crosses lie upon the points of their training.
                place = (5, 6) if row.template == row.trained else ((-30, 5), (-30, -11))[at % 2]
                axes.annotate(text, (x, y), textcoords="offset points", xytext=place, fontsize=8)
        what = f"a frame's dynamic energy on {given.hardware}, with 1/{given.frames} of a template's, µJ"
        axes.set(xlabel=what, ylabel="success AUC")
        axes.grid(axis="y")
        axes.legend(fontsize=8)
        figure.savefig(given.plot)
        pyplot.close(figure)


def _numbers(text: str) -> list[int]:
    return [int(part) for part in text.split(",") if part]


def main() -> None:
    raw = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=raw)
    parser.add_argument("work", type=Path)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--pairs", default=",".join(PAIRS), help="template x search, e.g. 3x1,1x1")
    parser.add_argument("--other", default="3x1", help="the pair that is compared, and run with --also")
    parser.add_argument("--also", default="1,2,5", help="timesteps of its template at inference")
    parser.add_argument("--hardware", default="loihi2-oheogulch", help="a hardware profile")
    parser.add_argument("--preset", default="hard")
    parser.add_argument("--sequences", type=int, default=SEQUENCES, help="other ones need another WORK")
    parser.add_argument("--frames", type=int, default=FRAMES, help="the same")
    parser.add_argument("--priced", type=int, default=3, help="how many of the sequences are priced")
    parser.add_argument("--steps", type=int, default=STEPS, help="optimiser steps before norms are frozen")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--plot", type=Path)
    given = parser.parse_args()
    if given.other not in given.pairs.split(","):
        parser.error(f"--other {given.other}: one of --pairs")
    torch.set_num_threads(given.threads)
    rows = measured(given)
    Console(width=150).print(table(rows, given))
    if given.plot:
        plot(rows, given)


if __name__ == "__main__":
    main()
