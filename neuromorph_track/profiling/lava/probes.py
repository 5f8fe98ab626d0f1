"""What is asked of a run, by Intel's four probes, and what comes of it: counts, cores, energy report."""

from __future__ import annotations

import warnings
from os import PathLike
from typing import Any

from neuromorph_track.backends.activity import Activity
from neuromorph_track.errors import InputError
from neuromorph_track.hardware import HardwareProfile, load_profile
from neuromorph_track.hardware.mapping import Placement
from neuromorph_track.netx import AnyNetwork
from neuromorph_track.profiling.energy_report import EnergyReport
from neuromorph_track.profiling.lava.estimate import Estimate
from neuromorph_track.profiling.lava.watch import Watch
from neuromorph_track.profiling.lava.window import DEFAULT_STEPS, Window

with warnings.catch_warnings():
    # It warns where Intel's own profiler is absent, which is where this one is for.
    warnings.simplefilter("ignore")
    from lava.utils.profiler import Profiler

Hardware = str | PathLike[str] | HardwareProfile


class ProbedRun(Profiler):
    """The last run with a run configuration, on a machine; see :class:`.profiler.SimulationProfiler`."""

    def __init__(self, run_cfg: Any, hardware: Hardware = "loihi2-oheogulch") -> None:
        self.hardware = hardware
        self.host_io = True
        self._probes: dict[str, Window] = {}
        self._watch = Watch(run_cfg, self._steps_to_keep)
        self._estimated: tuple[tuple[object, ...], Estimate] | None = None

    @property
    def hardware(self) -> HardwareProfile:
        """What is estimated; a name or a file may be assigned, also after a run."""
        return self._hardware

    @hardware.setter
    def hardware(self, hardware: Hardware) -> None:
        self._hardware = hardware if isinstance(hardware, HardwareProfile) else load_profile(hardware)

    def execution_time_probe(
        self,
        num_steps: int | None = None,
        t_start: int | None = None,
        t_end: int | None = None,
        dt: int = 1,
        buffer_size: int = 1024,
    ) -> None:
        """Ask for times of steps ``t_start`` to ``t_end``, or of ``num_steps`` steps; from 1.

        With ``dt`` above 1 the times of so many steps are added; Intel's module is closed, and this is our
        reading. ``buffer_size`` is the chip's and has no meaning here.
        """
        self._probes["execution_time"] = Window.of(num_steps, t_start, t_end, dt)

    def energy_probe(self, num_steps: int | None = None) -> None:
        """Ask for power and energy of the first ``num_steps`` steps."""
        self._probes["energy"] = Window.of(num_steps)

    def activity_probe(self) -> None:
        """Ask for counts; here they are taken in any case."""

    def memory_probe(self) -> None:
        """Ask for the use of the cores' memory; here it is known in any case."""

    @property
    def report(self) -> EnergyReport:
        """The energy probe's steps (without it: all that were kept) as one frame, with intervals."""
        return self._run().report

    @property
    def activity(self) -> Activity:
        """Counts of each layer in each of these steps, by Lava's clock."""
        return self._run().activity

    @property
    def network(self) -> AnyNetwork:
        """The graph as integer layers, to be placed on cores: delays and decays are left out.

        Raises
        ------
        InputError
            When it cannot be expressed so; the report then is one without a mapping to cores.
        """
        network = self._run().network
        if isinstance(network, InputError):
            raise network
        return network

    @property
    def placement(self) -> Placement:
        """Where the layers lie on the chip; raises as :attr:`network`."""
        return self._run().placement

    @property
    def names(self) -> dict[str, str]:
        """The Lava process of neurons that each layer of :attr:`activity` is."""
        return self._run().names

    @property
    def unprofiled(self) -> tuple[str, ...]:
        """Processes that are in no figure, because it is not known what they are."""
        return self._run().unprofiled

    def _steps_to_keep(self) -> int:
        named = [self._probes[name].last for name in ("execution_time", "energy") if name in self._probes]
        return max(named, default=DEFAULT_STEPS)

    def _run(self) -> Estimate:
        watched, unknown = self._watch.latest()
        kept = min((one.meter.kept for one in watched), default=0)
        if not kept:
            expected = "a network that ran with this run configuration, compiled after Profiler.init"
            raise InputError("profiler", "run", "no steps of a process that is profiled", expected)
        asked = self._probes.get("energy") or self._probes.get("execution_time")
        steps = kept if asked is None else min(kept, asked.last)
        key = (
            steps,
            self.hardware,
            self.host_io,
            *(id(one.meter) for one in watched),
            *(int(one.meter.steps_run[0]) for one in watched),
        )
        if self._estimated is None or self._estimated[0] != key:
            self._estimated = (key, Estimate(watched, unknown, steps, self.hardware, self.host_io))
        return self._estimated[1]

    def _probe(self, name: str, attribute: str) -> Window:
        if name not in self._probes:
            raise InputError("profiler", attribute, "no probe for it", f"{name}_probe() before the run")
        return self._probes[name]
