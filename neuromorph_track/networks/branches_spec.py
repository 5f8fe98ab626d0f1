"""The shape of a network of two branches, one of which is written into the other."""

from __future__ import annotations

import math
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, model_validator

from neuromorph_track.networks.detector import Channels, ConvSpec
from neuromorph_track.netx.siamese_contract import Retrieval

LARGEST_SIDE = 1024
Side = Annotated[int, Field(ge=16, le=LARGEST_SIDE)]
Steps = Annotated[int, Field(ge=1, le=64)]


class BranchesSpec(BaseModel):
    """What all networks have that take an object's template.

    Attributes
    ----------
    layers : tuple of ConvSpec
        The backbone of both branches.
    retrieval : str
        ``memory``, ``correlation`` or ``blind`` (as memory, but learnt and never written).
    heads, keys, values : int
        Of the memory; channels per head.
    refinements : int
        How often the memory is asked again with what it gave.
    kernel : int
        Cells that a correlation looks for, along a side.
    head : tuple of ConvSpec
        Convolutions between retrieval and output.
    template_side : int
        Side of the template, in pixels of the network.
    template_factor : float
        The same, in times the square root of the box's area.
    template_steps : int
        Timesteps for a template.
    levels : int
        Largest integer spike.
    spread : float
        Standard deviation of the currents of a fresh layer, in thresholds.
    decay : float
        What is left of a potential a step later.
    threshold : float
        Of sigma-delta neurons, in units of activation.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    layers: Annotated[tuple[ConvSpec, ...], Field(min_length=1, max_length=64)]
    retrieval: Retrieval = "memory"
    heads: Annotated[int, Field(ge=1, le=64)] = 4
    keys: Channels = 16
    values: Channels = 16
    refinements: Annotated[int, Field(ge=0, le=4)] = 1
    kernel: Annotated[int, Field(ge=1, le=15)] = 5
    head: Annotated[tuple[ConvSpec, ...], Field(max_length=16)] = ()
    template_side: Side = 64
    template_factor: Annotated[float, Field(ge=1, le=16)] = 2.0
    template_steps: Steps = 1
    levels: Annotated[int, Field(ge=1, le=255)] = 4
    spread: Annotated[float, Field(gt=0, le=64)] = 1.0
    decay: Annotated[float, Field(ge=0, lt=1)] = 0.25
    threshold: Annotated[float, Field(gt=0, le=4)] = 0.1

    @property
    def stride(self) -> int:
        """Pixels per cell."""
        return math.prod(layer.stride for layer in self.layers)

    @property
    def channels(self) -> int:
        """Of the backbone's last map."""
        return self.layers[-1].channels

    @model_validator(mode="after")
    def _branches_fit(self) -> Any:
        self.whole_cells("template_side")
        if self.kernel % 2 == 0:
            raise ValueError(f"kernel {self.kernel}, an odd number")
        if self.retrieval == "correlation" and self.kernel > self.template_side // self.stride:
            cells = self.template_side // self.stride
            raise ValueError(f"kernel {self.kernel}, at most the template's {cells} cells")
        if any(layer.stride > 1 for layer in self.head):
            raise ValueError("head layers of stride 1")
        return self

    def whole_cells(self, side: str) -> None:
        """Refuse a side that is no multiple of the stride."""
        if getattr(self, side) % self.stride:
            raise ValueError(f"{side} {getattr(self, side)}, a multiple of the stride, {self.stride}")
