"""Tables of a recipe: losses, stages, what is done to pictures, what a frame may cost."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from neuromorph_track.networks.box_losses import BOX_LOSSES
from neuromorph_track.networks.grid_loss import GridLoss
from neuromorph_track.networks.loss import LossWeights

Count = Annotated[int, Field(ge=1)]
Factor = Annotated[float, Field(ge=0, allow_inf_nan=False)]
Positive = Annotated[float, Field(gt=0, allow_inf_nan=False)]
Share = Annotated[float, Field(ge=0, le=1)]
Precision = Literal["float32", "tf32", "bf16", "fp16"]


class Table(BaseModel):
    """A table of a recipe; a name that it does not know is a fault."""

    model_config = ConfigDict(frozen=True, extra="forbid")


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


class Stage(Table):
    """A run of optimiser steps with one clip length.

    Attributes
    ----------
    steps, batch, clip : int
        Optimiser steps, clips per step (of all processes together), frames per clip.
    learning_rate : float
        Peak of the schedule (linear warm-up over a tenth, then cosine to a hundredth).
    precision : str
        ``float32``; on a GPU also ``tf32`` (products of numbers of up to 11 bits stay exact), ``bf16`` and
        ``fp16``, in which sums are rounded and the network trained is no longer quite that of the chip.
    freeze_norm : bool
        Train with the running mean and variance of batch norm, as the chip has them.
    plain : bool
        Pictures in their own place and size: no zoom, no shift, no mosaic.
    l1_weight : float or None
        Instead of that of ``[loss]``, where the family has one.
    """

    steps: Count
    batch: Count
    clip: Count = 1
    learning_rate: Annotated[float, Field(gt=0, le=1)] = 2e-3
    precision: Precision = "float32"
    freeze_norm: bool = False
    plain: bool = False
    l1_weight: Factor | None = None


class Augment(Table):
    """How pictures are changed; a clip's frames all in one way.

    Attributes
    ----------
    mirror : float
        Probability.
    relight : bool
        Change contrast by up to a fifth for each colour, and brightness by up to 20 grey levels.
    zoom : (float, float)
        Range of a factor of size, log-uniform; (1, 1) for none.
    shift : float
        Largest shift as a share of the picture's sides.
    mosaic : float
        Probability that a clip is put together from four.
    """

    mirror: Share = 0.5
    relight: bool = True
    zoom: tuple[Annotated[float, Field(ge=0.1, le=10)], Annotated[float, Field(ge=0.1, le=10)]] = (1.0, 1.0)
    shift: Share = 0.0
    mosaic: Share = 0.0

    @model_validator(mode="after")
    def _in_order(self) -> Augment:
        if self.zoom[0] > self.zoom[1]:
            raise ValueError(f"augment.zoom in order, not {self.zoom}")
        return self

    @property
    def moves(self) -> bool:
        """Whether pictures are zoomed or shifted."""
        return self.zoom != (1.0, 1.0) or self.shift > 0


class Budget(Table):
    """What a frame may cost on a chip; the loss is ``weight * relu(log(cost / target))``.

    Attributes
    ----------
    profile : str or None
        Name or path of a hardware profile, for joules.
    joules_per_frame : float or None
        Of events, without what flows all the time.
    synops_per_frame : float or None
        Instead of joules.
    weight : float
    """

    profile: str | None = None
    joules_per_frame: Positive | None = None
    synops_per_frame: Positive | None = None
    weight: Factor = 1.0

    @model_validator(mode="after")
    def _one_target(self) -> Budget:
        if (self.joules_per_frame is None) == (self.synops_per_frame is None):
            raise ValueError("either joules_per_frame or synops_per_frame")
        if (self.joules_per_frame is None) != (self.profile is None):
            raise ValueError("a profile with joules_per_frame, and none with synops_per_frame")
        return self


class Optimiser(Table):
    """How gradients become steps.

    Attributes
    ----------
    kind : str
        ``adamw``, or ``sgd`` with Nesterov's momentum.
    momentum : float
        Of ``sgd``.
    decay_all : bool
        Whether weight decay takes biases, gains and shifts of batch norm too, and not convolutions alone.
    gradient_norm : float
        Longer gradients are cut to this.
    """

    kind: Literal["adamw", "sgd"] = "adamw"
    momentum: Annotated[float, Field(ge=0, lt=1)] = 0.9
    decay_all: bool = True
    gradient_norm: Positive = 10.0
