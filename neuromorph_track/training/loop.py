"""The training loop: the same weights for the same recipe, also when it was interrupted."""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn
from torch import Tensor

from neuromorph_track.errors import InputError
from neuromorph_track.networks.calibrate import scale_to_unit_variance
from neuromorph_track.networks.detector import SigmaDeltaDetector
from neuromorph_track.networks.loss import LossWeights, detection_loss
from neuromorph_track.training.checkpoint import FORMAT, load_checkpoint, save_checkpoint
from neuromorph_track.training.clips import Batch, SceneClips
from neuromorph_track.training.recipe import Recipe
from neuromorph_track.training.schedule import stage_at

CALIBRATION_PICTURES = 16
GRADIENT_NORM = 10.0


@dataclass(frozen=True)
class Training:
    """What a training left behind: the averaged model, its file, and the seconds it took."""

    model: SigmaDeltaDetector
    checkpoint: Path
    seconds: float


def train(recipe: Recipe, folder: Path, resume: bool = False, quiet: bool = False) -> Training:
    """Train ``recipe``; ``folder/last.pt`` is kept up to date, ``folder/final.pt`` is the result.

    Parameters
    ----------
    resume : bool
        Go on from ``last.pt``; the result is the same as without the interruption.

    Raises
    ------
    InputError
        When ``last.pt`` belongs to another recipe, or is there and ``resume`` is not given, or when
        the folder holds a finished training.
    """
    started = time.monotonic()
    last, final = folder / "last.pt", folder / "final.pt"
    if last.exists() and not resume:
        raise InputError(last, "file", "an unfinished training", "an empty folder, or --resume")
    if final.exists() and not last.exists():
        raise InputError(final, "file", "a finished training", "an empty folder")
    unfinished = _unfinished(recipe, last) if last.exists() else None
    torch.manual_seed(recipe.seed)
    clips = SceneClips(recipe, quiet)
    loop = _Loop(recipe, clips)
    if unfinished is None:
        loop.start()
    else:
        loop.restore(unfinished)
    bar = Progress(
        TextColumn("training {task.completed}/{task.total}"),
        BarColumn(),
        TimeRemainingColumn(),
        TextColumn("{task.description}"),
        console=Console(stderr=True),
        disable=quiet,
    )
    with bar:
        task = bar.add_task("", total=recipe.steps, completed=loop.step)
        while loop.step < recipe.steps:
            terms = loop.advance()
            text = " ".join(f"{name} {value:.3f}" for name, value in terms.items())
            bar.update(task, completed=loop.step, description=text)
            if loop.step % recipe.checkpoint_every == 0:
                save_checkpoint(last, loop.state())
    save_checkpoint(final, loop.result())
    last.unlink(missing_ok=True)
    return Training(loop.averaged_model(), final, time.monotonic() - started)


class _Loop:
    """Model, optimiser and step counter; everything that a resumed training must find again."""

    def __init__(self, recipe: Recipe, clips: SceneClips) -> None:
        self.recipe, self.clips, self.step = recipe, clips, 0
        self.model = SigmaDeltaDetector(recipe.network, len(recipe.classes))
        self.optimiser = torch.optim.AdamW(self.model.parameters(), weight_decay=recipe.weight_decay)
        self.average: dict[str, Tensor] = {}
        self.weights = LossWeights(**recipe.loss.model_dump())

    def start(self) -> None:
        pictures = self.clips.batch(-1 & 0xFFFFFFFF, CALIBRATION_PICTURES, 1)
        self.model.train()
        scale_to_unit_variance(self.model, pictures.frames)
        self.average = {name: value.clone() for name, value in self.model.state_dict().items()}

    def advance(self) -> dict[str, float]:
        stage, rate = stage_at(self.recipe, self.step)
        batch = self.clips.batch(self.step, stage.batch, stage.clip)
        for group in self.optimiser.param_groups:
            group["lr"] = rate
        terms = self._descend(batch)
        self.step += 1
        # A young average would remember the random start: it forgets faster at first.
        decay = min(self.recipe.average_decay, self.step / (self.step + 10))
        for name, value in self.model.state_dict().items():
            self.average[name].lerp_(value, 1 - decay)
        return terms

    def _descend(self, batch: Batch) -> dict[str, float]:
        self.model.train()
        raw, rates = self.model(batch.frames)
        losses: list[Tensor] = []
        terms: dict[str, float] = {}
        for step, targets in enumerate(batch.targets):
            loss, terms = detection_loss(
                raw[..., step], targets, self.recipe.network, len(self.recipe.classes), self.weights
            )
            losses.append(loss)
        self.optimiser.zero_grad(set_to_none=True)
        torch.stack(losses).mean().backward()
        torch.nn.utils.clip_grad_norm_(self.model.parameters(), GRADIENT_NORM)
        self.optimiser.step()
        return {**terms, "rate": float(rates[1:, -1].mean())}

    def state(self) -> dict[str, Any]:
        return {
            "format": FORMAT,
            "recipe": self.recipe.model_dump_json(),
            "step": self.step,
            "model": self.model.state_dict(),
            "average": self.average,
            "optimiser": self.optimiser.state_dict(),
        }

    def restore(self, state: dict[str, Any]) -> None:
        self.step = int(state["step"])
        self.model.load_state_dict(state["model"])
        self.optimiser.load_state_dict(state["optimiser"])
        self.average = state["average"]

    def averaged_model(self) -> SigmaDeltaDetector:
        self.model.load_state_dict(self.average)
        return self.model.eval()

    def result(self) -> dict[str, Any]:
        return {"format": FORMAT, "recipe": self.recipe.model_dump_json(), "model": self.average}


def _unfinished(recipe: Recipe, path: Path) -> dict[str, Any]:
    # Checked before scenes are rendered for minutes.
    state = load_checkpoint(path)
    if state.get("recipe") != recipe.model_dump_json():
        raise InputError(path, "recipe", "another recipe", "the recipe that was given")
    if "optimiser" not in state:
        raise InputError(path, "optimiser", "nothing", "the state of an unfinished training")
    return state
