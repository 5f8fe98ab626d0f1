"""HOTA, MOTA and IDF1 of tracks, computed by TrackEval on arrays in memory."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from neuromorph_track.evaluation.preprocess import MATCH_IOU, sequence_data
from neuromorph_track.evaluation.sequences import (
    ALL_CLASSES,
    CLASS_AVERAGE,
    COMBINED,
    EvaluationSequence,
    by_class,
)

# Name of the metric class, then of the field.
MetricResults = dict[str, dict[str, Any]]


@dataclass(frozen=True)
class TrackingScores:
    """Scores of one sequence (or all) and one class (or all), under TrackEval's names.

    Attributes
    ----------
    sequence, class_name : str
    HOTA, DetA, AssA, LocA : float
        Means over the IoU thresholds 0.05, 0.10 ... 0.95, as fractions (Luiten et al., IJCV 2021).
    MOTA, IDF1 : float
        At IoU 0.5, as fractions; MOTA can be negative.
    IDSW, FP, FN : int
        Identity switches, results without truth, truth without a result, at IoU 0.5.
    Dets, GT_Dets, IDs, GT_IDs : int
        Boxes and identities of results and truth that were compared.
    """

    sequence: str
    class_name: str
    HOTA: float
    DetA: float
    AssA: float
    LocA: float
    MOTA: float
    IDF1: float
    IDSW: int
    FP: int
    FN: int
    Dets: int
    GT_Dets: int
    IDs: int
    GT_IDs: int

    @classmethod
    def of(cls, sequence: str, class_name: str, results: MetricResults) -> TrackingScores:
        """Pick the fields out of what TrackEval's metrics return."""
        hota, clear, count = results["HOTA"], results["CLEAR"], results["Count"]
        return cls(
            sequence=sequence,
            class_name=class_name,
            HOTA=float(np.mean(hota["HOTA"])),
            DetA=float(np.mean(hota["DetA"])),
            AssA=float(np.mean(hota["AssA"])),
            LocA=float(np.mean(hota["LocA"])),
            MOTA=float(clear["MOTA"]),
            IDF1=float(results["Identity"]["IDF1"]),
            IDSW=int(clear["IDSW"]),
            FP=int(clear["CLR_FP"]),
            FN=int(clear["CLR_FN"]),
            **{field: int(count[field]) for field in ("Dets", "GT_Dets", "IDs", "GT_IDs")},
        )


@dataclass(frozen=True)
class TrackingReport:
    """Rows of scores; the last is over all sequences and classes."""

    rows: tuple[TrackingScores, ...]

    @property
    def combined(self) -> TrackingScores:
        return self.rows[-1]

    def to_rows(self) -> list[dict[str, Any]]:
        """One dictionary per row."""
        return [asdict(row) for row in self.rows]


def evaluate_tracking(
    sequences: Iterable[EvaluationSequence], classes: Mapping[int, str] | None = None
) -> TrackingReport:
    """Score tracks against the truth.

    Parameters
    ----------
    sequences : iterable of EvaluationSequence
        Of different names.
    classes : mapping of class id to name, optional
        Score each of these alone. Without it boxes are compared whatever their class.

    Returns
    -------
    TrackingReport
        A row per sequence and a COMBINED row, for each class. With ``classes`` two more: the plain
        average over those classes that occur, and all boxes pooled.

    Raises
    ------
    InputError
        When no truth box counts, two sequences have one name, or an identity comes twice in one frame.
    """
    metrics = _metrics()
    rows = []
    combined: dict[str, MetricResults] = {}
    for name, own in by_class(sequences, classes).items():
        class_rows, combined[name] = _score_class(metrics, own, name)
        rows += class_rows
    if classes is None:
        return TrackingReport(tuple(rows))
    average = _combine(metrics, combined, "combine_classes_class_averaged", ignore_empty_classes=True)
    pooled = _combine(metrics, combined, "combine_classes_det_averaged")
    rows.append(TrackingScores.of(COMBINED, CLASS_AVERAGE, average))
    rows.append(TrackingScores.of(COMBINED, ALL_CLASSES, pooled))
    return TrackingReport(tuple(rows))


def _metrics() -> dict[str, Any]:
    # Imported here because it takes long and only scoring needs it.
    from trackeval import metrics

    def config() -> dict[str, Any]:
        return {"THRESHOLD": MATCH_IOU, "PRINT_CONFIG": False}

    each = (metrics.HOTA(), metrics.CLEAR(config()), metrics.Identity(config()), metrics.Count())
    return {metric.get_name(): metric for metric in each}


def _score_class(
    metrics: dict[str, Any], sequences: tuple[EvaluationSequence, ...], class_name: str
) -> tuple[list[TrackingScores], MetricResults]:
    """The rows of one class, and its results over all sequences."""
    each: dict[str, MetricResults] = {}
    for sequence in sequences:
        data = sequence_data(sequence)
        each[sequence.name] = {name: metric.eval_sequence(data) for name, metric in metrics.items()}
    combined = _combine(metrics, each, "combine_sequences")
    rows = [TrackingScores.of(name, class_name, results) for name, results in each.items()]
    return [*rows, TrackingScores.of(COMBINED, class_name, combined)], combined


def _combine(
    metrics: dict[str, Any], results: dict[str, MetricResults], how: str, **options: bool
) -> MetricResults:
    """Apply one of TrackEval's ``combine_...`` methods to what each metric found."""
    return {
        name: getattr(metric, how)({key: found[name] for key, found in results.items()}, **options)
        for name, metric in metrics.items()
    }
