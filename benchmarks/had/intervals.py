"""How sure a mean over trainings and sequences is: what it would be with other seeds and other sequences."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

LEVEL, RESAMPLES = 0.95, 9999
Floats = NDArray[np.float64]
Interval = tuple[float, float]


def resampled(*scores: Floats) -> list[Floats]:
    """Means (RESAMPLES,) of scores (seeds, sequences), seeds and sequences both drawn with replacement.

    The same draws for all that are given: seed k of the one was trained on what seed k of the other was, and
    hard sequences are hard for both. (Pigeonhole bootstrap: Owen, Annals of Applied Statistics 2007.)
    """
    rng = np.random.default_rng(0)
    seeds, sequences = scores[0].shape
    shares = []
    for number in (seeds, sequences):
        counts = rng.multinomial(number, np.full(number, 1 / number), RESAMPLES)
        shares.append(counts / number)
    return [np.einsum("rk,ks,rs->r", shares[0], each, shares[1]) for each in scores]


def mean_and_interval(values: Floats) -> tuple[float, Interval]:
    """Of values (seeds, sequences)."""
    return float(values.mean()), edges(resampled(values)[0])


def share_and_interval(part: Floats, whole: Floats) -> tuple[float, Interval]:
    """Mean of ``part`` by mean of ``whole``, both (seeds, sequences)."""
    parts, wholes = resampled(part, whole)
    return float(part.mean() / whole.mean()), edges(parts / wholes)


def edges(draws: Floats) -> Interval:
    """The 95 % interval of draws."""
    low, high = np.quantile(draws, ((1 - LEVEL) / 2, (1 + LEVEL) / 2))
    return float(low), float(high)


def told(found: tuple[float, Interval], sign: str = "") -> str:
    """``0.512 [0.480, 0.541]``."""
    value, (low, high) = found
    return f"{value:{sign}.3f} [{low:{sign}.3f}, {high:{sign}.3f}]"
