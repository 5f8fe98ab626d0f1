"""Prices in many possible worlds: every draw is one."""

from __future__ import annotations

import hashlib
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from neuromorph_track.hardware import HardwareProfile

Draws = NDArray[np.float64]
Ranks = Callable[[str], Draws]
"""Path of a price -> rank (0 to 1) of it in each world; one rank where it is the same in all."""

SPREAD = "spread.chip"
PLACEMENT = "placement"

# P95 over P5 of one deterministic network on Loihi 2: three published runs, 0.562, 1.071 and 1.094 mJ.
DEFAULT_SPREAD = 1.9
_P5_TO_P95 = float(ndtri(0.95) - ndtri(0.05))


def random_ranks(profile: str, seed: int, draws: int) -> Ranks:
    """Independent ranks for every price, stratified: each of ``draws`` equal strata is hit once.

    They follow from ``seed``, the profile's id and the price's path alone, so that all runs on one chip meet
    the same worlds, and a price keeps its draws when another is added.
    """

    def of(path: str) -> Draws:
        digest = hashlib.sha256(f"{profile}\n{path}".encode()).digest()
        generator = np.random.default_rng([seed, *np.frombuffer(digest, np.uint32).tolist()])
        return (generator.permutation(draws) + 0.5) / draws

    return of


def one_moves(moving: str, ranks: Draws) -> Ranks:
    """``ranks`` for the price at ``moving``, the median for every other."""
    middle = np.array([0.5])
    return lambda path: ranks if path == moving else middle


class Prices:
    """What a profile charges in each world.

    A price is two-piece log-uniform (:func:`neuromorph_track.hardware.quantile`) on its own ranks. One
    log-normal factor multiplies all energies of events: boards of one design, their supply and temperature
    differ, and that moves all events together. Its P95 over P5 is ``spread.chip``. Static power and times
    are drawn apart from it. A machine of kind ``dense`` is arithmetic without a chip: it has no such factor.

    Parameters
    ----------
    profile : HardwareProfile
    ranks : Ranks
    """

    def __init__(self, profile: HardwareProfile, ranks: Ranks) -> None:
        self.profile = profile
        self.ranks = ranks
        self._quantities = dict(profile.quantities())
        self._values: dict[str, Draws] = {}
        self._factor: Draws | None = None

    def at(self, path: str) -> Draws | None:
        """SI values at ``path``, or None where the profile does not give it."""
        quantity = self._quantities.get(path)
        if quantity is None:
            return None
        if path not in self._values:
            self._values[path] = quantity.at(self.ranks(path))
        return self._values[path]

    def or_zero(self, path: str) -> Draws:
        """The same, and 0 where it is not given: for times, whose absence is said elsewhere."""
        found = self.at(path)
        return np.zeros(1) if found is None else found

    def energy(self, term: str) -> Draws:
        """Joules of one event of a given price, the shared factor included."""
        price = self.at(f"energy.{term}")
        assert price is not None, term
        return price * self.factor

    @property
    def factor(self) -> Draws:
        """What all event energies of this board are multiplied by."""
        if self._factor is None:
            self._factor = self._shared_factor()
        return self._factor

    def _shared_factor(self) -> Draws:
        if self.profile.profile.kind == "dense":
            return np.ones(1)
        spread = self.profile.spread.chip
        # How far boards lie apart is itself uncertain.
        width = DEFAULT_SPREAD if spread is None else spread.at(self.ranks(f"{SPREAD}.width"))
        return np.asarray(np.exp(np.log(width) / _P5_TO_P95 * ndtri(self.ranks(SPREAD))), np.float64)
