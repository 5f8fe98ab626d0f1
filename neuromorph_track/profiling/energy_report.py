"""What a run costs on one chip."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from neuromorph_track.profiling.ratio import EnergyRatio

Draws = NDArray[np.float64]
Bound = Literal["compute", "input and output", "real time", "tick", "unknown"]


@dataclass(frozen=True)
class Interval:
    """The 5th, 50th and 95th percentile of an estimate, in SI units."""

    p5: float
    p50: float
    p95: float

    @classmethod
    def of_samples(cls, samples: Draws) -> Interval:
        """From draws. Strata are drawn at their middles, so their quantiles are read there too (Hazen)."""
        return cls(*(float(edge) for edge in np.quantile(samples, (0.05, 0.5, 0.95), method="hazen")))


@dataclass(frozen=True)
class FrameEnergy:
    """Joules and seconds of one frame; None where the profile does not say what it takes.

    Attributes
    ----------
    events : Interval or None
        Energy of the events, J; None where the price has static energy inside.
    embedded : Interval or None
        Embedded processors over the frame's time, J: they poll for input as long as a network is loaded.
    dynamic : Interval or None
        ``events + embedded``, J: what a meter reads while a network runs, less what it reads idle, which is
        what publications call dynamic. The embedded processors are in it where the profile has their power.
    static : Interval or None
        Static power of the chips, and of the cores in use, over the frame's time, J.
    host : Interval or None
        The host's association, J. It lies outside the chip's boundary and is NOT in ``total``.
    total : Interval or None
        ``dynamic + static``, J.
    with_host : Interval or None
        ``total + host``, J.
    step_time : Interval or None
        Of one timestep, s.
    compute_time : Interval or None
        Of the frame's timesteps, s.
    frame_time : Interval or None
        From one frame to the next: the longest of compute time, input and output, and frame period, s.
    latency : Interval or None
        From a frame's first value handed over to its result read, s.
    throughput : Interval or None
        Frames per second that the chip could do if the input came as fast.
    energy_delay : Interval or None
        ``total x latency``, J s.
    """

    events: Interval | None = None
    embedded: Interval | None = None
    dynamic: Interval | None = None
    static: Interval | None = None
    host: Interval | None = None
    total: Interval | None = None
    with_host: Interval | None = None
    step_time: Interval | None = None
    compute_time: Interval | None = None
    frame_time: Interval | None = None
    latency: Interval | None = None
    throughput: Interval | None = None
    energy_delay: Interval | None = None

    def to_dict(self) -> dict[str, Any]:
        """Every key ends in its unit."""
        return {key: _plain(getattr(self, name)) for name, key in FRAME_KEYS.items()}


FRAME_KEYS = {
    "events": "events_joules",
    "embedded": "embedded_joules",
    "dynamic": "dynamic_joules",
    "static": "static_joules",
    "host": "host_joules",
    "total": "total_joules",
    "with_host": "total_with_host_joules",
    "step_time": "step_seconds",
    "compute_time": "compute_seconds",
    "frame_time": "frame_seconds",
    "latency": "latency_seconds",
    "throughput": "throughput_frames_per_second",
    "energy_delay": "energy_delay_joule_seconds",
}


@dataclass(frozen=True)
class Term:
    """One price and how often it was paid in a steady frame."""

    count: float
    energy: Interval
    evidence: str


@dataclass(frozen=True)
class PlacementSummary:
    """Where the network lies on the machine.

    Attributes
    ----------
    cores, chips : int
        In use; a lower bound where ``basis`` is not a mapping.
    fits : bool or None
        Whether it fits the board; None where that is not known.
    problems : tuple of str
        Why it does not, and what would make it fit, a sentence each.
    basis : str
        How cores were counted: ``mapping (columns)``, ``mapping (fill)`` or ``neurons alone``.
    """

    cores: int
    chips: int
    fits: bool | None
    problems: tuple[str, ...]
    basis: str


@dataclass(frozen=True)
class Driver:
    """What one price does to the answer.

    Attributes
    ----------
    price : str
        Its path in the profile, e.g. ``energy.synop``; ``spread.chip`` is the factor that all dynamic
        prices share, ``mapping`` the unknown load of the busiest core where there is no mapping.
    share : float
        Variance of the total's logarithm when this price alone moves, by that when all move, 0 to 1.
    low, high : float
        The total in J when this price alone stands at its P5 and its P95.
    """

    price: str
    share: float
    low: float
    high: float


@dataclass(frozen=True)
class Samples:
    """Draws of a steady frame, J, each ``(draws,)`` float64; entry *k* is one world in all of them."""

    dynamic: Draws | None = None
    total: Draws | None = None
    dense_twin_dynamic: Draws | None = None
    dense_twin_total: Draws | None = None


@dataclass(frozen=True, repr=False)
class EnergyReport:
    """Joules per frame of one run on one chip.

    Attributes
    ----------
    profile, name, kind, boundary : str
        Which machine, of which kind, and where its line is drawn (core, chip, module, board or wall).
    dense_equivalent : bool
        Whether the network is priced as simulated densely, all connections in every timestep.
    first_frame, steady_state : FrameEnergy
        The frame that fills the network, and the mean of those that follow.
    layers : dict of Interval
        Energy of each layer's events in a steady frame, J.
    terms : dict of Term
        Energy of all events in a steady frame, by price: ``synop``, ``neuron_update``, ...
    counters : dict of float
        What the chip's own counters would read in a steady timestep (``synops``, ``neuron_updates``);
        empty for a dense machine.
    dynamic_evidence, total_evidence : str
        Weakest grade among the prices used; None where there is no total.
    unpriced : tuple of str
        What costs energy on such a machine and is not in the figures.
    caveats : tuple of str
        What else a reader must know, each a sentence.
    chips : int
        Chips whose static power is counted.
    frame_period : float or None
        Seconds between two frames of the input, if it is played in real time.
    bound : str
        What sets the pace of a steady frame: ``compute``, ``input and output``, ``real time``, ``tick``
        (the shortest timestep of the machine) or ``unknown``.
    placement : PlacementSummary or None
        None on a machine without cores to place on.
    dense_twin : FrameEnergy or None
        The equivalent ANN, computed once per frame on the same machine.
    dense_twin_ratio : EnergyRatio or None
        Its energy by that of the network, with a verdict.
    sensitivity : tuple of Driver
        Largest share first.
    samples : Samples
        The draws themselves; not in :meth:`to_dict`.
    """

    profile: str
    name: str
    kind: str
    boundary: str
    dense_equivalent: bool
    first_frame: FrameEnergy
    steady_state: FrameEnergy
    layers: dict[str, Interval]
    terms: dict[str, Term]
    counters: dict[str, float]
    dynamic_evidence: str
    total_evidence: str | None
    unpriced: tuple[str, ...]
    caveats: tuple[str, ...]
    chips: int
    frame_period: float | None
    bound: Bound = "unknown"
    placement: PlacementSummary | None = None
    dense_twin: FrameEnergy | None = None
    dense_twin_ratio: EnergyRatio | None = None
    sensitivity: tuple[Driver, ...] = ()
    samples: Samples = field(default=Samples(), repr=False, compare=False)

    def __repr__(self) -> str:
        known = ((name, getattr(self.steady_state, name)) for name in ("dynamic", "total"))
        joules = (f"{name} {e.p50:.3g} J [{e.p5:.3g}, {e.p95:.3g}]" for name, e in known if e is not None)
        return f"{self.name} ({self.boundary}): {', '.join(joules) or 'not priced'} per frame"

    def to_dict(self) -> dict[str, Any]:
        """For ``energy.json``; every key that holds a quantity ends in its unit."""
        return {
            "profile": self.profile,
            "name": self.name,
            "kind": self.kind,
            "boundary": self.boundary,
            "dense_equivalent": self.dense_equivalent,
            "chips_count": self.chips,
            "frame_period_seconds": self.frame_period,
            "bound": self.bound,
            "placement": None if self.placement is None else _placement(self.placement),
            "per_frame": {
                "first_frame": self.first_frame.to_dict(),
                "steady_state": self.steady_state.to_dict(),
                "dense_twin": None if self.dense_twin is None else self.dense_twin.to_dict(),
            },
            "dense_twin_by_network_ratio": _plain(self.dense_twin_ratio),
            "layers_joules": {name: asdict(energy) for name, energy in self.layers.items()},
            "terms": {
                name: {
                    "events_count": term.count,
                    "joules": asdict(term.energy),
                    "evidence": term.evidence,
                }
                for name, term in self.terms.items()
            },
            "chip_counters_per_timestep_count": self.counters,
            "sensitivity": [
                {
                    "price": driver.price,
                    "variance_share_ratio": driver.share,
                    "low_joules": driver.low,
                    "high_joules": driver.high,
                }
                for driver in self.sensitivity
            ],
            "evidence": {"dynamic": self.dynamic_evidence, "total": self.total_evidence},
            "unpriced": list(self.unpriced),
            "caveats": list(self.caveats),
        }


def _placement(placement: PlacementSummary) -> dict[str, Any]:
    return {
        "cores_count": placement.cores,
        "chips_count": placement.chips,
        "fits": placement.fits,
        "problems": list(placement.problems),
        "basis": placement.basis,
    }


def _plain(content: Interval | EnergyRatio | None) -> dict[str, Any] | None:
    return None if content is None else asdict(content)
