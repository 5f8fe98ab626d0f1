"""A training recipe: everything that decides what a training gives."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Annotated, Any, TypeVar

from pydantic import Field, ValidationError, model_validator
from pydantic_core import ErrorDetails

from neuromorph_track.errors import InputError, explain
from neuromorph_track.files import parse_toml, read_text
from neuromorph_track.networks.branches_spec import LARGEST_SIDE
from neuromorph_track.networks.detector import DetectorSpec
from neuromorph_track.networks.distillation import DistillationSpec
from neuromorph_track.networks.distillation.spatial import Objects
from neuromorph_track.networks.hadtrack_spec import HadtrackSpec
from neuromorph_track.networks.smtrack_spec import SmtrackSpec
from neuromorph_track.networks.spiketrack_spec import SpiketrackSpec
from neuromorph_track.netx import InputSpec
from neuromorph_track.training.data_tables import MotData, SceneData
from neuromorph_track.training.pair_tables import CentreLossTable, Pairs, SingleData, TargetData
from neuromorph_track.training.stream_tables import PairedData, StreamLossTable
from neuromorph_track.training.tables import (
    Augment,
    Budget,
    Count,
    Factor,
    GridLossTable,
    LossTable,
    Optimiser,
    Share,
    Stage,
    Table,
)

DEFAULT_FAMILY = "sigma-delta"
DEFAULT_DATA = "scenes"
# Grey levels 0 to 255 in the whole numbers of an input layer: a grey level of 1/256 is one of them.
PIXELS = {"fraction_bits": 8, "step": 1, "low": 0, "high": 255}
PIXEL_SCALE = {"std": (256 / 255,) * 3}
AnySpec = Annotated[DetectorSpec | SmtrackSpec | SpiketrackSpec | HadtrackSpec, Field(discriminator="family")]
AnyData = Annotated[SceneData | MotData | TargetData | SingleData | PairedData, Field(discriminator="kind")]
AnyLoss = Annotated[
    LossTable | GridLossTable | CentreLossTable | StreamLossTable, Field(discriminator="family")
]
Spec = TypeVar("Spec", DetectorSpec, SmtrackSpec, SpiketrackSpec, HadtrackSpec)
CROPS, STREAMS = "spiketrack", "hadtrack"
# Families that track one object, and the data of each.
SINGLE_DATA = {CROPS: "targets", STREAMS: "paired"}
DATA_FAMILY = {"targets": CROPS, "single": CROPS, "paired": STREAMS}
# Families that learn from a teacher, and how many objects a score map of theirs is about.
TAUGHT: dict[str, Objects] = {STREAMS: "one", "smtrack": "many"}
# What a tracker of one object calls it.
SINGLE_CLASSES = ("target",)


class Recipe(Table):
    """What ``neuromorph-track train`` reads.

    Attributes
    ----------
    classes : tuple of str
        A tracker of one object has one and need not name it.
    input : InputSpec
        That of such a tracker are grey levels, as large as its search crop.
    network : DetectorSpec, SmtrackSpec, SpiketrackSpec or HadtrackSpec
        By its ``family``, without which it is a chain of sigma-delta convolutions.
    data : tuple of SceneData, MotData, TargetData, SingleData or PairedData
        By their ``kind``, without which it is scenes, targets or paired. One table ``[data]`` or several
        ``[[data]]``.
    loss : LossTable, GridLossTable, CentreLossTable or StreamLossTable
        By the network's family.
    pairs : Pairs or None
        Of a tracker of one object that learns from pairs of crops.
    distillation : DistillationSpec or None
        What is learnt from a teacher, where one is given.
    average_decay : float
        Of the moving average of the weights, which is what a training gives.
    score_threshold, nms_threshold : float
        What `track` takes by default of the exported network.
    voting_threshold : float or None
        See :class:`~neuromorph_track.netx.RunContract`.
    alike : float
        Least cosine of two pictures for the one to fill a step of the other, where the network has a history.
    """

    name: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9._-]*$")]
    seed: Annotated[int, Field(ge=0)] = 0
    classes: Annotated[tuple[str, ...], Field(min_length=1)]
    input: InputSpec
    network: AnySpec
    data: Annotated[tuple[AnyData, ...], Field(min_length=1)] = (SceneData(),)
    loss: AnyLoss
    augment: Augment = Augment()
    pairs: Pairs | None = None
    distillation: DistillationSpec | None = None
    budget: Budget | None = None
    optimiser: Optimiser = Optimiser()
    stage: Annotated[tuple[Stage, ...], Field(min_length=1)]
    average_decay: Annotated[float, Field(ge=0, lt=1)] = 0.998
    weight_decay: Factor = 1e-4
    alike: Share = 0.985
    score_threshold: Share = 0.25
    nms_threshold: Share = 0.5
    voting_threshold: Annotated[float, Field(gt=0, le=1)] | None = None
    checkpoint_every: Count = 100
    log_every: Count = 10

    @model_validator(mode="before")
    @classmethod
    def _say_which(cls, table: Any) -> Any:
        """Name the family of network and loss and the kind of data where the recipe leaves it out."""
        if not isinstance(table, Mapping):
            return table
        network = _with_default(table.get("network"), "family", DEFAULT_FAMILY)
        family = network.get("family") if isinstance(network, dict) else getattr(network, "family", None)
        named = {**table, "loss": _with_default(table.get("loss", {}), "family", family)}
        if "network" in table:
            named["network"] = network
        if family in SINGLE_DATA:
            named = {"classes": SINGLE_CLASSES, "data": {}, **named}
        if family == CROPS:
            named = _of_crops(network, named)
        if isinstance(network, dict) and _feeds_pixels(network) and isinstance(named.get("input"), dict):
            named["input"] = {**PIXEL_SCALE, **PIXELS, **named["input"]}
        if family in TAUGHT and "distillation" in named:
            named["distillation"] = _with_default(named["distillation"], "objects", TAUGHT[str(family)])
        if "data" in named:
            data = named["data"]
            entries = data if isinstance(data, (list, tuple)) else [data]
            kind = SINGLE_DATA.get(str(family), DEFAULT_DATA)
            named["data"] = tuple(_with_default(entry, "kind", kind) for entry in entries)
        return named

    @model_validator(mode="after")
    def _fits_together(self) -> Recipe:
        stride, size = self.network.stride, f"{self.input.width}x{self.input.height}"
        if self.input.height % stride or self.input.width % stride:
            raise ValueError(f"an input ({size}) that is a multiple of the network's stride, {stride}")
        if _feeds_pixels(self.network.model_dump()):
            for field, value in PIXELS.items():
                if getattr(self.input, field) != value:
                    raise ValueError(f"input.{field} {value}, as neurons that are fed pixels take them")
        if self.budget is not None and self.network.family == "smtrack" and self.network.neuron == "relu":
            raise ValueError("no [budget] for relu neurons, which no chip runs")
        if self.loss.family != self.network.family:
            raise ValueError(f"a loss for {self.network.family} networks")
        self._one_object_or_many()
        longest = max(stage.clip for stage in self.stage)
        if self.history and longest > 1:
            raise ValueError("clips of one frame where history fills its steps")
        if len(set(self.classes)) < len(self.classes):
            raise ValueError("classes with names that differ")
        frozen = [stage.freeze_norm for stage in self.stage]
        if frozen != sorted(frozen):
            raise ValueError("freeze_norm in all stages after the first that has it")
        for data in self.data:
            if isinstance(data, SceneData):
                self._scenes_fit(data, longest)
            elif isinstance(data, MotData) and data.counts_as not in (None, *self.classes):
                raise ValueError(f"data.counts_as among {', '.join(self.classes)}, not {data.counts_as!r}")
        return self

    def _one_object_or_many(self) -> None:
        family = self.network.family
        for data in self.data:
            if DATA_FAMILY.get(data.kind, "many") != (family if family in SINGLE_DATA else "many"):
                raise ValueError(f"data that {family} networks learn from, not {data.kind!r}")
        if family in SINGLE_DATA:
            if self.budget is not None:
                raise ValueError(f"no [budget] for {family} networks")
            self._grey_levels()
        if family != CROPS and self.pairs is not None:
            raise ValueError("[pairs] for spiketrack networks alone")
        if self.distillation is not None:
            self._lesson_fits(self.distillation)
        if family == CROPS:
            self._crops_fit(self.network_as(SpiketrackSpec))
        if family == STREAMS:
            self._streams_fit(self.network_as(HadtrackSpec))

    def _lesson_fits(self, asked: DistillationSpec) -> None:
        family = self.network.family
        if family not in TAUGHT:
            raise ValueError(f"[distillation] for {' and '.join(TAUGHT)} networks alone")
        if asked.objects != TAUGHT[family]:
            raise ValueError(f"distillation.objects {TAUGHT[family]!r} for {family} networks")
        if family != STREAMS and (asked.temporal or asked.near or asked.released):
            found = "distillation.temporal, no distillation.near and no released formulas"
            raise ValueError(f"no {found} for {family} networks")

    def _grey_levels(self) -> None:
        """What nothing would heed otherwise."""
        if len(self.classes) > 1:
            raise ValueError(f"one class for a tracker of one object, not {len(self.classes)}")
        if (self.input.mean, self.input.std) != ((0.0, 0.0, 0.0), PIXEL_SCALE["std"]):
            found = f"{self.network.family} networks, which take grey levels"
            raise ValueError(f"no input.mean and no input.std for {found}")
        if self.augment.moves or self.augment.mosaic:
            instead = "[pairs] instead of" if self.network.family == CROPS else "no"
            raise ValueError(f"{instead} augment.zoom, shift and mosaic for {self.network.family} networks")

    def _streams_fit(self, network: HadtrackSpec) -> None:
        if self.input.events is None:
            raise ValueError("[input.events], which says how windows become pictures")
        if self.input.events.picture != "counts":
            raise ValueError("input.events.picture 'counts', which is what is trained with")
        if self.distillation is not None and network.sees != "events":
            raise ValueError("[distillation] for a student, not for a teacher")
        for data in self.data:
            assert isinstance(data, PairedData)
            if not data.labelled and self.distillation is None:
                raise ValueError("data.labelled true where there is no [distillation] to say more")
            frame_us = data.per_frame * self.input.events.window_us
            if network.frame_us != frame_us:
                raise ValueError(f"network.frame_us {frame_us}, as data.per_frame windows are long")
            longest = (data.frames - 2) * data.per_frame
            for stage in self.stage:
                if stage.clip > longest or stage.clip % data.per_frame:
                    raise ValueError(f"clips of at most {longest} windows, in multiples of {data.per_frame}")
            # Whatever a sequence cannot be is better said now.
            data.spec(0, self.input)

    def _crops_fit(self, network: SpiketrackSpec) -> None:
        """What nothing would heed otherwise, or `sot` would heed and the training not."""
        if {self.input.height, self.input.width} != {network.search_side}:
            found = f"{self.input.width}x{self.input.height}"
            raise ValueError(f"an input as large as network.search_side, {network.search_side}, not {found}")
        if any(stage.clip > 1 for stage in self.stage):
            raise ValueError("clips of one frame for spiketrack networks, which learn from pairs")

    def _scenes_fit(self, data: SceneData, longest: int) -> None:
        if longest > data.frames:
            raise ValueError(f"scenes at least as long as a clip, {longest} (data.frames {data.frames})")
        if unknown := set(data.classes or ()) - set(self.classes):
            raise ValueError(f"data.classes among {', '.join(self.classes)}, not {min(unknown)!r}")
        # Whatever a scene cannot be is better said now than after the first ones are rendered.
        data.scene(0, data.objects[1], self.input, self.classes)

    def network_as(self, kind: type[Spec]) -> Spec:
        """The network, which has to be of one family.

        Raises
        ------
        InputError
            When it is of another.
        """
        if not isinstance(self.network, kind):
            expected = repr(kind.model_fields["family"].default)
            raise InputError(self.name, "network.family", repr(self.network.family), expected)
        return self.network

    @property
    def history(self) -> int:
        """Pictures of one frame where those before it fill its steps; 0 without."""
        network = self.network
        return network.steps if isinstance(network, SmtrackSpec) and network.history else 0

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
        # A name that is not known may be the reason for one that is missing.
        first = min(error.errors(), key=lambda detail: detail["type"] != "extra_forbidden")
        raise InputError(path, *explain(_as_written(first, table), "recipe")) from error


def _feeds_pixels(network: Mapping[str, Any]) -> bool:
    """Whether the input layer takes grey levels and not changes of them."""
    # Each crop begins in silence, so that of a tracker of one object both are the same.
    family = network.get("family")
    return family in SINGLE_DATA or (family == "smtrack" and network.get("neuron") != "sigma_delta")


def _of_crops(network: Any, table: Mapping[str, Any]) -> dict[str, Any]:
    """The recipe of a tracker that learns from crops with what it need not say."""
    usual = SpiketrackSpec.model_fields["search_side"].default
    side = network.get("search_side", usual) if isinstance(network, dict) else network.search_side
    # A side that cannot be is the network's fault, and named as such.
    side = min(max(side, 1), LARGEST_SIDE) if isinstance(side, int) else usual
    size = {"height": side, "width": side}
    full = {"pairs": {}, "input": {}, **table}
    if isinstance(full["input"], dict):
        full["input"] = {**size, **full["input"]}
    return full


def _with_default(table: Any, key: str, value: str | None) -> Any:
    return {key: value, **table} if isinstance(table, dict) else table


def _as_written(detail: ErrorDetails, table: dict[str, Any]) -> ErrorDetails:
    """Where the fault stands in the file: a table's kind, which its path names, is no part of that."""
    first, *rest = detail["loc"] or ("",)
    if first in ("network", "loss"):
        rest = rest[1:]
    elif first == "data" and rest:
        rest = [*rest[: isinstance(table["data"], list)], *rest[2:]]
    return {**detail, "loc": (first, *rest) if first else ()}
