"""Students that learnt for as long as was best on validation: neither cut short nor learnt by heart.

    OMP_NUM_THREADS=1 python benchmarks/had/chosen.py WORK [WORK2 ...] [--seeds 5] [--first 128] [--terms ...]

Each folder is one of ablation.py's, with students of another number of steps, trained already. Of each kind
the number of steps is chosen that has the best SR on 96 sequences of the part for validation, over all seeds;
gains are then shown on 128 sequences of the part for tests. A folder without a kind says nothing of it.
Regimes were compared on the first 128 of that part (docs/had.md); ``--first 128`` takes the 128 after them,
which nothing was chosen by.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import torch
from ablation import CENTROID, TEACHER, TERMS, mean_and_spread, table, trivial
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


def main() -> None:
    raw = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=raw)
    parser.add_argument("works", nargs="+", type=Path)
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--first", type=int, default=0, help="sequence of the part for tests to begin with")
    parser.add_argument(
        "--terms", nargs="+", choices=list(TERMS), default=[ALONE, "response, feature, similarity"]
    )
    options = parser.parse_args()
    torch.set_num_threads(1)
    test, data = Test(first=options.first), options.works[0]
    shown = Table("", "steps", "SR", title=f"{VALIDATION.label}, {options.seeds} seeds")
    chosen: dict[str, list[Scores]] = {}
    for name in options.terms:
        kind = by_steps(options.works, name, options.seeds)
        validated = {
            steps: [judged(path, VALIDATION, data) for path in paths] for steps, paths in kind.items()
        }
        best = max(kind, key=lambda steps: sum(each.SR.mean() for each in validated[steps]))
        chosen[f"{name}, {best} steps"] = [judged(path, test, data) for path in kind[best]]
        for steps, scores in validated.items():
            shown.add_row(name, str(steps), mean_and_spread(scores, "SR"))
    Console(width=160).print(shown)
    teacher = [judged(teacher_of(data), test, data, True)]
    found = {**trivial(test, data), **chosen, TEACHER: teacher}
    for against in (next(iter(chosen)), CENTROID):
        Console(width=160).print(table(found, against, f"{test.label}, {options.seeds} seeds"))


if __name__ == "__main__":
    main()
