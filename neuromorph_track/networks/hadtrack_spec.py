"""The shape of a network that follows one object in events, and of its teacher that sees frames too."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from neuromorph_track.networks.branches_spec import BranchesSpec, Side, Steps
from neuromorph_track.networks.detector import Channels

# Of what silence would have to add up to for a spike, which is half a threshold: biases are rounded.
SILENCE = 0.45
# Side of a usual object, in sides of what is seen.
USUAL_SHARE = 0.2


class HadtrackSpec(BranchesSpec):
    """The ``[network]`` table of a recipe with ``family = "hadtrack"``.

    Such a network sees the whole sensor, window after window; integer LIF neurons carry their states on. A
    timestep is a window; a template takes ``template_steps`` of them.

    Attributes
    ----------
    sees : str
        ``events``: a picture of each window's events; ``frames``; ``both``: a frame, and a picture of the
        events since the frame before it.
    neuron : str
        ``integer``: integer LIF, graded spikes; ``sigma_delta``: SLAYER's, which lava-dl reads, each window
        one step from silence; ``relu``: no spikes and no state.
    frame_us : int
        Microseconds from frame to frame, where it sees frames.
    """

    family: Literal["hadtrack"] = "hadtrack"
    sees: Literal["events", "frames", "both"] = "events"
    neuron: Literal["integer", "sigma_delta", "relu"] = "integer"
    heads: Annotated[int, Field(ge=1, le=64)] = 2
    keys: Channels = 8
    refinements: Annotated[int, Field(ge=0, le=4)] = 0
    kernel: Annotated[int, Field(ge=1, le=15)] = 3
    template_side: Side = 32
    template_steps: Steps = 4
    decay: Annotated[float, Field(ge=0, lt=1)] = 0.75
    frame_us: Annotated[int, Field(ge=1)] = 40_000

    @property
    def inputs(self) -> int:
        """Channels of what is seen: a picture of events, and a frame."""
        return 6 if self.sees == "both" else 3

    @property
    def carried(self) -> bool:
        """Windows follow one another, and each has an answer."""
        return True

    @property
    def ceiling(self) -> float | None:
        """Largest bias, in thresholds: a neuron that hears nothing says nothing, for however long."""
        return {"integer": SILENCE * (1 - self.decay), "sigma_delta": 0.0, "relu": None}[self.neuron]

    @property
    def search_steps(self) -> int:
        """Timesteps for a window."""
        return 1

    @property
    def template_cells(self) -> None:
        """None: no neuron has a bias of its own, because where it is on the sensor means nothing."""

    @property
    def search_cells(self) -> None:
        """As :attr:`template_cells`."""

    @property
    def usual_share(self) -> float:
        """Side of a usual object, in sides of what is seen."""
        return USUAL_SHARE

    @model_validator(mode="after")
    def _one_step_from_silence(self) -> HadtrackSpec:
        if self.neuron == "sigma_delta" and self.template_steps != 1:
            raise ValueError(f"network.template_steps 1 for sigma_delta neurons, not {self.template_steps}")
        return self
