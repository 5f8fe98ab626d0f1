"""Average precision by size of the truth, by hand, and against pycocotools' own summary."""

from __future__ import annotations

import contextlib
import io
import math

import numpy as np
import pytest

from neuromorph_track.data.motchallenge import MotBoxes
from neuromorph_track.errors import InputError
from neuromorph_track.evaluation import PROTOCOLS, EvaluationSequence, evaluate_detections

# (class, left, side, score, forgiving); every box is a square in frame 1, at the top.
Square = tuple[int, float, float, float, bool]
SMALL: Square = (1, 0, 20, 1, False)
MEDIUM: Square = (1, 200, 50, 1, False)
LARGE: Square = (1, 400, 100, 1, False)
# 101 recalls: of two objects the first reaches 0 ... 0.50.
HALF = 51 / 101


def boxes(squares: list[Square]) -> MotBoxes:
    table = np.array(squares, float).reshape(-1, 5)
    left, side = table[:, 1], table[:, 2]
    return MotBoxes(
        frame=np.ones(len(table), np.int64),
        track_id=np.arange(len(table)),
        xyxy=np.stack([left, 0 * left, left + side, side], axis=1).astype(np.float32),
        score=np.where(table[:, 4] == 1, 0, table[:, 3]).astype(np.float32),
        class_id=table[:, 0].astype(np.int64),
        visibility=np.ones(len(table), np.float32),
    )


def sequence(truth: list[Square], found: list[Square]) -> EvaluationSequence:
    return EvaluationSequence("A", boxes(truth), boxes(found), 1, PROTOCOLS["plain"])


def at(square: Square, score: float) -> Square:
    return (*square[:3], score, False)


def sizes_of(
    truth: list[Square], found: list[Square], bounds: tuple[float, float] | None = None
) -> list[float]:
    report = evaluate_detections([sequence(truth, found)], **({} if bounds is None else {"sizes": bounds}))
    row = report.combined
    return [row.AP, row.AP_small, row.AP_medium, row.AP_large]


ALL = [SMALL, MEDIUM, LARGE]
NAN = pytest.approx(math.nan, nan_ok=True)


@pytest.mark.parametrize(
    ("truth", "found", "expected"),
    [
        pytest.param(ALL, [at(box, 0.9) for box in ALL], [1, 1, 1, 1], id="all-right"),
        # Two of three at precision 1: recalls 0 ... 0.66.
        pytest.param(ALL, [at(SMALL, 0.9), at(LARGE, 0.8)], [67 / 101, 1, 0, 1], id="medium-missed"),
        pytest.param([SMALL], [at(SMALL, 0.9)], [1, 1, NAN, NAN], id="sizes-without-truth"),
        # A wrong box of 50 pixels before all others harms medium objects and no others.
        pytest.param(
            ALL,
            [at((1, 800, 50, 1, False), 0.95), *(at(box, 0.9) for box in ALL)],
            [3 / 4, 1, 1 / 2, 1],
            id="wrong-medium",
        ),
        # Shifted by 4 of 20: IoU 16/24, right up to 0.65; by 4 of 100: IoU 96/104, right up to 0.90.
        pytest.param(
            [SMALL, LARGE],
            [at((1, 4, 20, 1, False), 0.9), at((1, 404, 100, 1, False), 0.8)],
            # All: both right for 4 thresholds; for 5 more a wrong one first and half found; then none.
            [(4 + 5 * HALF / 2) / 10, 0.4, NAN, 0.9],
            id="small-is-harder",
        ),
        # A detection of another size may find an object: 30 x 30 on 34 x 34 has IoU 900/1156.
        pytest.param(
            [(1, 0, 34, 1, False)],
            [at((1, 0, 30, 1, False), 0.9)],
            [0.6, NAN, 0.6, NAN],
            id="across-the-bound",
        ),
        # 32 x 32 is at the bound, and in both.
        pytest.param(
            [(1, 0, 32, 1, False)], [at((1, 0, 32, 1, False), 0.9)], [1, 1, 1, NAN], id="at-the-bound"
        ),
        pytest.param(ALL, [], [0, 0, 0, 0], id="nothing-found"),
        # What forgives does so at its own size and at others.
        pytest.param(
            [SMALL, (1, 800, 50, 1, True)],
            [at((1, 800, 50, 1, False), 0.95), at(SMALL, 0.9)],
            [1, 1, NAN, NAN],
            id="forgiven",
        ),
    ],
)
def test_by_hand(truth: list[Square], found: list[Square], expected: list[float]) -> None:
    scores = sizes_of(truth, found)
    for score, wanted in zip(scores, expected, strict=True):
        assert score == (pytest.approx(wanted) if isinstance(wanted, float | int) else wanted)


def test_bounds_are_the_users() -> None:
    """With 16 x 16 and 64 x 64 the box of 20 is medium, and that of 100 is large."""
    tiny: Square = (1, 700, 12, 1, False)
    found = [at(tiny, 0.9), at(LARGE, 0.8)]
    assert sizes_of([tiny, SMALL, LARGE], found)[1:] == pytest.approx([HALF, math.nan, 1], nan_ok=True)
    assert sizes_of([tiny, SMALL, LARGE], found, (16.0**2, 64.0**2))[1:] == pytest.approx([1, 0, 1])


@pytest.mark.parametrize("bounds", [(100.0, 100.0), (0.0, 5.0), (9.0, 4.0), (4.0, math.inf), (math.nan, 4.0)])
def test_bounds_must_increase(bounds: tuple[float, float]) -> None:
    with pytest.raises(InputError, match="evaluation: sizes"):
        sizes_of(ALL, [], bounds)


def test_the_mean_over_classes_is_over_those_with_truth_of_the_size() -> None:
    truth: list[Square] = [SMALL, LARGE, (2, 800, 100, 1, False)]
    found = [at(SMALL, 0.9), at(LARGE, 0.9)]
    report = evaluate_detections([sequence(truth, found)], classes={1: "cat", 2: "dog", 3: "owl"})
    row = report.combined
    found_sizes = [row.AP, row.AP_small, row.AP_medium, row.AP_large]
    assert found_sizes == pytest.approx([0.5, 1, math.nan, 0.5], nan_ok=True)
    assert report.to_rows()[0]["AP_small"] == pytest.approx(1)


def test_as_coco_summarises() -> None:
    """Random boxes, with COCO's own default areas and summary."""
    from pycocotools.coco import COCO
    from pycocotools.cocoeval import COCOeval

    generator = np.random.default_rng(0)
    truth: list[Square] = []
    found: list[Square] = []
    for index in range(60):
        side = float(np.exp(generator.uniform(np.log(10), np.log(200))))
        truth.append((1, 300 * index, side, 1, False))
        if generator.random() < 0.8:
            shift = float(generator.normal(0, 0.08 * side))
            found.append((1, 300 * index + shift, side * 1.05, float(generator.random()), False))
        if generator.random() < 0.4:
            found.append((1, 300 * index + 220, side / 3, float(generator.random()), False))

    def dataset(squares: list[Square]) -> COCO:
        coco = COCO()
        coco.dataset = {
            "images": [{"id": 1}],
            "categories": [{"id": 1}],
            "annotations": [
                {
                    "id": i,
                    "image_id": 1,
                    "category_id": 1,
                    "bbox": [float(box[0]), float(box[1]), float(box[2] - box[0]), float(box[3] - box[1])],
                    "area": float((box[2] - box[0]) * (box[3] - box[1])),
                    "score": float(score),
                    "iscrowd": 0,
                }
                for i, (box, score) in enumerate(
                    zip(boxes(squares).xyxy, boxes(squares).score, strict=True), start=1
                )
            ],
        }
        coco.createIndex()
        return coco

    with contextlib.redirect_stdout(io.StringIO()):
        own = COCOeval(dataset(truth), dataset(found), "bbox")
        own.evaluate()
        own.accumulate()
        own.summarize()
    assert sizes_of(truth, found) == pytest.approx([own.stats[0], *own.stats[3:6]])
    assert 0.1 < own.stats[3] < 1
