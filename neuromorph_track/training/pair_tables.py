"""Tables of a recipe that trains a single-object tracker: sequences, pairs of crops, loss."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from neuromorph_track.data.targets import TargetSpec
from neuromorph_track.networks.centre_loss import CentreLoss
from neuromorph_track.training.data_tables import Name
from neuromorph_track.training.tables import Count, Factor, Positive, Share, Table


class TargetData(Table):
    """Synthetic sequences, seeds ``first_seed`` onwards, settings drawn for each.

    Attributes
    ----------
    weight : float
        How often they are drawn, against other tables.
    sequences, frames : int
    side : int
        Of the pictures, in pixels.
    textures : str or None
        Folder of photographs that surfaces are cut from too, below what ``--data`` names.
    cache : str or None
        Folder, below the same, in which drawn sequences are kept for the next training.
    """

    kind: Literal["targets"]
    weight: Positive = 1.0
    sequences: Count = 400
    frames: Annotated[int, Field(ge=2)] = 40
    first_seed: Annotated[int, Field(ge=0)] = 0
    side: Annotated[int, Field(ge=64, le=1024)] = 160
    textures: Name | None = None
    cache: Name | None = None

    def spec(self, index: int) -> TargetSpec:
        """Settings of sequence ``index``, of the part that is for training."""
        size = {"width": self.side, "height": self.side, "frames": self.frames}
        return TargetSpec.random(self.first_seed + index, split="train", **size)

    def described(self) -> str:
        """What it is, in words, for a network's provenance."""
        last = self.first_seed + self.sequences - 1
        return f"synthetic targets, seeds {self.first_seed} to {last}"


class SingleData(Table):
    """Sequences as OTB, LaSOT, GOT-10k, TrackingNet, UAV123 or VOT ship them.

    Attributes
    ----------
    folder : str
        Below what ``--data`` names.
    layout : str or None
        Whose; None: found out.
    """

    kind: Literal["single"]
    weight: Positive = 1.0
    folder: Name
    layout: str | None = None

    def described(self) -> str:
        """What it is, in words, for a network's provenance."""
        return self.folder


class Pairs(Table):
    """How a template and a search crop are drawn.

    Attributes
    ----------
    gap : int
        Most frames between them.
    shift : float
        Largest distance of the crop's centre from the object's, in sides (sqrt(w h)) of the object.
    zoom : float
        Standard deviation of the log of the crop's size.
    template_shift, template_zoom : float
        The same for the template.
    strangers : float
        Share of search crops that show what is not the template's object, of another sequence.
    least_visible : float
        Of the object, in the template and in the crop.
    """

    gap: Count = 30
    shift: Factor = 1.4
    zoom: Factor = 0.18
    template_shift: Factor = 0.04
    template_zoom: Factor = 0.04
    strangers: Share = 0.1
    least_visible: Share = 0.3


class CentreTerms(Table):
    """Factors of the loss terms, see :class:`neuromorph_track.networks.centre_loss.CentreLoss`."""

    score: Factor = 1.0
    giou: Factor = 2.0
    l1: Factor = 5.0

    def factors(self) -> CentreLoss:
        """The same as the loss takes it."""
        return CentreLoss(self.score, self.giou, self.l1)


class CentreLossTable(CentreTerms):
    """The same, of pairs."""

    family: Literal["spiketrack"] = "spiketrack"
