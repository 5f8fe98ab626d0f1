"""A training recipe: everything that decides what a training gives."""

from __future__ import annotations

import os
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from neuromorph_track.data.scenes import SceneSpec
from neuromorph_track.errors import InputError, explain
from neuromorph_track.files import parse_toml, read_text
from neuromorph_track.networks.detector import DetectorSpec
from neuromorph_track.netx import InputSpec

Count = Annotated[int, Field(ge=1)]
Factor = Annotated[float, Field(ge=0)]


class _Table(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class SceneData(_Table):
    """The synthetic scenes that are learnt from; seeds ``first_seed`` onwards, one per scene.

    Attributes
    ----------
    scenes, frames : int
        Number of scenes and frames of each.
    objects : (int, int)
        Range of the mean number of objects, both ends included; each scene takes its own value.
    """

    scenes: Count = 100
    frames: Count = 24
    first_seed: Annotated[int, Field(ge=0)] = 100_000
    objects: tuple[Count, Count] = (4, 9)


class Stage(_Table):
    """A run of optimiser steps with one clip length.

    Attributes
    ----------
    steps, batch, clip : int
        Optimiser steps, clips per step, frames per clip.
    learning_rate : float
        Peak of the schedule (linear warm-up over a tenth, then cosine to a hundredth).
    """

    steps: Count
    batch: Count
    clip: Count = 1
    learning_rate: Annotated[float, Field(gt=0, le=1)] = 2e-3


class LossTable(_Table):
    """Factors of the loss terms, see :class:`neuromorph_track.networks.loss.LossWeights`."""

    box: Factor = 2.0
    objectness: Factor = 1.0
    classes: Factor = 0.5
    centre_radius: Factor = 1.0


class Recipe(_Table):
    """What ``neuromorph-track train`` reads."""

    name: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9._-]*$")]
    seed: Annotated[int, Field(ge=0)] = 0
    classes: Annotated[tuple[str, ...], Field(min_length=1)]
    input: InputSpec
    network: DetectorSpec
    data: SceneData = SceneData()
    loss: LossTable = LossTable()
    stage: Annotated[tuple[Stage, ...], Field(min_length=1)]
    average_decay: Annotated[float, Field(ge=0, lt=1)] = 0.998
    weight_decay: Factor = 1e-4
    checkpoint_every: Count = 100

    @model_validator(mode="after")
    def _fits_together(self) -> Recipe:
        stride, size = self.network.stride, f"{self.input.width}x{self.input.height}"
        if self.input.height % stride or self.input.width % stride:
            raise ValueError(f"an input ({size}) that is a multiple of the network's stride, {stride}")
        longest = max(stage.clip for stage in self.stage)
        if longest > self.data.frames:
            raise ValueError(f"scenes at least as long as a clip, {longest} (data.frames {self.data.frames})")
        if self.data.objects[0] > self.data.objects[1]:
            raise ValueError(f"data.objects in order, not {self.data.objects}")
        # Whatever a scene cannot be is better said now than after the first ones are rendered.
        self.scene(0, self.data.objects[1])
        return self

    def scene(self, index: int, objects: int) -> SceneSpec:
        """Settings of training scene ``index`` with a mean of ``objects``."""
        return SceneSpec(
            seed=self.data.first_seed + index,
            frames=self.data.frames,
            width=self.input.width,
            height=self.input.height,
            objects=objects,
            classes=self.classes,
        )

    @property
    def steps(self) -> int:
        return sum(stage.steps for stage in self.stage)


def read_recipe(path: str | os.PathLike[str]) -> Recipe:
    """Read a TOML recipe.

    Raises
    ------
    InputError
        Naming the first field that is wrong.
    """
    table = parse_toml(read_text(path, "a TOML recipe"), path)
    try:
        return Recipe.model_validate(table)
    except ValidationError as error:
        raise InputError(path, *explain(error.errors()[0], "recipe")) from error
