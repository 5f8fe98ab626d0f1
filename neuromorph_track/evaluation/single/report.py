"""Scores of a tracker over many sequences: each, all together, and by attribute."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from neuromorph_track.data.single import SingleSequence
from neuromorph_track.errors import InputError
from neuromorph_track.evaluation.sequences import COMBINED
from neuromorph_track.evaluation.single.intervals import difference_interval, mean_interval
from neuromorph_track.evaluation.single.scores import (
    MEASURES,
    OVER_FRAMES,
    Interval,
    SequenceResult,
    SingleScores,
    score_sequence,
)


@dataclass(frozen=True, eq=False)
class SingleReport:
    """Scores of one tracker.

    Attributes
    ----------
    tracker : str
    rows : tuple of SingleScores
        One for each sequence.
    combined : SingleScores
        Over all sequences, with intervals.
    attributes : dict of SingleScores
        Over the sequences that have an attribute, most frequent first, with intervals.
    success : (S, 21) float64
    precision, norm_precision : (S, 51) float64
        The curves of each sequence; thresholds are in :mod:`~neuromorph_track.evaluation.single.curves`.
    """

    tracker: str
    rows: tuple[SingleScores, ...]
    combined: SingleScores
    attributes: dict[str, SingleScores]
    success: NDArray[np.float64]
    precision: NDArray[np.float64]
    norm_precision: NDArray[np.float64]

    def to_rows(self) -> list[dict[str, Any]]:
        """One dictionary for each sequence, and one over all."""
        return [row.to_dict() for row in (*self.rows, self.combined)]

    def to_dict(self) -> dict[str, Any]:
        """Everything but the curves of single sequences, as JSON has it."""
        return {
            "tracker": self.tracker,
            "combined": self.combined.to_dict(),
            "attributes": {name: row.to_dict() for name, row in self.attributes.items()},
            "sequences": [row.to_dict() for row in self.rows],
            "curves": {
                "success": self.success.mean(axis=0).tolist(),
                "precision": self.precision.mean(axis=0).tolist(),
                "norm_precision": self.norm_precision.mean(axis=0).tolist(),
            },
        }

    def to_dataframe(self) -> Any:
        """The rows of :meth:`to_rows` as a ``pandas.DataFrame``; needs pandas."""
        import pandas as pd  # type: ignore[import-untyped]

        return pd.DataFrame(self.to_rows())


def evaluate_single(
    sequences: Iterable[SingleSequence],
    found: Mapping[str, NDArray[np.float64] | Sequence[NDArray[np.float64]]],
    tracker: str = "tracker",
) -> SingleReport:
    """Score what a tracker found.

    Parameters
    ----------
    sequences : iterable of SingleSequence
        Of different names.
    found : mapping of a sequence's name to (F, 4) boxes or several runs of them
        Left, top, width, height; what is of other sequences is not looked at.
    tracker : str

    Raises
    ------
    InputError
        When there is no sequence, two have one name, one has no boxes or not as many as frames, or no truth.
    """
    sequences = tuple(sequences)
    twice = [name for name, times in Counter(each.name for each in sequences).items() if times > 1]
    if twice or not sequences:
        wrong = f"{', '.join(twice)} more than once" if twice else "none"
        raise InputError("evaluation", "sequences", wrong, "sequences of different names")
    missing = sorted({each.name for each in sequences} - found.keys())
    if missing:
        raise InputError(tracker, "sequences", f"no boxes of {', '.join(missing)}", "boxes of all sequences")
    results = [score_sequence(each, _runs(found[each.name]), tracker) for each in sequences]
    counted = Counter(name for each in sequences for name in dict.fromkeys(each.attributes))
    attributes = {
        name: combine(
            [result for result, own in zip(results, sequences, strict=True) if name in own.attributes], name
        )
        for name, _ in counted.most_common()
    }
    return SingleReport(
        tracker,
        tuple(result.scores for result in results),
        combine(results, COMBINED),
        attributes,
        np.stack([result.success for result in results]),
        np.stack([result.precision for result in results]),
        np.stack([result.norm_precision for result in results]),
    )


def combine(results: Sequence[SequenceResult], name: str) -> SingleScores:
    """Means over sequences, each counting the same; AO and success rates over all frames, as in GOT-10k."""
    rows = [result.scores for result in results]
    # Without the first frames, which they do not count.
    lengths = [float(row.frames - 1) for row in rows]
    values: dict[str, Any] = {}
    intervals: dict[str, Interval] = {}
    for measure in MEASURES:
        each = [getattr(row, measure) for row in rows]
        weights = lengths if measure in OVER_FRAMES else None
        values[measure] = float(np.average(each, weights=weights))
        interval = mean_interval(each, weights)
        if interval is not None:
            intervals[measure] = interval
    return SingleScores(
        tracker=rows[0].tracker,
        sequence=name,
        frames=sum(row.frames for row in rows),
        **values,
        sequences=len(rows),
        intervals=intervals,
    )


def compare(a: SingleReport, b: SingleReport, measure: str = "AUC") -> tuple[float, Interval | None]:
    """How much higher the mean score of ``a`` is than that of ``b`` on the same sequences, and how surely.

    Returns
    -------
    difference : float
    interval : (float, float) or None
        95 %; None for a single sequence.

    Raises
    ------
    InputError
        When they are not of the same sequences.
    """
    names = [row.sequence for row in a.rows], [row.sequence for row in b.rows]
    if names[0] != names[1]:
        raise InputError(b.tracker, "sequences", ", ".join(names[1]), f"those of {a.tracker}")
    ours, theirs = ([getattr(row, measure) for row in report.rows] for report in (a, b))
    difference = float(np.mean(ours) - np.mean(theirs))
    return difference, difference_interval(ours, theirs)


def _runs(found: NDArray[np.float64] | Sequence[NDArray[np.float64]]) -> Sequence[NDArray[np.float64]]:
    return [found] if isinstance(found, np.ndarray) and found.ndim == 2 else list(found)
