"""The shape of a detector of the smtrack family."""

from __future__ import annotations

import math
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from neuromorph_track.networks.detector import ConvSpec

NeuronName = Literal["integer", "cuba", "sigma_delta", "relu"]


class SmtrackSpec(BaseModel):
    """The ``[network]`` table of a recipe with ``family = "smtrack"``.

    Attributes
    ----------
    neuron : str
        ``integer``: integer LIF, graded spikes; ``cuba``: binary spikes; ``sigma_delta``: graded changes;
        ``relu``: the same network without spikes, for comparison, which no chip here runs.
    layers : tuple of ConvSpec
        A chain.
    steps : int
        Timesteps per frame; 1 for ``sigma_delta``, which carries its state from frame to frame, and ``relu``.
    history : bool
        Fill the steps of a frame with the frames before it where they look alike, instead of repeating it.
    levels : int
        Largest integer spike.
    spread : float
        Standard deviation of the currents of a fresh layer, in thresholds: a neuron of many levels makes use
        of them where its currents are as large.
    decay : float
        Part of an integer neuron's potential that is left a step later.
    threshold : float
        Of sigma-delta neurons, in units of activation.
    embedding : int
        Channels that say what an object looks like.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    family: Literal["smtrack"] = "smtrack"
    neuron: NeuronName = "integer"
    layers: Annotated[tuple[ConvSpec, ...], Field(min_length=1, max_length=64)]
    steps: Annotated[int, Field(ge=1, le=64)] = 1
    history: bool = False
    levels: Annotated[int, Field(ge=1, le=255)] = 4
    spread: Annotated[float, Field(gt=0, le=64)] = 1.0
    decay: Annotated[float, Field(ge=0, lt=1)] = 0.25
    threshold: Annotated[float, Field(gt=0, le=4)] = 0.1
    embedding: Annotated[int, Field(ge=0, le=512)] = 0

    @property
    def stride(self) -> int:
        """Pixels per cell of the head."""
        return math.prod(layer.stride for layer in self.layers)

    @model_validator(mode="after")
    def _steps_fit(self) -> SmtrackSpec:
        if self.neuron in ("sigma_delta", "relu") and self.steps > 1:
            raise ValueError(f"one step per frame for {self.neuron} neurons, not {self.steps}")
        if self.history and self.steps == 1:
            raise ValueError("more than one step per frame where history fills them")
        return self
