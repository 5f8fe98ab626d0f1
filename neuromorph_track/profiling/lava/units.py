"""Layers of a Lava graph: a process of neurons with the synapses that feed it, found by following ports."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from graphlib import CycleError, TopologicalSorter
from typing import Any

import numpy as np
from lava.magma.core.process.ports.ports import AbstractVirtualPort
from numpy.typing import NDArray

from neuromorph_track.profiling.lava.kinds import NeuronRule
from neuromorph_track.profiling.lava.meter import Meter


@dataclass(frozen=True, eq=False)
class Watched:
    """A process whose model counts: the model that was chosen for it, and of a neuron how it counts."""

    process: Any
    model: type
    meter: Meter
    rule: NeuronRule | None = None


@dataclass(frozen=True)
class Hearing:
    """What a synapse hears of one out port.

    Attributes
    ----------
    source : Unit or None
        None: a process that is not watched, the host's or an unknown one.
    process : lava process
    order : int64 array of the in port's shape
        Which element of the source, counted in its own order, each element is.
    """

    source: Unit | None
    process: Any
    order: NDArray[np.int64]


@dataclass(eq=False)
class Unit:
    """Neurons and their synapses; a synapse whose neurons are unknown is a unit of its own.

    Attributes
    ----------
    neuron : Watched or None
    synapses : list of Watched
    hears : list of list of Hearing
        Per synapse.
    fed : list of Hearing
        What reaches the neurons without a synapse of their own in between.
    """

    neuron: Watched | None
    synapses: list[Watched] = field(default_factory=list)
    hears: list[list[Hearing]] = field(default_factory=list)
    fed: list[Hearing] = field(default_factory=list)

    @property
    def sources(self) -> list[Unit]:
        """Other units that it hears, each once."""
        found = [one.source for hearings in [*self.hears, self.fed] for one in hearings]
        return list(dict.fromkeys(unit for unit in found if unit is not None and unit is not self))

    @property
    def outside(self) -> list[Hearing]:
        """What it hears that is not watched."""
        return [one for hearings in [*self.hears, self.fed] for one in hearings if one.source is None]

    @property
    def name(self) -> str:
        """Of its neurons' process, or else its synapse's, with Lava's number: names need not be unique."""
        process = (self.neuron or self.synapses[0]).process
        return f"{process.name} (process {process.id})"


def find_units(watched: Sequence[Watched]) -> list[Unit]:
    """The layers among processes of one graph, each behind those that it hears, where that is possible."""
    neurons = {one.process: Unit(one) for one in watched if one.rule is not None}
    units = list(neurons.values())
    for synapse in watched:
        if synapse.rule is None:
            unit = _fed_by(synapse, neurons)
            if unit is None:
                unit = Unit(None)
                units.append(unit)
            unit.synapses.append(synapse)
    owners = {one.process: unit for unit in units for one in (*unit.synapses, unit.neuron) if one is not None}
    for unit in units:
        unit.hears = [list(_hearings(synapse.process, owners)) for synapse in unit.synapses]
        if unit.neuron is not None:
            mine = {synapse.process for synapse in unit.synapses}
            heard = _hearings(unit.neuron.process, owners)
            unit.fed = [one for one in heard if one.process not in mine]
    return _in_order(units)


def _fed_by(synapse: Watched, neurons: dict[Any, Unit]) -> Unit | None:
    targets = {port.process for port in synapse.process.a_out.get_dst_ports()}
    found = [neurons[process] for process in targets if process in neurons]
    return found[0] if len(found) == 1 and len(targets) == 1 else None


def _hearings(process: Any, owners: dict[Any, Unit]) -> Iterator[Hearing]:
    for port in process.in_ports:
        for sender in dict.fromkeys(port.get_src_ports()):
            for order in _orders(sender, port):
                yield Hearing(owners.get(sender.process), sender.process, order)


def _orders(sender: Any, receiver: Any) -> list[NDArray[np.int64]]:
    """How the elements of ``sender`` lie when they reach ``receiver``, for each way between the two."""
    start = np.arange(int(np.prod(sender.shape)), dtype=np.int64).reshape(sender.shape)
    return [order for port, order in _walk(sender, start) if port is receiver]


def _walk(port: Any, order: NDArray[np.int64]) -> Iterator[tuple[Any, NDArray[np.int64]]]:
    if not port.out_connections:
        yield port, order
    for following in port.out_connections:
        turns = isinstance(following, AbstractVirtualPort)
        yield from _walk(following, following.get_transform_func_fwd()(order) if turns else order)


def _in_order(units: list[Unit]) -> list[Unit]:
    units = sorted(units, key=lambda unit: (unit.neuron or unit.synapses[0]).process.id)
    try:
        return list(TopologicalSorter({unit: unit.sources for unit in units}).static_order())
    except CycleError:
        return units
