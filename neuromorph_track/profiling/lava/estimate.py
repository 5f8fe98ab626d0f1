"""Everything that follows from one run on one machine, worked out when it is asked for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import cached_property
from typing import Any

from lava.magma.core.process.connection import LearningConnectionProcess

from neuromorph_track.backends.activity import Activity
from neuromorph_track.errors import InputError
from neuromorph_track.hardware import HardwareProfile
from neuromorph_track.hardware.mapping import Placement, place
from neuromorph_track.netx import AnyNetwork
from neuromorph_track.profiling.energy import price
from neuromorph_track.profiling.energy_report import EnergyReport
from neuromorph_track.profiling.lava.counts import count_units, in_one_frame, unit_order
from neuromorph_track.profiling.lava.layers import rounded_weights
from neuromorph_track.profiling.lava.network import build_network
from neuromorph_track.profiling.lava.phases import Phases, phases
from neuromorph_track.profiling.lava.units import Watched, find_units


class Estimate:
    """One run on one machine.

    Parameters
    ----------
    watched : sequence of Watched
    unknown : sequence of lava processes
        Those that do not count.
    steps : int
        Steps 1 to this one are priced.
    profile : HardwareProfile
    host_io : bool
        Whether values that enter and leave are priced.
    """

    def __init__(
        self,
        watched: Sequence[Watched],
        unknown: Sequence[Any],
        steps: int,
        profile: HardwareProfile,
        host_io: bool,
    ) -> None:
        self.watched, self.steps, self.profile, self.host_io = watched, steps, profile, host_io
        self.unprofiled = tuple(f"{process.name} ({type(process).__name__})" for process in unknown)
        self.learns = any(isinstance(one.process, LearningConnectionProcess) for one in watched)
        self.units = find_units(watched)

    @cached_property
    def network(self) -> AnyNetwork | InputError:
        """The graph as integer layers, or why it is none."""
        try:
            return build_network(self.units)
        except InputError as error:
            return error

    @cached_property
    def activity(self) -> Activity:
        return self._count(self.steps)

    @cached_property
    def report(self) -> EnergyReport:
        return self._price(self.activity)

    @cached_property
    def placement(self) -> Placement:
        if isinstance(self.network, InputError):
            raise self.network
        return place(self.network, self.profile)

    def phases(self, last: int) -> Phases:
        """Seconds of steps 1 to ``last``, or to the last that ran."""
        last = min(last, *(one.meter.kept for one in self.watched))
        if last == self.steps:
            return phases(self.activity, self.report, self.profile)
        activity = self._count(last)
        return phases(activity, self._price(activity), self.profile)

    @property
    def names(self) -> dict[str, str]:
        order = range(len(self.units)) if isinstance(self.network, InputError) else unit_order(self.network)
        pairs = zip(self.activity.layers, order, strict=True)
        return {layer.name: self.units[at].name for layer, at in pairs}

    @property
    def notes(self) -> list[str]:
        """What a reader must know besides the report's caveats."""
        notes = [f"not profiled, and in no figure: {name}" for name in self.unprofiled]
        ran = max(int(one.meter.steps_run[0]) for one in self.watched)
        if ran > self.steps:
            notes.append(f"{ran} steps ran; the estimates are of the first {self.steps}")
        if isinstance(self.network, InputError):
            notes.append(f"no mapping to cores: {self.network}")
        rounded = rounded_weights(self.units)
        if rounded:
            notes.append(f"weights that are no integers are mapped as 8-bit ones: {', '.join(rounded)}")
        if self.learns:
            notes.append("learning is counted like other synapses; its own cost is in no figure")
        return notes

    def _count(self, steps: int) -> Activity:
        network = None if isinstance(self.network, InputError) else self.network
        counts = count_units(self.units, network, steps)
        return counts if self.host_io else replace(counts, input_values=0, output_values=0)

    def _price(self, activity: Activity) -> EnergyReport:
        whole = in_one_frame(activity, activity.frames)
        if isinstance(self.network, InputError):
            return price(whole, self.profile)
        return price(whole, self.profile, network=self.network)
