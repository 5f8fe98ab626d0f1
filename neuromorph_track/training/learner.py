"""Model, average, optimiser and step counter: all that a resumed training must find again."""

from __future__ import annotations

import gc
import math
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor, nn

from neuromorph_track.errors import InputError, JobError
from neuromorph_track.networks.taught import Taught, student_of
from neuromorph_track.training.budget import SpikeBudget
from neuromorph_track.training.chain_counts import nonzero_shares
from neuromorph_track.training.checkpoint import FORMAT, InitialWeights, take_over
from neuromorph_track.training.families import Batch, family_of
from neuromorph_track.training.faults import first_fault
from neuromorph_track.training.optimiser import follow, optimiser_for, stage_at
from neuromorph_track.training.precision import computed_in
from neuromorph_track.training.ranks import Ranks
from neuromorph_track.training.recipe import Recipe
from neuromorph_track.training.tables import Stage
from neuromorph_track.training.teaching import Lesson


@dataclass(frozen=True)
class Outcome:
    """What one step told.

    Attributes
    ----------
    terms : dict of float
        The loss and its terms, cost of a frame, length of the gradient, learning rate.
    sent : list of float
        Per layer that sends, input first: spikes per neuron and frame.
    """

    terms: dict[str, float]
    sent: list[float] = field(default_factory=list)


class Learner:
    """A model that takes optimiser steps.

    Parameters
    ----------
    recipe : Recipe
    ranks : Ranks
    lesson : Lesson or None
        Of a teacher.
    """

    def __init__(self, recipe: Recipe, ranks: Ranks, lesson: Lesson | None = None) -> None:
        self.recipe, self.ranks, self.step = recipe, ranks, 0
        self.family = family_of(recipe)
        built = self.family.build(recipe)
        self.model = (built if lesson is None else lesson.taught(built)).to(ranks.device)
        self.budget = SpikeBudget.of(recipe, self.family)
        self.optimiser = optimiser_for(recipe, self.model)
        self.scaler = torch.amp.GradScaler(
            ranks.device.type, enabled=any(stage.precision == "fp16" for stage in recipe.stage)
        )
        self.average: dict[str, Tensor] = {}
        self._called: nn.Module = self.model
        self._stage: Stage | None = None
        if any(stage.freeze_norm for stage in recipe.stage) and not hasattr(built, "freeze_norm"):
            raise InputError(recipe.name, "stage.freeze_norm", "true", "a network with a norm to freeze")

    def begin(self, clips: Callable[[], Batch]) -> None:
        """Scale a fresh network; ``clips`` gives some of the recipe's."""
        self.model.train()
        self.family.prepare(student_of(self.model), clips().to(self.ranks.device).inputs)
        self._begin_average()

    def take(self, weights: InitialWeights) -> list[str]:
        """Begin with the weights of another training; gives the names of what does not fit."""
        fresh = take_over(student_of(self.model), weights)
        self._begin_average()
        return fresh

    def advance(self, batch: Batch) -> Outcome:
        """Take one optimiser step on this process's part of a batch.

        Raises
        ------
        JobError
            When the loss or its gradient is not finite; weights are as they were before the step.
        """
        stage, rate = stage_at(self.recipe, self.step)
        self._enter(stage)
        for group in self.optimiser.param_groups:
            group["lr"] = rate
        outcome = self._descend(batch, stage)
        self.step += 1
        # A young average would remember the random start: it forgets faster at first.
        decay = min(self.recipe.average_decay, self.step / (self.step + 10))
        follow(self.average, self.model.state_dict(), 1 - decay)
        return Outcome({**outcome.terms, "learning_rate": rate}, outcome.sent)

    def _enter(self, stage: Stage) -> None:
        """What changes from stage to stage."""
        if stage is self._stage:
            return
        if stage.freeze_norm:
            self.model.freeze_norm()
        self._called, self._stage = self.ranks.wrapped(self.model), stage

    def _descend(self, batch: Batch, stage: Stage) -> Outcome:
        self.model.train()
        with computed_in(stage.precision, self.ranks.device):
            output = self._called(*batch.inputs)
        loss, terms = self.family.loss(output.raw.float(), batch.targets, self.recipe, stage)
        sent = [each.detach() for each in output.sent]
        if output.aside is not None:
            loss, terms = loss + output.aside[0], {**terms, **output.aside[1]}
        if self.budget is not None:
            cost = self.budget.cost(output.sent, nonzero_shares(student_of(self.model)))
            loss = loss + self.budget.loss(cost)
            terms = {**terms, self.budget.unit: float(cost.detach())}
        self.optimiser.zero_grad(set_to_none=True)
        value = float(loss.detach())
        if not math.isfinite(value):
            raise self._fault(batch, f"loss {value}")
        self.scaler.scale(loss).backward()
        self.scaler.unscale_(self.optimiser)
        length = nn.utils.clip_grad_norm_(self.model.parameters(), self.recipe.optimiser.gradient_norm)
        norm = float(length)
        # With fp16 a gradient that is too large makes the scaler skip the step and scale less.
        if not math.isfinite(norm) and stage.precision != "fp16":
            raise self._fault(batch, f"gradient of length {norm}")
        self.scaler.step(self.optimiser)
        self.scaler.update()
        self.ranks.together(self.model)
        rates = torch.stack([each.mean() for each in sent]).tolist()
        return Outcome({"loss": value, **terms, "gradient": norm}, rates)

    def _fault(self, batch: Batch, what: str) -> JobError:
        where = first_fault(self.model, lambda: self.model(*batch.inputs))
        return JobError(f"step {self.step}: {what}; first in {where}; the last checkpoint is from before")

    def _begin_average(self) -> None:
        self.average = {name: value.clone() for name, value in self.model.state_dict().items()}

    def close(self) -> None:
        """Let go of the other processes, before their group ends.

        What averages gradients would otherwise be the last that holds the group, and ends it while Python
        waits: for a thread that may itself wait for Python.
        """
        self._called, self._stage = self.model, None
        gc.collect()

    def state(self) -> dict[str, Any]:
        """What :meth:`restore` takes; all processes have to ask for it together."""
        generators = {"cpu": torch.get_rng_state()}
        if self.ranks.device.type == "cuda":
            generators["cuda"] = torch.cuda.get_rng_state(self.ranks.device)
        return {
            "format": FORMAT,
            "recipe": self.recipe.model_dump_json(),
            "step": self.step,
            "threads": torch.get_num_threads(),
            "model": self.model.state_dict(),
            "average": self.average,
            "optimiser": self.optimiser.state_dict(),
            "scaler": self.scaler.state_dict(),
            "generators": {name: self.ranks.gathered(state) for name, state in generators.items()},
        }

    def restore(self, state: dict[str, Any]) -> None:
        """Go on where :meth:`state` was asked for."""
        self.step = int(state["step"])
        # Sums over threads depend on their number.
        torch.set_num_threads(int(state.get("threads", torch.get_num_threads())))
        self.model.load_state_dict(state["model"])
        self.optimiser.load_state_dict(state["optimiser"])
        self.scaler.load_state_dict(state.get("scaler", {}))
        self.average = {name: value.to(self.ranks.device) for name, value in state["average"].items()}
        generators = state.get("generators", {})
        if "cpu" in generators:
            if len(generators["cpu"]) != self.ranks.world:
                raise InputError(
                    "resume", "processes", str(self.ranks.world), f"{len(generators['cpu'])}, as before"
                )
            # Current PyTorch reads a row of a matrix from the beginning of the matrix, or beyond its end.
            torch.set_rng_state(generators["cpu"][self.ranks.rank].clone())
        if "cuda" in generators and self.ranks.device.type == "cuda":
            torch.cuda.set_rng_state(generators["cuda"][self.ranks.rank].clone(), self.ranks.device)

    def averaged_model(self) -> nn.Module:
        """The result, in evaluation mode."""
        self.model.load_state_dict(self.average)
        return self.model.eval()

    def result(self) -> dict[str, Any]:
        """What ``final.pt`` holds."""
        weights = {name: value.cpu() for name, value in self.average.items()}
        if isinstance(self.model, Taught):
            weights = self.model.own(weights)
        return {"format": FORMAT, "recipe": self.recipe.model_dump_json(), "model": weights}
