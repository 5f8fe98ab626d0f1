"""What must agree between the tables of a hardware profile."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from neuromorph_track.hardware.profile import HardwareProfile

# What only a machine with spikes has: a dense one would never be charged for it.
_SPIKING = ("neuron_update", "neuron_update_active", "neuron_update_idle", "spike_out", "message", "hop")
_STEPWISE = ("barrier", "step")


class Fault(NamedTuple):
    """What is wrong with a profile, and where."""

    field: str
    found: str
    expected: str


def faults(profile: HardwareProfile) -> Iterator[Fault]:
    """Everything that does not go together in a profile whose single values are right."""
    yield from _sources(profile)
    yield from _priced_events(profile)
    yield from _updates(profile)
    yield from _scopes(profile)
    yield from _needs(profile)


def _sources(profile: HardwareProfile) -> Iterator[Fault]:
    known = [source.id for source in profile.source]
    cited = {name for _, quantity in profile.quantities() for name in quantity.source}
    for path, quantity in profile.quantities():
        for name in quantity.source:
            if name not in known:
                yield Fault(f"{path}.source", repr(name), f"an id of [[source]] ({', '.join(known)})")
    for index, name in enumerate(known):
        if name in known[:index]:
            yield Fault(f"source.{index}.id", f"{name!r} a second time", "each id once")
        elif name not in cited:
            yield Fault(f"source.{index}.id", f"{name!r}, which no quantity cites", "a source that is used")


def _priced_events(profile: HardwareProfile) -> Iterator[Fault]:
    """Synops or MACs by ``counting.synop``; both only where the first layer is counted in MACs."""
    first_in_macs = profile.counting.first_layer == "macs"
    why = f"because counting.synop is {profile.counting.synop!r}"
    if profile.dense:
        wanted, unwanted = {"mac": why}, {"synop": why} | dict.fromkeys((*_SPIKING, *_STEPWISE), why)
        if first_in_macs:
            yield Fault("counting.first_layer", "'macs'", f"'synops', {why} and prices every layer in MACs")
    else:
        layer = f"because counting.first_layer is {profile.counting.first_layer!r}"
        wanted = {"synop": why} | ({"mac": layer} if first_in_macs else {})
        unwanted = {} if first_in_macs else {"mac": f"{why} and {layer.removeprefix('because ')}"}
    for term, reason in wanted.items():
        if getattr(profile.energy, term) is None:
            yield Fault(f"energy.{term}", "nothing", f"a price, {reason}")
    for path, _ in profile.quantities():
        section, term = path.split(".")
        if section in ("energy", "time") and term in unwanted:
            yield Fault(path, path, f"none, {unwanted[term]}")


def _updates(profile: HardwareProfile) -> Iterator[Fault]:
    energy = profile.energy
    active, idle = energy.neuron_update_active, energy.neuron_update_idle
    if energy.neuron_update is not None:
        for name, quantity in (("active", active), ("idle", idle)):
            if quantity is not None:
                yield Fault(
                    f"energy.neuron_update_{name}",
                    "a second price of the same updates",
                    "none beside energy.neuron_update",
                )
    elif (active is None) != (idle is None):
        given, absent = ("active", "idle") if idle is None else ("idle", "active")
        yield Fault(
            f"energy.neuron_update_{given}",
            f"no energy.neuron_update_{absent} beside it",
            "both, or energy.neuron_update for all",
        )


def _scopes(profile: HardwareProfile) -> Iterator[Fault]:
    """An all-in price stands alone: whatever it contains would be paid for twice."""
    for path, quantity in profile.quantities():
        if quantity.scope == "per_term":
            continue
        if not path.startswith("energy."):
            yield Fault(f"{path}.scope", repr(quantity.scope), "'per_term' outside [energy]")
            continue
        contained = ["power.embedded_cpu"]
        if quantity.scope == "all_in_total":
            contained += ["power.static", "power.core"]
        inside = [
            other
            for other, _ in profile.quantities()
            if other != path and (other.startswith("energy.") or other in contained)
        ]
        if inside:
            yield Fault(
                path,
                f"{quantity.scope} beside {', '.join(inside)}",
                "a price that does not already contain them",
            )


def _needs(profile: HardwareProfile) -> Iterator[Fault]:
    """Terms that mean nothing without another."""
    resources = profile.resources
    if profile.mapping.rule == "columns" and resources.neurons_per_core is None:
        yield Fault("mapping.rule", "'columns' without resources.neurons_per_core", "how much a core holds")
    if profile.energy.memory_bit is not None and resources.weight_bits is None:
        yield Fault("energy.memory_bit", "no resources.weight_bits beside it", "how many bits are fetched")
