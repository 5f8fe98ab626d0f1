"""The training loop: the same weights for the same recipe, also when it was interrupted."""

from __future__ import annotations

import time
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from pydantic import ValidationError
from rich.console import Console
from torch import nn

from neuromorph_track.errors import InputError
from neuromorph_track.files import made_folder
from neuromorph_track.training.ahead import Ahead
from neuromorph_track.training.checkpoint import (
    InitialWeights,
    initial_weights,
    load_checkpoint,
    save_checkpoint,
)
from neuromorph_track.training.families import family_of
from neuromorph_track.training.interrupts import stop_between_steps
from neuromorph_track.training.learner import Learner
from neuromorph_track.training.ranks import joined
from neuromorph_track.training.recipe import Recipe
from neuromorph_track.training.scalars import ScalarLog
from neuromorph_track.training.teaching import lesson_of
from neuromorph_track.training.watch import Watch

CALIBRATION_PICTURES = 16
# A step that no training reaches.
CALIBRATION_STEP = 0xFFFFFFFF
LAST, FINAL = "last.pt", "final.pt"


@dataclass(frozen=True)
class Training:
    """What a training left behind.

    Attributes
    ----------
    model : nn.Module
        With the averaged weights.
    checkpoint : Path
    seconds : float
    rank : int
        Of this process among those that trained together; the first, 0, has written the file.
    """

    model: nn.Module
    checkpoint: Path
    seconds: float
    rank: int = 0


class Interrupted(KeyboardInterrupt):
    """Stopped between two steps by a signal; ``last.pt`` is up to date."""


def train(
    recipe: Recipe,
    folder: Path,
    resume: bool = False,
    quiet: bool = False,
    *,
    device: str = "cpu",
    data: Path = Path(),
    init: Path | None = None,
    teacher: Path | None = None,
    workers: int = 0,
    tensorboard: bool = False,
) -> Training:
    """Train ``recipe``; ``folder/last.pt`` is kept up to date, ``folder/final.pt`` is the result.

    Under ``torchrun`` the processes share each batch, and the first of them writes.

    Parameters
    ----------
    resume : bool
        Go on from ``last.pt``; the result is the same as without the interruption.
    device : str
        ``cpu`` or ``cuda``.
    data : Path
        Where the recipe's folders of real sequences lie.
    init : Path, optional
        A checkpoint whose weights to begin with.
    teacher : Path, optional
        A checkpoint to learn from, as ``[distillation]`` says.
    workers : int
        Threads that make batches ahead.
    tensorboard : bool
        Write TensorBoard's files too, into ``folder/tensorboard``.

    Raises
    ------
    InputError
        When ``last.pt`` belongs to another recipe, or is there and ``resume`` is not given, or when
        the folder holds a finished training; when data, device or ``init`` do not fit.
    JobError
        When the loss is no number any more, or a file cannot be written.
    Interrupted
        After SIGINT or SIGTERM, once the step is done and saved. Under ``torchrun`` signals end it at once.
    """
    started = time.monotonic()
    with joined(device) as ranks:
        # Said now, not when a later stage begins.
        for stage in recipe.stage:
            ranks.share(stage.batch)
        unfinished = _unfinished(recipe, folder, resume)
        if ranks.writes:
            made_folder(folder)
        weights = None if init is None or unfinished is not None else initial_weights(init)
        lesson = lesson_of(recipe, teacher)
        ranks.wait()
        torch.manual_seed(recipe.seed)
        quiet = quiet or not ranks.writes
        batches_of = family_of(recipe).batches if lesson is None else lesson.batches
        clips = batches_of(recipe, data, quiet)
        learner = Learner(recipe, ranks, lesson)
        if unfinished is not None:
            learner.restore(unfinished)
        elif weights is not None:
            _tell_fresh(learner.take(weights), weights, quiet)
        else:
            learner.begin(lambda: clips.batch(CALIBRATION_STEP, CALIBRATION_PICTURES, 1, plain=True))
        with closing(learner), Ahead(clips, recipe, ranks, workers) as batches:
            if ranks.writes:
                _watched(learner, batches, folder, quiet, tensorboard)
            else:
                _run(learner, batches, folder, None)
        ranks.wait()
        seconds = time.monotonic() - started
        return Training(learner.averaged_model(), folder / FINAL, seconds, ranks.rank)


def _tell_fresh(names: list[str], weights: InitialWeights, quiet: bool) -> None:
    if names:
        text = f"{weights.source} has nothing that fits {', '.join(names)}: these start afresh"
        Console(stderr=True, quiet=quiet).print(text, markup=False, highlight=False)


def _watched(learner: Learner, batches: Ahead, folder: Path, quiet: bool, tensorboard: bool) -> None:
    """Take all steps and leave the result; what a killed training left half written is swept away."""
    for path in folder.glob(f".{Path(LAST).stem}-*{Path(LAST).suffix}"):
        path.unlink(missing_ok=True)
    recipe, longest = learner.recipe, learner.recipe.optimiser.gradient_norm
    with (
        ScalarLog(folder, learner.step, tensorboard) as log,
        Watch(log, recipe.steps, learner.step, recipe.log_every, quiet, longest) as watch,
    ):
        _run(learner, batches, folder, watch)
    save_checkpoint(folder / FINAL, learner.result())
    (folder / LAST).unlink(missing_ok=True)


def _run(learner: Learner, batches: Ahead, folder: Path, watch: Watch | None) -> None:
    recipe, ranks = learner.recipe, learner.ranks
    # Processes that stopped at different steps would wait for each other.
    with stop_between_steps(ranks.world == 1) as asked:
        while learner.step < recipe.steps:
            outcome = learner.advance(batches.batch(learner.step))
            if watch is not None:
                watch.saw(learner.step, outcome)
            stops = asked.stop and learner.step < recipe.steps
            if stops or learner.step % recipe.checkpoint_every == 0:
                state = learner.state()
                if ranks.writes:
                    save_checkpoint(folder / LAST, state)
            if stops:
                raise Interrupted


def _unfinished(recipe: Recipe, folder: Path, resume: bool) -> dict[str, Any] | None:
    """State to go on with, or None for a fresh start. Checked before scenes are rendered for minutes."""
    last, final = folder / LAST, folder / FINAL
    if not last.exists():
        if final.exists():
            raise InputError(final, "file", "a finished training", "an empty folder")
        return None
    if not resume:
        raise InputError(last, "file", "an unfinished training", "an empty folder, or --resume")
    state = load_checkpoint(last)
    try:
        same = Recipe.model_validate_json(state.get("recipe", "")) == recipe
    except ValidationError:
        same = False
    if not same:
        raise InputError(last, "recipe", "another recipe", "the recipe that was given")
    if "optimiser" not in state:
        raise InputError(last, "optimiser", "nothing", "the state of an unfinished training")
    return state
