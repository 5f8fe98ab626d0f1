"""Average precision of detections, computed by pycocotools on arrays in memory."""

from __future__ import annotations

import contextlib
import io
import itertools
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from neuromorph_track.data.motchallenge import MotBoxes
from neuromorph_track.errors import InputError
from neuromorph_track.evaluation.sequences import CLASS_AVERAGE, COMBINED, EvaluationSequence, by_class

COCO_SIZES = (32.0**2, 96.0**2)
"""Areas in square pixels where COCO's medium and large objects begin."""
SIZES = ("small", "medium", "large")
LARGEST_AREA = 1e10


@dataclass(frozen=True)
class DetectionScores:
    """Scores of one sequence (or all) and one class.

    Attributes
    ----------
    sequence, class_name : str
    AP : float
        Average precision, mean over the IoU thresholds 0.50, 0.55 ... 0.95; NaN without truth.
    AP50 : float
        At IoU 0.5 alone.
    recall50 : float
        Part of the truth found at IoU 0.5 by all detections, whatever their score.
    truth, detections : int
        Boxes that count, and boxes given.
    AP_small, AP_medium, AP_large : float
        ``AP`` of truth of that size alone, as COCO counts it; NaN without such truth.
    """

    sequence: str
    class_name: str
    AP: float
    AP50: float
    recall50: float
    truth: int
    detections: int
    AP_small: float = float("nan")
    AP_medium: float = float("nan")
    AP_large: float = float("nan")


@dataclass(frozen=True)
class DetectionReport:
    """Rows of scores; the last is over all sequences and classes."""

    rows: tuple[DetectionScores, ...]

    @property
    def combined(self) -> DetectionScores:
        return self.rows[-1]

    def to_rows(self) -> list[dict[str, Any]]:
        """One dictionary per row."""
        return [asdict(row) for row in self.rows]


def evaluate_detections(
    sequences: Iterable[EvaluationSequence],
    classes: Mapping[int, str] | None = None,
    max_detections: int = 1000,
    sizes: tuple[float, float] = COCO_SIZES,
) -> DetectionReport:
    """Score detections against the truth as COCO does: precision at 101 levels of recall.

    That is interpolated precision (the best at this or a higher recall) averaged at recalls
    0, 0.01 ... 1, not the area under all points. Truth that forgives is a COCO *crowd*: it is not missed,
    and any number of detections that lie on it (shared area over that of the detection) are not wrong.
    Truth that neither counts nor forgives is left out.

    Of one size, truth of other sizes is left aside with the detections that match it, and so is a detection
    of another size that matches nothing. Truth whose area is a bound belongs to both sizes beside it.

    Parameters
    ----------
    sequences : iterable of EvaluationSequence
        Of different names; the identities of the results are not looked at.
    classes : mapping of class id to name, optional
        Score each of these alone. Without it boxes are compared whatever their class.
    max_detections : int
        Highest scores taken of a frame and class. COCO's 100 is too few for crowds.
    sizes : tuple of float
        Areas in square pixels of the frame between small, medium and large.

    Returns
    -------
    DetectionReport
        A row per sequence and a COMBINED one over all frames, for each class; with ``classes`` a last one
        with the mean over the classes that have truth.

    Raises
    ------
    InputError
        When no truth box counts, two sequences have one name, or the sizes do not increase.
    """
    if not 0 < sizes[0] < sizes[1] < LARGEST_AREA:
        raise InputError(
            "evaluation", "sizes", str(sizes), f"two areas that increase, below {LARGEST_AREA:g}"
        )
    rows = []
    for name, own in by_class(sequences, classes).items():
        each = [_score(sequence.name, name, (sequence,), max_detections, sizes) for sequence in own]
        pooled = _score(COMBINED, name, own, max_detections, sizes) if len(own) > 1 else each[0]
        rows += [*each, replace(pooled, sequence=COMBINED)]
    if classes is not None:
        rows.append(_mean([row for row in rows if row.sequence == COMBINED]))
    return DetectionReport(tuple(rows))


def _score(
    name: str,
    class_name: str,
    sequences: tuple[EvaluationSequence, ...],
    max_detections: int,
    sizes: tuple[float, float],
) -> DetectionScores:
    truth: list[dict[str, Any]] = []
    found: list[dict[str, Any]] = []
    first_image = 1
    for sequence in sequences:
        forgiving = sequence.protocol.forgives(sequence.truth)
        shown = sequence.protocol.counts(sequence.truth) | forgiving
        truth += _annotations(sequence.truth[shown], first_image, forgiving[shown])
        found += _annotations(sequence.results, first_image, np.zeros(len(sequence.results), bool))
        first_image += sequence.frames + 1
    counted_boxes = sum(not annotation["iscrowd"] for annotation in truth)
    precision, recall = _coco(truth, found, max_detections, sizes)
    everything = precision[..., 0]
    return DetectionScores(
        sequence=name,
        class_name=class_name,
        AP=float(everything.mean()) if counted_boxes else float("nan"),
        AP50=float(everything[0].mean()) if counted_boxes else float("nan"),
        recall50=float(recall[0]) if counted_boxes else float("nan"),
        truth=counted_boxes,
        detections=len(found),
        **{f"AP_{size}": _known_mean(precision[..., 1 + i]) for i, size in enumerate(SIZES)},
    )


def _known_mean(precision: NDArray[np.float64]) -> float:
    """COCOeval says -1 throughout where there is no truth."""
    return float("nan") if precision.max() < 0 else float(precision.mean())


def _mean(rows: list[DetectionScores]) -> DetectionScores:
    present = [row for row in rows if row.truth]
    return DetectionScores(
        sequence=COMBINED,
        class_name=CLASS_AVERAGE,
        AP=float(np.mean([row.AP for row in present])),
        AP50=float(np.mean([row.AP50 for row in present])),
        recall50=float(np.mean([row.recall50 for row in present])),
        truth=sum(row.truth for row in rows),
        detections=sum(row.detections for row in rows),
        **{f"AP_{size}": _present_mean([getattr(row, f"AP_{size}") for row in rows]) for size in SIZES},
    )


def _present_mean(values: list[float]) -> float:
    present = [value for value in values if not np.isnan(value)]
    return float(np.mean(present)) if present else float("nan")


def _annotations(boxes: MotBoxes, first_image: int, crowd: NDArray[np.bool_]) -> list[dict[str, Any]]:
    """The boxes as COCO annotations of the one category 1."""
    corner = boxes.xyxy.astype(np.float64)
    size = corner[:, 2:] - corner[:, :2]
    return [
        {
            "image_id": first_image + int(boxes.frame[index]),
            "category_id": 1,
            "bbox": [*corner[index, :2].tolist(), *size[index].tolist()],
            "area": float(size[index].prod()),
            "score": float(boxes.score[index]),
            "iscrowd": int(crowd[index]),
        }
        for index in range(len(boxes))
    ]


def _coco(
    truth: list[dict[str, Any]],
    found: list[dict[str, Any]],
    max_detections: int,
    sizes: tuple[float, float],
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Precision (10 IoU thresholds, 101 recalls, all and each size) and recall (10,) by ``COCOeval``."""
    # Imported here because it takes long and only scoring needs it.
    from pycocotools.coco import COCO
    from pycocotools.cocoeval import COCOeval

    images = sorted({annotation["image_id"] for annotation in truth + found})

    def dataset(annotations: list[dict[str, Any]]) -> Any:
        coco = COCO()
        coco.dataset = {
            "images": [{"id": image} for image in images],
            "categories": [{"id": 1}],
            # Number 0 would mean "no match" inside COCOeval.
            "annotations": [{**annotation, "id": i} for i, annotation in enumerate(annotations, start=1)],
        }
        coco.createIndex()
        return coco

    with contextlib.redirect_stdout(io.StringIO()):
        evaluation = COCOeval(dataset(truth), dataset(found), "bbox")
        evaluation.params.maxDets = [max_detections]
        bounds = (0, *sizes, LARGEST_AREA)
        evaluation.params.areaRng = [[0, LARGEST_AREA], *map(list, itertools.pairwise(bounds))]
        evaluation.params.areaRngLbl = ["all", *SIZES]
        evaluation.evaluate()
        evaluation.accumulate()
    return evaluation.eval["precision"][:, :, 0, :, 0], evaluation.eval["recall"][:, 0, 0, 0]
