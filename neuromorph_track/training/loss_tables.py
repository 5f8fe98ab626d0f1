"""``[loss]`` of a recipe: one table for each family of networks."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, field_validator

from neuromorph_track.networks.box_losses import BOX_LOSSES
from neuromorph_track.networks.grid_loss import GridLoss
from neuromorph_track.networks.loss import LossWeights
from neuromorph_track.training.tables import Factor, Positive, Table


class LossTable(Table):
    """Factors of the loss terms, see :class:`neuromorph_track.networks.loss.LossWeights`."""

    family: Literal["sigma-delta"] = "sigma-delta"
    box: Factor = 2.0
    objectness: Factor = 1.0
    classes: Factor = 0.5
    centre_radius: Factor = 1.0

    def weights(self) -> LossWeights:
        """The same as the loss takes it."""
        return LossWeights(**self.model_dump(exclude={"family"}))


class GridLossTable(Table):
    """Terms of the loss and their factors, see :class:`neuromorph_track.networks.grid_loss.GridLoss`."""

    family: Literal["smtrack"] = "smtrack"
    box: str = "asa_nwd"
    box_weight: Factor | None = None
    objectness_weight: Factor = 1.0
    class_weight: Factor = 1.0
    l1_weight: Factor = 0.0
    embedding_weight: Factor = 0.5
    temperature: Positive = 0.1
    centre_radius: Positive = 1.5

    @field_validator("box")
    @classmethod
    def _known(cls, name: str) -> str:
        if name not in BOX_LOSSES:
            raise ValueError(f"one of {', '.join(BOX_LOSSES)}")
        return name

    def settings(self, l1_weight: float | None = None) -> GridLoss:
        """The same as the loss takes it, with another factor of its l1 term where one is given."""
        own = self.model_dump(exclude={"family"})
        return GridLoss(**own if l1_weight is None else own | {"l1_weight": l1_weight})


AnyLoss = Annotated[LossTable | GridLossTable, Field(discriminator="family")]
