"""The shape of a single-object tracker of the spiketrack family."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from neuromorph_track.networks.branches_spec import BranchesSpec, Side, Steps


class SpiketrackSpec(BranchesSpec):
    """The ``[network]`` table of a recipe with ``family = "spiketrack"``.

    Attributes
    ----------
    neuron : str
        ``integer``: integer LIF, graded spikes; ``sigma_delta``: SLAYER's, which lava-dl reads, one step from
        silence; ``relu``: the same network without spikes, for comparison.
    search_side : int
        Side of the search crop, in pixels of the network.
    search_factor : float
        The same, in times the square root of the box's area.
    search_steps : int
        Timesteps for a frame.
    positions : bool
        A bias per neuron where keys, values and queries are made.
    """

    family: Literal["spiketrack"] = "spiketrack"
    neuron: Literal["integer", "sigma_delta", "relu"] = "integer"
    search_side: Side = 128
    search_factor: Annotated[float, Field(gt=1, le=16)] = 4.0
    search_steps: Steps = 1
    positions: bool = True

    @property
    def inputs(self) -> int:
        """Channels of a picture."""
        return 3

    @property
    def carried(self) -> bool:
        """Every crop begins with all states at zero."""
        return False

    @property
    def ceiling(self) -> float | None:
        """Largest bias: sigma-delta layers are to be silent until they hear something."""
        return 0.0 if self.neuron == "sigma_delta" else None

    @property
    def template_cells(self) -> tuple[int, int] | None:
        """Rows and columns of the template's map where each neuron has a bias of its own."""
        return self._cells(self.template_side)

    @property
    def search_cells(self) -> tuple[int, int] | None:
        """The same of the search crop."""
        return self._cells(self.search_side)

    @property
    def usual_share(self) -> float:
        """Side of an object as large as before, in sides of the search crop."""
        return 1 / self.search_factor

    def _cells(self, side: int) -> tuple[int, int] | None:
        return (side // self.stride, side // self.stride) if self.positions else None

    @model_validator(mode="after")
    def _fits_together(self) -> SpiketrackSpec:
        self.whole_cells("search_side")
        if self.neuron != "integer" and (self.template_steps, self.search_steps) != (1, 1):
            raise ValueError(f"one step for {self.neuron} neurons")
        return self
