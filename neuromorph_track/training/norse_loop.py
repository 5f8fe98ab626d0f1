"""Training of a spiking detector with norse's surrogate gradient, one seed from beginning to end."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

import torch
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

from neuromorph_track.errors import InputError
from neuromorph_track.networks.detector import DetectorSpec
from neuromorph_track.networks.norse_detector import NorseDetector, SpikingSpec
from neuromorph_track.training.checkpoint import load_checkpoint, save_checkpoint
from neuromorph_track.training.clips import Batch, Clips
from neuromorph_track.training.families import family_of
from neuromorph_track.training.optimiser import follow, stage_at
from neuromorph_track.training.recipe import Recipe
from neuromorph_track.training.tables import Stage

FORMAT = "neuromorph-track-norse/1"
CALIBRATION_PICTURES = 8
GRADIENT_NORM = 10.0


def train_norse(recipe: Recipe, spiking: SpikingSpec, checkpoint: Path, quiet: bool = False) -> NorseDetector:
    """Train a :class:`NorseDetector` on the recipe's scenes; the state is carried within a clip.

    Parameters
    ----------
    recipe : Recipe
        As for SLAYER; the delta threshold of its network is not used.
    checkpoint : path
        Where the averaged weights are written.

    Returns
    -------
    NorseDetector
        With averaged weights.
    """
    torch.manual_seed(recipe.seed)
    clips = Clips(recipe, quiet=quiet)
    model = NorseDetector(recipe.network_as(DetectorSpec), spiking, len(recipe.classes))
    model.calibrate(clips.batch(recipe.steps, CALIBRATION_PICTURES, 1).frames)
    optimiser = torch.optim.AdamW(model.parameters(), weight_decay=recipe.weight_decay)
    average = {name: value.clone() for name, value in model.state_dict().items()}
    columns = (
        TextColumn("training {task.completed}/{task.total}"),
        BarColumn(),
        TimeRemainingColumn(),
        TextColumn("{task.description}"),
    )
    with Progress(*columns, console=Console(stderr=True), disable=quiet) as bar:
        task = bar.add_task("", total=recipe.steps)
        for step in range(recipe.steps):
            stage, rate = stage_at(recipe, step)
            for group in optimiser.param_groups:
                group["lr"] = rate
            batch = clips.batch(step, stage.batch, stage.clip)
            loss, firing = _descend(model, optimiser, batch, recipe, stage)
            follow(average, model.state_dict(), 1 - min(recipe.average_decay, (step + 1) / (step + 11)))
            bar.update(task, completed=step + 1, description=f"loss {loss:.3f} rate {firing:.3f}")
    model.load_state_dict(average)
    state = {
        "format": FORMAT,
        "recipe": recipe.model_dump_json(),
        "spiking": asdict(spiking),
        "model": average,
    }
    save_checkpoint(checkpoint, state)
    return model.eval()


def load_norse_detector(path: Path) -> tuple[NorseDetector, Recipe]:
    """A detector from what :func:`train_norse` wrote.

    Raises
    ------
    InputError
        When the file is something else.
    """
    state = load_checkpoint(path)
    if state.get("format") != FORMAT:
        raise InputError(path, "format", repr(state.get("format"))[:80], FORMAT)
    recipe = Recipe.model_validate_json(state["recipe"])
    model = NorseDetector(
        recipe.network_as(DetectorSpec), SpikingSpec(**state["spiking"]), len(recipe.classes)
    )
    model.load_state_dict(state["model"])
    return model.eval(), recipe


def _descend(
    model: NorseDetector, optimiser: torch.optim.Optimizer, batch: Batch, recipe: Recipe, stage: Stage
) -> tuple[float, float]:
    raw, rates, _ = model(batch.frames)
    loss, _ = family_of(recipe).loss(raw, batch.targets, recipe, stage)
    optimiser.zero_grad(set_to_none=True)
    loss.backward()
    torch.nn.utils.clip_grad_norm_(model.parameters(), GRADIENT_NORM)
    optimiser.step()
    return float(loss.detach()), float(rates.mean())
