"""The tables of a hardware profile, and what must agree between them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from pydantic import Field, model_validator

from neuromorph_track.hardware.quantity import Count, Energy, Power, Quantity, Strict, Time, fault

Boundary = Literal["core", "chip", "module", "board", "wall"]
Kind = Literal["event_driven", "manycore", "dense", "gpu", "cpu"]
SynopDefinition = Literal["nonzero_weight", "all_weights_edge_aware", "dense_mac"]


class Identity(Strict):
    """What is priced, and where the meter (or the estimate) draws its line."""

    id: str = Field(pattern=r"^[a-z0-9][a-z0-9.-]*$")
    name: str
    kind: Kind
    boundary: Boundary
    vendor: str = ""
    process: str = ""
    revision: str = ""


class Counting(Strict):
    """How the chip's own counters define an event.

    Attributes
    ----------
    synop : str
        ``nonzero_weight`` or ``all_weights_edge_aware``: weights applied because of a spike, without or
        with those that are zero. ``dense_mac``: every connection in every timestep, spike or not.
    neuron_update_passes : int
        Updates the chip counts for one neuron in one timestep. Prices and times are per neuron and
        timestep, whatever the chip counts.
    graded_spikes : bool
        Whether one spike can carry a payload.
    """

    synop: SynopDefinition
    neuron_update_passes: int = Field(default=1, ge=1, strict=True)
    graded_spikes: bool = True


class EventEnergy(Strict):
    """Energy per event. What is absent is unpriced, never free."""

    synop: Energy | None = None
    mac: Energy | None = None
    neuron_update: Energy | None = None
    spike_out: Energy | None = None
    inference: Energy | None = None


class Supply(Strict):
    """Power that flows whether or not anything happens (per chip), and the least the meter can see."""

    static: Power | None = None
    measurement_floor: Power | None = None


class Timing(Strict):
    """Time per event on one core (``mac``: of the whole machine), and per timestep (``barrier``)."""

    synop: Time | None = None
    mac: Time | None = None
    neuron_update: Time | None = None
    barrier: Time | None = None


class Resources(Strict):
    """What one chip holds."""

    cores: Count | None = None
    neurons_per_core: Count | None = None


class Source(Strict):
    """Where numbers come from."""

    id: str
    cite: str


class HardwareProfile(Strict):
    """Prices of one chip on one board.

    A profile prices either synops or the MACs of the dense twin, by ``counting.synop``; it may not price a
    term twice (an all-in figure beside a term that it contains); every source it names is listed.
    """

    schema_version: Literal["hardware-profile/1"] = Field(alias="schema")
    profile: Identity
    counting: Counting
    energy: EventEnergy
    power: Supply = Supply()
    time: Timing = Timing()
    resources: Resources = Resources()
    source: tuple[Source, ...] = Field(min_length=1)

    @property
    def id(self) -> str:
        return self.profile.id

    @property
    def dense(self) -> bool:
        """Whether it prices the dense twin (MACs) instead of events."""
        return self.counting.synop == "dense_mac"

    def quantities(self) -> Iterator[tuple[str, Quantity]]:
        """Every number that is given, with its path, e.g. ``energy.synop``."""
        for section in ("energy", "power", "time", "resources"):
            for name, quantity in getattr(self, section):
                if quantity is not None:
                    yield f"{section}.{name}", quantity

    @model_validator(mode="after")
    def _consistent(self) -> HardwareProfile:
        self._check_sources()
        self._check_events()
        self._check_scopes()
        return self

    def _check_sources(self) -> None:
        known = [source.id for source in self.source]
        for index, name in enumerate(known):
            if name in known[:index]:
                raise fault(f"{name!r} a second time", "each id once", f"source.{index}.id")
        for path, quantity in self.quantities():
            for name in quantity.source:
                if name not in known:
                    raise fault(repr(name), f"an id of [[source]] ({', '.join(known)})", f"{path}.source")

    def _check_events(self) -> None:
        needed, other = ("mac", "synop") if self.dense else ("synop", "mac")
        why = f"counting.synop is {self.counting.synop!r}"
        if getattr(self.energy, needed) is None:
            raise fault("nothing", f"a price, because {why}", f"energy.{needed}")
        for section in ("energy", "time"):
            if getattr(getattr(self, section), other) is not None:
                raise fault(f"{section}.{other}", f"none, because {why}", f"{section}.{other}")

    def _check_scopes(self) -> None:
        for path, quantity in self.quantities():
            if quantity.scope == "per_term":
                continue
            if not path.startswith("energy."):
                raise fault(repr(quantity.scope), "'per_term' outside [energy]", f"{path}.scope")
            inside = [
                other for other, _ in self.quantities() if other.startswith("energy.") and other != path
            ]
            if quantity.scope == "all_in_total" and self.power.static is not None:
                inside.append("power.static")
            if inside:
                raise fault(
                    f"{quantity.scope} beside {', '.join(inside)}",
                    "a price that does not already contain them",
                    path,
                )
