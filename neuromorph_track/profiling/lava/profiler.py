"""The profiler's face: methods and attributes as Intel's hardware profiler has them."""

from __future__ import annotations

import warnings
from os import PathLike
from typing import Any

import numpy as np
from matplotlib.figure import Figure
from numpy.typing import NDArray

from neuromorph_track.backends.activity import Activity
from neuromorph_track.errors import InputError
from neuromorph_track.hardware import HardwareProfile, load_profile
from neuromorph_track.hardware.mapping import Placement
from neuromorph_track.netx import AnyNetwork
from neuromorph_track.profiling.energy_report import EnergyReport, Interval
from neuromorph_track.profiling.lava.estimate import Estimate
from neuromorph_track.profiling.lava.plots import File, plot_counts, plot_times, plot_utilisation
from neuromorph_track.profiling.lava.statement import statement
from neuromorph_track.profiling.lava.watch import Watch
from neuromorph_track.profiling.lava.window import DEFAULT_STEPS, Window

with warnings.catch_warnings():
    # It warns where Intel's own profiler is absent, which is where this one is for.
    warnings.simplefilter("ignore")
    from lava.utils.profiler import Profiler

Hardware = str | PathLike[str] | HardwareProfile
Floats = NDArray[np.float64]
MICRO = 1e6


class SimulationProfiler(Profiler):
    """Estimates what a Lava network would cost on a chip, from what it does in the simulation.

    It is made by ``Profiler.init(run_cfg)``, before the network runs; what is asked for is told by the four
    probes, as on the chip. Counts are exact. Times, powers and energies are medians of estimates, in seconds,
    watts and joules like those of Intel's profiler; intervals and evidence lie in :attr:`report`. Medians
    need not add. No time here has anything to do with how long the simulation takes.

    Parameters
    ----------
    run_cfg : lava RunConfig
        The object that the network will be run with; its choice of process models is wrapped.
    hardware : str, path or HardwareProfile
        Name of a hardware profile, or a file.

    Attributes
    ----------
    host_io : bool
        Whether what the host's processes send and read is handed over in each step, element by element, as it
        is between Lava's sources, sinks and layers. False: the input is on the chip already.

    Raises
    ------
    InputError
        When there is no such hardware. Attributes raise it where no probe asked for them, or nothing has run.
    """

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

    # What Intel's profiler has.

    @property
    def execution_time(self) -> Floats:
        """Seconds of each step (or bin of ``dt`` steps) of the execution time probe, all phases."""
        phases = self._phases()
        return phases["spiking"] + phases["host"]

    @property
    def spiking_time(self) -> Floats:
        """Seconds in the spiking phase, with the barrier that ends it."""
        return self._phases()["spiking"]

    @property
    def host_time(self) -> Floats:
        """Seconds that the chip waits for its input and output."""
        return self._phases()["host"]

    @property
    def learning_time(self) -> Floats:
        """Zero where nothing learns, else NaN: learning is not priced."""
        return self._unmodelled("learning_time", self._run().learns)

    @property
    def pre_lrn_mgtm_time(self) -> Floats:
        """Zero where nothing learns, else NaN: learning is not priced."""
        return self._unmodelled("pre_lrn_mgtm_time", self._run().learns)

    @property
    def management_time(self) -> Floats:
        """NaN: no hardware profile knows it apart from the rest of a step."""
        return self._unmodelled("management_time", True)

    @property
    def energy(self) -> float:
        """Joules of the energy probe's steps: events, static power and embedded processors."""
        return _median(self._measured("energy").total)

    @property
    def static_energy(self) -> float:
        """Joules of the chips' static power over these steps."""
        return _median(self._measured("static_energy").static)

    @property
    def dynamic_energy(self) -> float:
        """Joules of the events, and of the embedded processors while they run."""
        return _median(self._measured("dynamic_energy").dynamic)

    @property
    def power(self) -> float:
        """Watts: :attr:`energy` by the time of the steps."""
        return self.energy / self._duration()

    @property
    def static_power(self) -> float:
        """Watts."""
        return self.static_energy / self._duration()

    @property
    def dynamic_power(self) -> float:
        """Watts."""
        return self.dynamic_energy / self._duration()

    @property
    def vdd_power(self) -> float:
        """NaN: how power is shared among the supply rails can only be measured."""
        return self._unknown_rail("vdd_power")

    @property
    def vddm_power(self) -> float:
        """NaN, as :attr:`vdd_power`."""
        return self._unknown_rail("vddm_power")

    @property
    def vddio_power(self) -> float:
        """NaN, as :attr:`vdd_power`."""
        return self._unknown_rail("vddio_power")

    def power_breakdown(self) -> tuple[float, float, float, float, float, float]:
        """Total, dynamic, static, VDD, VDDM and VDDIO in watts; the last three are NaN."""
        rail = self._unknown_rail("power_breakdown")
        return self.power, self.dynamic_power, self.static_power, rail, rail, rail

    def energy_breakdown(self) -> tuple[float, float, float, float, float, float]:
        """The same as energies, in microjoules, as those who call it on the chip expect."""
        rail = self._unknown_rail("energy_breakdown")
        known = (self.energy, self.dynamic_energy, self.static_energy)
        total, dynamic, static = (MICRO * joules for joules in known)
        return total, dynamic, static, rail, rail, rail

    @property
    def num_alloc_chips(self) -> int:
        """Chips in use."""
        return self.report.chips

    @property
    def num_available_chips(self) -> int:
        """Chips of the board, as far as the profile says."""
        chips = self.hardware.resources.chips
        return self.num_alloc_chips if chips is None else int(chips.si[1])

    @property
    def statement(self) -> str:
        """All of it as text: hardware, counts, energy with its interval, what is not known."""
        return statement(self._run())

    def plot_execution_time(self, file: File = None) -> Figure:
        """Draw the phases of the execution time probe, and save it where ``file`` is given."""
        return plot_times(self._phases(), self._title("time"), file)

    def plot_activity(self, file: File = None) -> Figure:
        """Draw synops, updates and spikes of each layer."""
        return plot_counts(self.activity, self._title("activity"), file)

    def plot_memory_util(self, file: File = None) -> Figure:
        """Draw what each layer takes of its fullest core."""
        return plot_utilisation(self.placement, self._title("utilisation"), file)

    # What it has besides.

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

    def _phases(self) -> dict[str, Floats]:
        window = self._probe("execution_time", "execution_time")
        phases = self._run().phases(window.last)
        return {name: window.cut(seconds) for name, seconds in phases._asdict().items()}

    def _measured(self, attribute: str) -> Any:
        self._probe("energy", attribute)
        return self.report.steady_state

    def _duration(self) -> float:
        seconds = self.report.steady_state.frame_time
        return np.nan if seconds is None else seconds.p50

    def _unmodelled(self, attribute: str, unknown: bool) -> Floats:
        zeros = np.zeros_like(self._phases()["spiking"])
        if not unknown:
            return zeros
        warnings.warn(f"{attribute} is not modelled: NaN, and not in execution_time", stacklevel=3)
        return zeros + np.nan

    def _unknown_rail(self, attribute: str) -> float:
        self._probe("energy", attribute)
        warnings.warn(
            f"{attribute}: how power is shared among supply rails is only known on the board: NaN",
            stacklevel=3,
        )
        return np.nan

    def _title(self, what: str) -> str:
        return f"{self.hardware.profile.name}: estimated {what}"


def _median(interval: Interval | None) -> float:
    return np.nan if interval is None else interval.p50
