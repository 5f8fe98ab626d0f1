"""A published measurement of a chip, and how a shipped profile does against it."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

from neuromorph_track.backends.activity import Activity
from neuromorph_track.hardware import load_profile
from neuromorph_track.netx import AnyNetwork
from neuromorph_track.profiling import EnergyReport, Interval, price

Kind = Literal["fitted", "held back", "arithmetic"]


class Run(NamedTuple):
    """What ran on the chip: counts, and the network where its mapping matters."""

    activity: Activity
    network: AnyNetwork | None = None


@dataclass(frozen=True)
class Figure:
    """One measured quantity of a steady frame.

    Attributes
    ----------
    name : str
        ``dynamic``, ``total``, ``frame_time`` ...: a field of ``FrameEnergy``.
    values : tuple of float
        Each a run of its own, in SI units.
    largest_error : float or None
        The bar on the geometric error of P50; None where the value is shown only.
    inside : bool
        Whether every value must lie between P5 and P95.
    resolved : bool
        False where the meter read noise: there is nothing to be near to.
    known_miss : str
        Why a bar is missed, where it is and the price is left as it stands. Such a miss is shown and does not
        fail; that it no longer is one, does.
    """

    name: str
    values: tuple[float, ...]
    largest_error: float | None = None
    inside: bool = False
    resolved: bool = True
    known_miss: str = ""


class Claim(NamedTuple):
    """A sentence that the report must bear out."""

    text: str
    holds: Callable[[EnergyReport], bool]


@dataclass(frozen=True)
class Case:
    """A measurement.

    Attributes
    ----------
    name, source : str
    profile : str
        Id of a shipped profile.
    kind : str
        ``fitted``: the profile's prices were brought to this very measurement. ``held back``: they were not.
        ``arithmetic``: nothing was measured, a paper multiplied.
    run : callable
    figures : tuple of Figure
    counters : mapping of str to float
        Synops per timestep by the chip's own counters, by layer and ``total``.
    claims : tuple of Claim
    frame_period : float or None
        Seconds between frames where the input, not the chip, set the pace.
    """

    name: str
    source: str
    profile: str
    kind: Kind
    run: Callable[[], Run]
    figures: tuple[Figure, ...] = ()
    counters: Mapping[str, float] = field(default_factory=dict)
    claims: tuple[Claim, ...] = ()
    frame_period: float | None = None


@dataclass(frozen=True)
class Verdict:
    """One figure of a case beside its estimate."""

    figure: Figure
    estimate: Interval | None

    @property
    def error(self) -> float:
        assert self.estimate is not None
        return geometric_error(self.estimate.p50, self.figure.values)

    @property
    def inside(self) -> int:
        """How many of the measured values lie in P5 to P95."""
        assert self.estimate is not None
        return sum(self.estimate.p5 <= value <= self.estimate.p95 for value in self.figure.values)

    @property
    def missed(self) -> bool:
        """Whether a bar of the figure is not kept."""
        if self.estimate is None:
            return self.figure.inside or self.figure.largest_error is not None
        bar = self.figure.largest_error
        outside = self.figure.inside and self.inside < len(self.figure.values)
        return outside or (bar is not None and self.error > bar)

    @property
    def fails(self) -> bool:
        """Whether this is not what is known: a new miss, or a known one that is gone."""
        return self.missed != bool(self.figure.known_miss)


def estimate(case: Case, run: Run) -> EnergyReport:
    return price(run.activity, load_profile(case.profile), case.frame_period, network=run.network)


def verdicts(case: Case, report: EnergyReport) -> Iterator[Verdict]:
    for figure in case.figures:
        yield Verdict(figure, getattr(report.steady_state, figure.name))


def geometric_error(estimate: float, measured: Sequence[float]) -> float:
    """``exp(mean |ln(estimate / measured)|)``, 1 where all agree."""
    return math.exp(sum(abs(math.log(estimate / value)) for value in measured) / len(measured))
