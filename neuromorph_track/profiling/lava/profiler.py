"""The profiler's face: methods and attributes as Intel's hardware profiler has them."""

from __future__ import annotations

import warnings

import numpy as np
from matplotlib.figure import Figure
from numpy.typing import NDArray

from neuromorph_track.profiling.energy_report import FrameEnergy, Interval
from neuromorph_track.profiling.lava.plots import File, plot_counts, plot_times, plot_utilisation
from neuromorph_track.profiling.lava.probes import ProbedRun
from neuromorph_track.profiling.lava.statement import statement

Floats = NDArray[np.float64]
MICRO = 1e6


class SimulationProfiler(ProbedRun):
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
        """NaN: how power is shared among the supply rails was measured for one network only."""
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

    def _phases(self) -> dict[str, Floats]:
        window = self._probe("execution_time", "execution_time")
        phases = self._run().phases(window.last)
        return {name: window.cut(seconds) for name, seconds in phases._asdict().items()}

    def _measured(self, attribute: str) -> FrameEnergy:
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
