"""HOTA, MOTA and IDF1 of tracks, computed by TrackEval on arrays in memory."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from neuromorph_track.evaluation import transfers
from neuromorph_track.evaluation.preprocess import MATCH_IOU, sequence_data
from neuromorph_track.evaluation.sequences import (
    ALL_CLASSES,
    CLASS_AVERAGE,
    COMBINED,
    EvaluationSequence,
    by_class,
    rules_classes,
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
    Transfers : int or None
        Tracks that went over to another object, at IoU 0.5 (:mod:`~neuromorph_track.evaluation.transfers`);
        None where they were not asked for.
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
    Transfers: int | None = None

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
            Transfers=results[transfers.NAME][transfers.FIELD] if transfers.NAME in results else None,
        )


@dataclass(frozen=True)
class Curve:
    """How the scores of one row depend on how exactly a box must fit.

    Attributes
    ----------
    sequence, class_name : str
    alpha : tuple of float
        IoU from which a result is right: 0.05, 0.10 ... 0.95.
    HOTA, DetA, AssA : tuple of float
        As fractions, for each of these.
    """

    sequence: str
    class_name: str
    alpha: tuple[float, ...]
    HOTA: tuple[float, ...]
    DetA: tuple[float, ...]
    AssA: tuple[float, ...]

    @classmethod
    def of(cls, sequence: str, class_name: str, results: MetricResults) -> Curve:
        """Pick the arrays out of what TrackEval's HOTA returns."""
        hota = results["HOTA"]
        steps = len(hota["HOTA"])
        alpha = tuple(step / (steps + 1) for step in range(1, steps + 1))
        hota_, deta, assa = (tuple(hota[name].tolist()) for name in ("HOTA", "DetA", "AssA"))
        return cls(sequence, class_name, alpha, hota_, deta, assa)


@dataclass(frozen=True)
class TrackingReport:
    """Rows of scores, the last over all sequences and classes; a curve for each row of one class."""

    rows: tuple[TrackingScores, ...]
    curves: tuple[Curve, ...] = ()

    @property
    def combined(self) -> TrackingScores:
        return self.rows[-1]

    def to_rows(self) -> list[dict[str, Any]]:
        """One dictionary per row."""
        return [asdict(row) for row in self.rows]


def evaluate_tracking(
    sequences: Iterable[EvaluationSequence],
    classes: Mapping[int, str] | None = None,
    count_transfers: bool = False,
) -> TrackingReport:
    """Score tracks against the truth.

    Parameters
    ----------
    sequences : iterable of EvaluationSequence
        Of different names.
    classes : mapping of class id to name, optional
        Score each of these alone. Without it :func:`rules_classes` of the sequences; where they have
        none, boxes are compared whatever their class.
    count_transfers : bool
        Count identity transfers too; it takes half as long again.

    Returns
    -------
    TrackingReport
        A row per sequence and a COMBINED row, for each class. With several classes two more: the plain
        average over those classes that occur, and all boxes pooled.

    Raises
    ------
    InputError
        When no truth box counts, two sequences have one name, or an identity comes twice in one frame.
    """
    metrics = _metrics(count_transfers)
    sequences = tuple(sequences)
    classes = rules_classes(sequences) if classes is None else classes
    rows, curves = [], []
    combined: dict[str, MetricResults] = {}
    for class_name, own in by_class(sequences, classes).items():
        results = _score_class(metrics, own)
        combined[class_name] = results[COMBINED]
        rows += [TrackingScores.of(name, class_name, found) for name, found in results.items()]
        curves += [Curve.of(name, class_name, found) for name, found in results.items()]
    if len(combined) < 2:
        return TrackingReport(tuple(rows), tuple(curves))
    average = _combine(metrics, combined, "combine_classes_class_averaged", ignore_empty_classes=True)
    pooled = _combine(metrics, combined, "combine_classes_det_averaged")
    rows.append(TrackingScores.of(COMBINED, CLASS_AVERAGE, average))
    rows.append(TrackingScores.of(COMBINED, ALL_CLASSES, pooled))
    return TrackingReport(tuple(rows), tuple(curves))


def _metrics(count_transfers: bool) -> dict[str, Any]:
    # Imported here because it takes long and only scoring needs it.
    from trackeval import metrics

    def config() -> dict[str, Any]:
        return {"THRESHOLD": MATCH_IOU, "PRINT_CONFIG": False}

    each = [metrics.HOTA(), metrics.CLEAR(config()), metrics.Identity(config()), metrics.Count()]
    each += [transfers.TransferCount()] if count_transfers else []
    return {metric.get_name(): metric for metric in each}


def _score_class(
    metrics: dict[str, Any], sequences: tuple[EvaluationSequence, ...]
) -> dict[str, MetricResults]:
    """The results of one class for each sequence, and for all."""
    each: dict[str, MetricResults] = {}
    for sequence in sequences:
        data = sequence_data(sequence)
        each[sequence.name] = {name: metric.eval_sequence(data) for name, metric in metrics.items()}
    return {**each, COMBINED: _combine(metrics, each, "combine_sequences")}


def _combine(
    metrics: dict[str, Any], results: dict[str, MetricResults], how: str, **options: bool
) -> MetricResults:
    """Apply one of TrackEval's ``combine_...`` methods to what each metric found."""
    return {
        name: getattr(metric, how)({key: found[name] for key, found in results.items()}, **options)
        for name, metric in metrics.items()
    }
