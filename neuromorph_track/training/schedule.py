"""Which stage an optimiser step belongs to, and its learning rate."""

from __future__ import annotations

import math

from neuromorph_track.training.recipe import Recipe, Stage


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


def _share_of_peak(step: int, steps: int) -> float:
    warm = max(steps // 10, 1)
    if step < warm:
        return (step + 1) / warm
    return 0.01 + 0.99 * 0.5 * (1 + math.cos(math.pi * (step - warm) / max(steps - warm, 1)))
