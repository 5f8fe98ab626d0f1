"""The spike budget as a term of the loss: a trained network trained on to half its joules.

    python benchmarks/smtrack/budget.py WORK [--seeds 5] [--share 0.5]

Of each seed a network is trained, then twice trained on: once as before, and once with a budget, ``--share``
of the joules per frame that its events took on the chip. Both are judged on scenes that they have not seen,
and priced in fixed point.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
import torch
from losses import interval
from rich.console import Console
from rich.table import Table
from trainings import MIXED, Joules, Scores, joules_of, recipe, scores_of

CHIP = "loihi2-oheogulch"
STEPS = 1200
LATER = [{"steps": STEPS, "batch": 12, "learning_rate": 1e-3, "freeze_norm": True}]
NAMES = ("first", "trained on", "with a budget")
Pair = tuple[Scores, Joules]


def followed(work: Path, seed: int, share: float) -> list[Pair]:
    """Scores and joules of the first network, of it trained on, and of it trained on with a budget."""
    first = recipe(f"budget-first-{seed}", MIXED, seed, loss={"box": "ciou"})
    found = [(scores_of(first, MIXED, work), joules_of(first, MIXED, work, (CHIP,))[CHIP])]
    init = work / first.name / "final.pt"
    spent = found[0][1].events
    assert spent is not None
    target = {"profile": CHIP, "joules_per_frame": share * spent[1], "weight": 4.0}
    for name, budget in (("on", None), (f"budget-{share:g}", target)):
        given = recipe(
            f"budget-{name}-{STEPS}-{seed}", MIXED, seed, loss={"box": "ciou"}, stage=LATER, budget=budget
        )
        scores = scores_of(given, MIXED, work, init=init)
        found.append((scores, joules_of(given, MIXED, work, (CHIP,))[CHIP]))
    return found


def table(found: list[list[Pair]]) -> Table:
    shown = Table(title=f"mixed objects, {len(found)} seeds, {CHIP}; mean ± half the 95 % interval")
    for name in ("", "AP", "HOTA", "spikes", "µJ of events", "HOTA lost", "share of the joules"):
        shown.add_column(name, justify="right")
    before = [pairs[1] for pairs in found]
    for place, name in enumerate(NAMES):
        own = [pairs[place] for pairs in found]
        joules = np.array([pair[1].events[1] for pair in own if pair[1].events])
        shown.add_row(
            name,
            *(interval(100 * np.array([getattr(s, metric) for s, _ in own])) for metric in ("AP", "HOTA")),
            f"{np.mean([s.spikes for s, _ in own]):,.0f}",
            interval(1e6 * joules),
            interval(100 * np.array([b[0].HOTA - o[0].HOTA for b, o in zip(before, own, strict=True)])),
            interval(100 * joules / np.array([pair[1].events[1] for pair in before if pair[1].events])),
        )
    return shown


def main() -> None:
    raw = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=raw)
    parser.add_argument("work", type=Path)
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--share", type=float, default=0.5)
    parser.add_argument("--threads", type=int, default=1)
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    found = [followed(arguments.work, seed, arguments.share) for seed in range(arguments.seeds)]
    Console(width=150).print(table(found))


if __name__ == "__main__":
    main()
