"""Which price drives the answer."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from neuromorph_track.hardware import HardwareProfile
from neuromorph_track.profiling.draws import PLACEMENT, SPREAD, Draws, Prices, one_moves
from neuromorph_track.profiling.energy_report import Driver

# Middles of equal strata, and the two ends of the interval.
_RANKS = (np.arange(256) + 0.5) / 256
_ENDS = np.array([0.05, 0.95])
_SMALLEST = 1e-6
# What rounding leaves of a figure that no price moves.
_NO_VARIANCE = 1e-20


def drivers(
    profile: HardwareProfile, figure: Callable[[Prices], Draws], together: Draws
) -> tuple[Driver, ...]:
    """Share of each price in the variance of the logarithm of a figure.

    Each price moves alone, the others at their medians, over the middles of equal strata. That is the
    first-order effect; shares need not sum to 1 where prices act together (a maximum over cores or causes).

    Parameters
    ----------
    profile : HardwareProfile
    figure : callable
        Prices -> the figure in each world, J, above 0.
    together : (draws,) float64
        The figure when all prices move.

    Returns
    -------
    tuple of Driver, the largest share first; without prices that do not matter, and empty where the figure
    is 0 or does not vary.
    """
    if not (together > 0).all() or (variance := float(np.var(np.log(together)))) < _NO_VARIANCE:
        return ()
    found = []
    for path in _moving(profile):
        alone = figure(Prices(profile, one_moves(path, _RANKS)))
        share = min(1.0, float(np.var(np.log(alone))) / variance)
        if share < _SMALLEST:
            continue
        low, high = (float(joules) for joules in figure(Prices(profile, one_moves(path, _ENDS))))
        found.append(Driver(path, share, low, high))
    return tuple(sorted(found, key=lambda driver: -driver.share))


def _moving(profile: HardwareProfile) -> Iterator[str]:
    """Everything that is drawn: prices, the factor they share, and the load of an unmapped core."""
    for path, quantity in profile.quantities():
        if path.startswith(("energy.", "power.", "time.")) and quantity.low < quantity.high:
            yield path
    yield from (SPREAD, PLACEMENT)
