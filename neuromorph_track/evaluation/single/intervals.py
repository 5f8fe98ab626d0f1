"""How sure a mean over sequences is: what it would be had other sequences been drawn."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.stats import bootstrap

LEVEL = 0.95
RESAMPLES = 9999
SEED = 0
# 9999 resamples of a thousand sequences at once would take a gigabyte.
BATCH = 500


def mean_interval(
    values: Sequence[float] | NDArray[np.float64],
    weights: Sequence[float] | NDArray[np.float64] | None = None,
) -> tuple[float, float] | None:
    """The 95 % percentile-bootstrap interval of a mean over sequences (Efron, 1979).

    Parameters
    ----------
    values : (S,) of float
        One for each sequence.
    weights : (S,) of float, optional
        What each counts; without it all the same.

    Returns
    -------
    (float, float) or None
        None for a single sequence. The same for the same values, whenever it is asked for.

    Examples
    --------
    >>> low, high = mean_interval([0.4, 0.5, 0.6, 0.7])
    >>> round(low, 3), round(high, 3)
    (0.45, 0.65)
    """
    if len(values) < 2:
        return None
    given = np.asarray(values, np.float64), np.ones(len(values)) if weights is None else np.asarray(weights)
    found = bootstrap(
        given,
        _weighted_mean,
        paired=True,
        vectorized=True,
        n_resamples=RESAMPLES,
        batch=BATCH,
        confidence_level=LEVEL,
        method="percentile",
        random_state=np.random.default_rng(SEED),
    ).confidence_interval
    return float(found.low), float(found.high)


def difference_interval(
    a: Sequence[float] | NDArray[np.float64], b: Sequence[float] | NDArray[np.float64]
) -> tuple[float, float] | None:
    """The same of the mean of ``a - b``, two trackers' scores on the same sequences (S,).

    Hard sequences are hard for both, so that the difference is surer than either mean.
    """
    return mean_interval(np.asarray(a, np.float64) - np.asarray(b, np.float64))


def _weighted_mean(
    values: NDArray[np.float64], weights: NDArray[np.float64], axis: int = -1
) -> NDArray[np.float64]:
    return np.asarray((values * weights).sum(axis=axis) / weights.sum(axis=axis))
