"""Asa-NWD against other box losses: the same network, data and budget, several seeds.

    python benchmarks/smtrack/losses.py WORK [--seeds 5] [--streets small mixed]

WORK is a folder for the trainings; what is there is not trained again. Scores are in per cent on scenes
that none was trained on, mean and 95 % interval over the seeds (Student's t); "gain" pairs the seeds of a
loss with those of Asa-NWD, which begin with the same weights and see the same pictures. The last two tables
say how the losses share their pull among small and large boxes.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
import torch
from rich.console import Console
from rich.table import Table
from scipy.stats import t as student
from trainings import MIXED, SMALL, Scores, Street, recipe, scores_of

from neuromorph_track.networks.box_losses import BOX_LOSSES, BOX_WEIGHTS

STREETS = {street.name: street for street in (SMALL, MIXED)}
LOSSES = ("asa_nwd", "nwd", "iou", "giou", "ciou")
SIDES = (8.0, 16.0, 32.0, 64.0)
SHOWN = ("AP", "AP50", "AP_small", "AP_large", "HOTA", "IDF1")


def interval(values: np.ndarray) -> str:
    """Mean and half the width of its 95 % interval."""
    half = student.ppf(0.975, len(values) - 1) * values.std(ddof=1) / np.sqrt(len(values))
    return f"{values.mean():.1f} ± {half:.1f}"


def table(street: Street, found: dict[str, list[Scores]]) -> Table:
    seeds = len(next(iter(found.values())))
    shown = Table(title=f"{street.name} objects, {seeds} seeds")
    for name in ("loss", *SHOWN, "gain of asa_nwd: AP_small", "HOTA"):
        shown.add_column(name, justify="left" if name == "loss" else "right")
    own = _columns(found["asa_nwd"])
    for loss, scores in found.items():
        values = _columns(scores)
        gains = [interval(own[name] - values[name]) for name in ("AP_small", "HOTA")]
        shown.add_row(
            loss,
            *(interval(values[name]) for name in SHOWN),
            *(("", "") if loss == "asa_nwd" else gains),
        )
    return shown


def pulls(off: float) -> Table:
    """How hard each loss pulls at the centre of square boxes that are ``off`` pixels beside the truth.

    Its factor in the detector's loss times the gradient, per pixel; all sides are in one batch.
    """
    shown = Table(title=f"pull at the centre of a box {off:g} px off, per px")
    sides = torch.tensor(SIDES)
    for name in ("loss", *(f"side {side:g} px" for side in SIDES)):
        shown.add_column(name, justify="left" if name == "loss" else "right")
    for loss in LOSSES:
        truth = torch.stack([torch.zeros_like(sides), torch.zeros_like(sides), sides, sides], 1)
        found = (truth + torch.tensor([off, 0.0, 0.0, 0.0])).requires_grad_()
        (gradient,) = torch.autograd.grad(BOX_LOSSES[loss](found, truth, 1.0).sum(), found)
        shown.add_row(loss, *(f"{BOX_WEIGHTS[loss] * float(pull):.3f}" for pull in gradient[:, 0]))
    return shown


def _columns(scores: list[Scores]) -> dict[str, np.ndarray]:
    return {name: 100 * np.array([getattr(each, name) for each in scores]) for name in SHOWN}


def main() -> None:
    raw = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=raw)
    parser.add_argument("work", type=Path)
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--streets", nargs="*", choices=STREETS, default=list(STREETS))
    parser.add_argument("--losses", nargs="*", choices=LOSSES, default=list(LOSSES))
    parser.add_argument("--threads", type=int, default=1)
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)

    for name in arguments.streets:
        street = STREETS[name]
        found: dict[str, list[Scores]] = {loss: [] for loss in arguments.losses}
        # Seed by seed, so that a run cut short has something of every loss.
        for seed in range(arguments.seeds):
            for loss in arguments.losses:
                given = recipe(f"losses-{name}-{loss}-{seed}", street, seed, loss={"box": loss})
                found[loss].append(scores_of(given, street, arguments.work))
        Console(width=150).print(table(street, found))
    for off in (1.0, 4.0):
        Console(width=150).print(pulls(off))


if __name__ == "__main__":
    main()
