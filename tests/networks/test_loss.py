"""Which cells learn what, read from gradients and from perfect predictions."""

from __future__ import annotations

from math import log

import pytest
import torch
from torch import Tensor

from neuromorph_track.networks.detector import DetectorSpec
from neuromorph_track.networks.loss import LossWeights, Targets, detection_loss, split_head

CLASSES, GRID = 3, 6
Box = tuple[float, float, float, float]


def targets(
    boxes: list[Box], ignored: list[bool] | None = None, pictures: list[int] | None = None
) -> Targets:
    """Boxes (cx, cy, w, h) in cells; classes 0, 1, 2, 0 ..."""
    return Targets(
        torch.tensor(boxes, dtype=torch.float32).reshape(-1, 4),
        torch.arange(len(boxes)) % CLASSES,
        torch.tensor(pictures or [0] * len(boxes), dtype=torch.int64),
        torch.tensor(ignored or [False] * len(boxes), dtype=torch.bool),
    )


def silent(spec: DetectorSpec, pictures: int = 1) -> Tensor:
    return torch.zeros(pictures, len(spec.anchors) * (5 + CLASSES), GRID, GRID, requires_grad=True)


def gradients(spec: DetectorSpec, wanted: Targets, pictures: int = 1) -> Tensor:
    """Of the loss at a head of zeros, (N, A, H, W, 5 + K)."""
    raw = silent(spec, pictures)
    detection_loss(raw, wanted, spec, CLASSES, LossWeights())[0].backward()
    assert raw.grad is not None
    return split_head(raw.grad, spec, CLASSES)


def cells(mask: Tensor) -> set[tuple[int, ...]]:
    return {tuple(index) for index in mask.nonzero().tolist()}


def block(anchor: int, rows: range, columns: range, picture: int = 0) -> set[tuple[int, ...]]:
    return {(picture, anchor, row, column) for row in rows for column in columns}


@pytest.mark.parametrize(
    ("box", "expected"),
    [
        # Cell centres within 1 of the box centre; the square anchor fits.
        ((2.5, 2.5, 2, 2), block(0, range(1, 4), range(1, 4))),
        # The radius ends at 1 also in a large box, which is tall.
        ((2.5, 2.5, 2, 8), block(1, range(1, 4), range(1, 4))),
        # Half the height is less than the radius.
        ((2.4, 2.4, 3, 1.2), block(0, range(2, 3), range(2, 3)) | block(0, range(2, 3), range(1, 2))),
        # However small the box, the cell that holds its centre learns it.
        ((2.2, 3.9, 0.1, 0.4), block(0, range(3, 4), range(2, 3))),
        # At the corner there are fewer cells.
        ((0.1, 0.1, 2, 2), block(0, range(0, 1), range(0, 1))),
    ],
)
def test_which_cells_learn_a_box(spec: DetectorSpec, box: Box, expected: set[tuple[int, ...]]) -> None:
    gradient = gradients(spec, targets([box]))
    assert cells(gradient[..., 5:].abs().sum(-1) > 0) == expected
    # A head of zeros may already fit the box in the cell of its centre.
    assert cells(gradient[..., :4].abs().sum(-1) > 0) <= expected
    assert torch.all(gradient[..., 4] != 0)


def test_each_picture_has_its_own_boxes(spec: DetectorSpec) -> None:
    wanted = targets([(2.5, 2.5, 2, 2), (4.5, 4.5, 2, 2)], pictures=[1, 0])
    learns = cells(gradients(spec, wanted, pictures=2)[..., 5:].abs().sum(-1) > 0)
    assert learns == block(0, range(1, 4), range(1, 4), 1) | block(0, range(3, 6), range(3, 6), 0)


def test_an_ignored_box_is_neither_object_nor_background(spec: DetectorSpec) -> None:
    gradient = gradients(spec, targets([(2.5, 2.5, 2, 2)], ignored=[True]))
    hidden = block(0, range(1, 4), range(1, 4)) | block(1, range(1, 4), range(1, 4))
    assert torch.all(gradient[..., :4] == 0)
    assert torch.all(gradient[..., 5:] == 0)
    assert cells(gradient[..., 4] == 0) == hidden


def test_an_object_behind_an_ignored_one_is_learnt(spec: DetectorSpec) -> None:
    gradient = gradients(spec, targets([(2.5, 2.5, 2, 2), (2.5, 2.5, 2, 2)], ignored=[True, False]))
    assert cells(gradient[..., 5:].abs().sum(-1) > 0) == block(0, range(1, 4), range(1, 4))
    assert cells(gradient[..., 4] == 0) == block(1, range(1, 4), range(1, 4))


def test_nothing_to_find(spec: DetectorSpec) -> None:
    raw = silent(spec)
    loss, terms = detection_loss(raw, targets([]), spec, CLASSES, LossWeights())
    count = len(spec.anchors) * GRID**2
    assert terms == {"box": 0, "objectness": pytest.approx(count * log(2), rel=1e-5), "classes": 0}
    loss.backward()
    assert raw.grad is not None
    # Down everywhere: sigmoid(0) is a half too much.
    torch.testing.assert_close(
        split_head(raw.grad, spec, CLASSES)[..., 4], torch.full((1, 2, GRID, GRID), 0.5)
    )


def predict(raw: Tensor, spec: DetectorSpec, anchor: int, row: int, column: int, box: Box, kind: int) -> None:
    """Write the potentials that decode to ``box`` of class ``kind`` into one cell."""
    gain = spec.offset_gain
    head = split_head(raw, spec, CLASSES)
    for axis, (place, cell) in enumerate(((box[0], column), (box[1], row))):
        share = torch.tensor((place - cell + (gain - 1) / 2) / gain)
        head[0, anchor, row, column, axis] = torch.logit(share)
        head[0, anchor, row, column, 2 + axis] = log(box[2 + axis] / spec.anchors[anchor][axis])
    head[0, anchor, row, column, 4] = 20
    head[0, anchor, row, column, 5:] = -20
    head[0, anchor, row, column, 5 + kind] = 20


def perfect(spec: DetectorSpec, box_of_column: dict[int, int], boxes: list[Box]) -> Tensor:
    raw = torch.zeros(1, len(spec.anchors) * (5 + CLASSES), GRID, GRID)
    split_head(raw, spec, CLASSES)[..., 4] = -20
    for column, index in box_of_column.items():
        for row in (1, 2, 3):
            predict(raw, spec, 0, row, column, boxes[index], index)
    return raw


def test_a_perfect_prediction_costs_nothing(spec: DetectorSpec) -> None:
    """Two boxes share cells: each belongs to the box whose centre is nearer."""
    boxes: list[Box] = [(1.5, 2.5, 2, 2), (3.5, 2.5, 2, 3)]
    # Both reach the middle column; the first box got it first and the second is no nearer.
    raw = perfect(spec, {0: 0, 1: 0, 2: 0, 3: 1, 4: 1}, boxes)
    loss, terms = detection_loss(raw, targets(boxes), spec, CLASSES, LossWeights())
    assert terms["box"] == pytest.approx(0, abs=1e-5)
    assert float(loss) == pytest.approx(0, abs=1e-4)
    raw = perfect(spec, {0: 0, 1: 0, 2: 1, 3: 1, 4: 1}, boxes)
    assert detection_loss(raw, targets(boxes), spec, CLASSES, LossWeights())[1]["box"] > 0.1


def test_objectness_learns_how_well_the_box_fits(spec: DetectorSpec) -> None:
    """A box of IoU 1/2 and the right centre should have the score 1/2."""
    box: Box = (2.5, 2.5, 1, 1)
    raw = torch.zeros(1, 16, GRID, GRID)
    split_head(raw, spec, CLASSES)[..., 4] = -20
    predict(raw, spec, 0, 2, 2, (2.5, 2.5, 2**0.5, 2**0.5), 0)
    split_head(raw, spec, CLASSES)[0, 0, 2, 2, 4] = 0
    terms = detection_loss(raw, targets([box]), spec, CLASSES, LossWeights())[1]
    assert terms["objectness"] == pytest.approx(log(2), abs=1e-4)
    assert terms["box"] == pytest.approx(0.5, abs=1e-4)


def test_weights_of_the_terms(spec: DetectorSpec) -> None:
    raw = torch.randn(1, 16, GRID, GRID, generator=torch.Generator().manual_seed(0))
    wanted = targets([(2.5, 2.5, 2, 2), (4.5, 1.5, 1, 4)])
    loss, terms = detection_loss(raw, wanted, spec, CLASSES, LossWeights(2, 3, 5))
    assert float(loss) == pytest.approx(
        2 * terms["box"] + 3 * terms["objectness"] + 5 * terms["classes"], rel=1e-5
    )
