"""What a run costs on one chip."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

RANKS = np.array([0.05, 0.5, 0.95])


@dataclass(frozen=True)
class Interval:
    """The 5th, 50th and 95th percentile of an estimate, in SI units."""

    p5: float
    p50: float
    p95: float

    @classmethod
    def of(cls, values: ArrayLike) -> Interval:
        """From values at :data:`RANKS`."""
        return cls(*(float(value) for value in np.asarray(values)))


@dataclass(frozen=True)
class FrameEnergy:
    """Joules of one frame.

    Attributes
    ----------
    dynamic : Interval or None
        Energy of the events, J; None where the price has static energy inside.
    static : Interval or None
        Static power x chips x the longer of compute time and frame period, J; None where the profile lacks
        the power or there is no time to multiply it by.
    total : Interval or None
        Their sum, J.
    compute_time : Interval or None
        Seconds the chip computes.
    """

    dynamic: Interval | None
    static: Interval | None
    total: Interval | None
    compute_time: Interval | None

    def to_dict(self) -> dict[str, Any]:
        return {
            "dynamic_joules": _plain(self.dynamic),
            "static_joules": _plain(self.static),
            "total_joules": _plain(self.total),
            "compute_seconds": _plain(self.compute_time),
        }


@dataclass(frozen=True)
class Term:
    """One price and how often it was paid in a steady frame."""

    count: float
    energy: Interval
    evidence: str


@dataclass(frozen=True)
class EnergyReport:
    """Joules per frame of one run on one chip.

    Attributes
    ----------
    profile, name, boundary : str
        Which chip, and where its line is drawn (core, chip, module, board or wall).
    dense_equivalent : bool
        Whether the dense twin is priced (MACs) and not the spiking network.
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
    """

    profile: str
    name: str
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

    def to_dict(self) -> dict[str, Any]:
        """For ``energy.json``; every key that holds a quantity ends in its unit."""
        return {
            "profile": self.profile,
            "name": self.name,
            "boundary": self.boundary,
            "dense_equivalent": self.dense_equivalent,
            "chips_count": self.chips,
            "frame_period_seconds": self.frame_period,
            "per_frame": {
                "first_frame": self.first_frame.to_dict(),
                "steady_state": self.steady_state.to_dict(),
            },
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
            "evidence": {"dynamic": self.dynamic_evidence, "total": self.total_evidence},
            "unpriced": list(self.unpriced),
            "caveats": list(self.caveats),
        }


def _plain(interval: Interval | None) -> dict[str, float] | None:
    return None if interval is None else asdict(interval)
