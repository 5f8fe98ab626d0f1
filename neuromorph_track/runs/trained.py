"""``train`` as a function: a recipe becomes a checkpoint."""

from __future__ import annotations

import json
from dataclasses import dataclass
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any

from neuromorph_track.errors import InputError
from neuromorph_track.files import read_text
from neuromorph_track.reports.notebook.html import cell
from neuromorph_track.reports.notebook.lines import block
from neuromorph_track.reports.picture import Picture
from neuromorph_track.reports.training_plot import plot_training
from neuromorph_track.training.loop import train as run_training
from neuromorph_track.training.recipe import Recipe, read_recipe
from neuromorph_track.training.scalars import LOG

if TYPE_CHECKING:
    from pandas import DataFrame  # type: ignore[import-untyped]


PATHS = ("data", "init", "teacher")


@dataclass(frozen=True, repr=False)
class Trained:
    """A training that has ended.

    Attributes
    ----------
    checkpoint : Path
        ``final.pt``, which :func:`neuromorph_track.export` takes.
    seconds : float
    name : str
        Of the recipe.
    steps : int
    """

    checkpoint: Path
    seconds: float
    name: str
    steps: int

    @property
    def log(self) -> list[dict[str, Any]]:
        """The lines of ``log.jsonl`` that tell of steps.

        Raises
        ------
        InputError
            When the file is gone or broken.
        """
        path = self.checkpoint.parent / LOG
        text = read_text(path, "the log of a training")
        try:
            lines = [json.loads(line) for line in text.splitlines()]
        except ValueError as error:
            raise InputError(path, "line", str(error), "JSON") from error
        return [line for line in lines if "loss" in line]

    def __repr__(self) -> str:
        return block(self._headline(), self._lines())

    def _repr_html_(self) -> str:
        return cell(self._headline(), self._lines())

    def _headline(self) -> str:
        return f"{self.name}: {self.steps:,} steps in {self.seconds:.0f} s, {self.checkpoint}"

    def _lines(self) -> list[str]:
        log = [line["loss"] for line in self.log if line["loss"] is not None]
        return [f"loss {log[0]:.3g} at first, {log[-1]:.3g} at last"] if log else []

    def plot(self) -> Picture:
        """The loss, and the spikes of each layer, over the steps."""
        return plot_training(self.log)

    def to_dataframe(self) -> DataFrame:
        """A row for each step that was logged: ``step``, ``loss`` and its terms, ``learning_rate``."""
        from pandas import DataFrame

        return DataFrame([{name: each for name, each in line.items() if name != "sent"} for line in self.log])


def train(recipe: str | PathLike[str] | Recipe, output: str | PathLike[str], **options: Any) -> Trained:
    """Train a network.

    Parameters
    ----------
    recipe : path or Recipe
        A TOML recipe.
    output : path
        Folder for the checkpoints.
    **options
        ``resume``, ``quiet``, ``device``, ``data``, ``init``, ``teacher``, ``workers``, ``tensorboard`` as of
        :func:`neuromorph_track.training.loop.train`; a path may be a text.

    Raises
    ------
    InputError, JobError
    """
    plan = recipe if isinstance(recipe, Recipe) else read_recipe(recipe)
    paths = {
        name: Path(options[name]) for name in ("data", "init", "teacher") if options.get(name) is not None
    }
    done = run_training(plan, Path(output), **{**options, **paths})
    return Trained(done.checkpoint, done.seconds, plan.name, plan.steps)
