"""A hardware profile: its tables, and the numbers in them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from pydantic import Field, ValidationError, model_validator
from pydantic_core import InitErrorDetails

from neuromorph_track.hardware.checks import faults
from neuromorph_track.hardware.fields import Some, Strict, fault
from neuromorph_track.hardware.prices import EventEnergy, Supply, Timing
from neuromorph_track.hardware.quantity import Quantity
from neuromorph_track.hardware.tables import Counting, Identity, Mapping, Resources, Source, Spread

SECTIONS = ("energy", "power", "time", "resources", "spread")


class HardwareProfile(Strict):
    """Prices of one chip on one board.

    A profile prices either synops or the MACs of the dense twin, by ``counting.synop``; it may not price a
    term twice (an all-in figure beside a term that it contains); every source it names is listed, and every
    source it lists is named.

    Attributes
    ----------
    schema : str
        Version of these rules.
    profile : Identity
    counting : Counting
    energy : EventEnergy
    power : Supply
    time : Timing
    resources : Resources
    mapping : Mapping
    spread : Spread
    source : tuple of Source
    """

    schema_version: Literal["hardware-profile/1"] = Field(alias="schema")
    profile: Identity
    counting: Counting
    energy: EventEnergy
    power: Supply = Supply()
    time: Timing = Timing()
    resources: Resources = Resources()
    mapping: Mapping = Mapping()
    spread: Spread = Spread()
    source: Some[Source]

    @property
    def id(self) -> str:
        return self.profile.id

    @property
    def dense(self) -> bool:
        """Whether it prices the dense twin (MACs) instead of events."""
        return self.counting.synop == "dense_mac"

    def quantities(self) -> Iterator[tuple[str, Quantity]]:
        """Every number that is given, with its path, e.g. ``energy.synop``."""
        for section in SECTIONS:
            for name, quantity in getattr(self, section):
                if quantity is not None:
                    yield f"{section}.{name}", quantity

    @model_validator(mode="after")
    def _consistent(self) -> HardwareProfile:
        found = [
            InitErrorDetails(type=fault(one.found, one.expected), loc=tuple(one.field.split(".")), input=None)
            for one in faults(self)
        ]
        if found:
            raise ValidationError.from_exception_data("HardwareProfile", found)
        return self
