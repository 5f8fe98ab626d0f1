"""How a recipe steps: its optimiser, the stage and the rate of each step, the average of what comes out."""

from __future__ import annotations

import math
from collections.abc import Mapping

import torch
from torch import Tensor, nn

from neuromorph_track.training.recipe import Recipe
from neuromorph_track.training.tables import Stage


def optimiser_for(recipe: Recipe, model: nn.Module) -> torch.optim.Optimizer:
    """AdamW, or SGD with Nesterov's momentum; the rate is set at each step."""
    asked = recipe.optimiser
    parameters = [parameter for parameter in model.parameters() if parameter.requires_grad]
    decayed = [p for p in parameters if asked.decay_all or p.ndim > 1]
    others = [p for p in parameters if not asked.decay_all and p.ndim <= 1]
    groups = [{"params": decayed, "weight_decay": recipe.weight_decay}]
    if others:
        groups.append({"params": others, "weight_decay": 0.0})
    if asked.kind == "sgd":
        return torch.optim.SGD(groups, lr=1.0, momentum=asked.momentum, nesterov=asked.momentum > 0)
    return torch.optim.AdamW(groups)


def stage_at(recipe: Recipe, step: int) -> tuple[Stage, float]:
    """Stage and learning rate of optimiser step ``step``.

    The rate grows linearly over the first tenth of a stage to its peak, then falls as a cosine to a
    hundredth.
    """
    for stage in recipe.stage:
        if step < stage.steps:
            return stage, stage.learning_rate * _share_of_peak(step, stage.steps)
        step -= stage.steps
    raise IndexError(step)


@torch.no_grad()
def follow(average: Mapping[str, Tensor], values: Mapping[str, Tensor], share: float) -> None:
    """Move an average by ``share`` of the way to new values; what is no fraction just takes them."""
    for name, value in values.items():
        if value.is_floating_point():
            average[name].lerp_(value, share)
        else:
            average[name].copy_(value)


def _share_of_peak(step: int, steps: int) -> float:
    warm = max(steps // 10, 1)
    if step < warm:
        return (step + 1) / warm
    return 0.01 + 0.99 * 0.5 * (1 + math.cos(math.pi * (step - warm) / max(steps - warm, 1)))
