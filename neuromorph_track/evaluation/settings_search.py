"""What a search of settings tried and found, and settings compared by their scores."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from neuromorph_track.evaluation.tracking import TrackingScores

Metric = Literal["HOTA", "MOTA", "IDF1"]


@dataclass(frozen=True)
class Attempt:
    """One try.

    Attributes
    ----------
    values : dict of str to float
        Name of a number -> what was tried.
    score : float or None
        None where the values do not go together.
    """

    values: dict[str, float]
    score: float | None


@dataclass(frozen=True)
class SearchResult:
    """A search that has ended; the first attempt is the default.

    Attributes
    ----------
    attempts : tuple of Attempt
    importance : dict of str to float
        Share of each number in what separates good scores from others; empty after too few attempts.
    """

    attempts: tuple[Attempt, ...]
    importance: dict[str, float]

    @property
    def best(self) -> Attempt:
        """The first of the highest score."""
        return max(
            (each for each in self.attempts if each.score is not None), key=lambda each: each.score or 0.0
        )


@dataclass(frozen=True)
class Compared:
    """The default settings and the tuned ones, on the same sequences.

    Attributes
    ----------
    name : str
        ``train``, ``test``, or the sequence that a fold left out.
    default, tuned : TrackingScores
        Over all its sequences (and classes).
    """

    name: str
    default: TrackingScores
    tuned: TrackingScores

    def gain(self, metric: Metric) -> float:
        """By how much the tuned settings are better, as a fraction."""
        return float(getattr(self.tuned, metric) - getattr(self.default, metric))
