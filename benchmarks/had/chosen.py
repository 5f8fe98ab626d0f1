"""Students that learnt for as long as was best on validation: neither cut short nor learnt by heart.

    OMP_NUM_THREADS=1 python benchmarks/had/chosen.py WORK [WORK2 ...] [--seeds 5] [--first 128] [--terms ...]

Each folder is one of ablation.py's, with students of another number of steps, trained already. Of each kind
the folder is chosen that has the best SR on 96 sequences of the part for validation, over all seeds; gains
are then shown on 128 sequences of the part for tests. A folder without a kind says nothing of it. Regimes
were compared on the first 128 of that part (docs/had_measured.md); ``--first 128`` takes the 128 after
them, which nothing was chosen by, ``--first 0 128`` both.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import numpy as np
import torch
from ablation import CENTROID, TEACHER, TERMS, mean_and_spread, plot, table, trivial
from rich.console import Console
from rich.table import Table
from trainings import ALONE, Scores, Test, folder_of, judged, teacher_of

from neuromorph_track.export.checkpoint import recipe_of
from neuromorph_track.training.checkpoint import load_checkpoint

VALIDATION = Test(split="val", count=96)


def steps_of(checkpoint: Path) -> int:
    """Steps of the recipe that a checkpoint was trained with."""
    return recipe_of(load_checkpoint(checkpoint), str(checkpoint)).steps


def by_steps(works: list[Path], name: str, seeds: int) -> dict[int, list[Path]]:
    """Checkpoints of a kind, by seed, of each number of steps."""
    found: dict[int, list[Path]] = {}
    for work in works:
        checkpoints = [folder_of(work, name, seed) / "final.pt" for seed in range(seeds)]
        missing = [str(path) for path in checkpoints if not path.is_file()]
        if len(missing) == seeds:
            continue
        if missing:
            sys.exit(f"not trained yet: {', '.join(missing)}; ablation.py trains them")
        steps = {steps_of(path) for path in checkpoints}
        if len(steps) > 1 or steps & set(found):
            sys.exit(f"{work}, {name}: trainings of {sorted(steps)} steps, expected one number, once")
        found[steps.pop()] = checkpoints
    if not found:
        sys.exit(f"{name}: not trained in {', '.join(map(str, works))}; ablation.py trains it")
    return found


def choose(works: list[Path], name: str, seeds: int, shown: Table) -> tuple[int, list[Path]]:
    """The number of steps that is best on validation, and its checkpoints; all are added to a table."""
    kind, means = by_steps(works, name, seeds), dict[int, float]()
    for steps, paths in kind.items():
        validated = [judged(path, VALIDATION, works[0]) for path in paths]
        means[steps] = float(np.mean([each.SR.mean() for each in validated]))
        shown.add_row(name, str(steps), mean_and_spread(validated, "SR"))
    best = max(means, key=means.__getitem__)
    return best, kind[best]


def joined(parts: list[Scores]) -> Scores:
    """Of the sequences of all parts."""
    return Scores(*map(np.concatenate, zip(*parts, strict=True)))


def main() -> None:
    raw = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=raw)
    parser.add_argument("works", nargs="+", type=Path)
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--first", type=int, nargs="+", default=[0], help="of 128 sequences for tests")
    parser.add_argument(
        "--terms", nargs="+", choices=list(TERMS), default=[ALONE, "response, feature, similarity"]
    )
    parser.add_argument("--plot", type=Path, help="e.g. docs/had_chosen.png")
    options = parser.parse_args()
    torch.set_num_threads(1)
    tests, data = [Test(first=first) for first in options.first], options.works[0]
    baselines = [trivial(test, data) for test in tests]
    found = {name: [joined([each[name][0] for each in baselines])] for name in baselines[0]}
    shown, chosen = Table("", "steps", "SR", title=f"{VALIDATION.label}, {options.seeds} seeds"), list[str]()
    for name in options.terms:
        steps, paths = choose(options.works, name, options.seeds, shown)
        chosen.append(f"{name}, {steps:,} steps")
        found[chosen[-1]] = [joined([judged(path, test, data) for test in tests]) for path in paths]
    found[TEACHER] = [joined([judged(teacher_of(data), test, data, True) for test in tests])]
    Console(width=160).print(shown)
    title = f"{', '.join(test.label for test in tests)}, {options.seeds} seeds"
    for against in (chosen[0], CENTROID):
        Console(width=160).print(table(found, against, title))
    if options.plot is not None:
        plot(found, options.plot)


if __name__ == "__main__":
    main()
