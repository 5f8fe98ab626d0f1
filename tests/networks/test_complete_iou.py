"""CIoU by hand, and its gradient."""

from __future__ import annotations

from math import atan, pi

import pytest
import torch
from torch import Tensor

from neuromorph_track.networks.box_losses import complete_iou

Box = tuple[float, float, float, float]


def pair(a: Box, b: Box) -> tuple[Tensor, Tensor]:
    return torch.tensor([a], dtype=torch.float64), torch.tensor([b], dtype=torch.float64)


ASPECT = 4 / pi**2 * (atan(4) - atan(1)) ** 2


@pytest.mark.parametrize(
    ("a", "b", "expected"),
    [
        ((3, 4, 2, 5), (3, 4, 2, 5), 1.0),
        # Apart: no overlap, centres 4 apart in a hull of 6 x 2.
        ((0, 0, 2, 2), (4, 0, 2, 2), -16 / 40),
        # Half over each other: overlap 2 of 6, centres 1 apart in a hull of 3 x 2.
        ((0, 0, 2, 2), (1, 0, 2, 2), 2 / 6 - 1 / 13),
        # One inside the other, one centre: only the overlap counts.
        ((0, 0, 1, 2), (0, 0, 2, 4), 2 / 8),
        # One centre, other shapes: overlap 2 of 6, and the angle between the diagonals.
        ((0, 0, 2, 2), (0, 0, 4, 1), 1 / 3 - ASPECT**2 / (2 / 3 + ASPECT)),
    ],
)
def test_by_hand(a: Box, b: Box, expected: float) -> None:
    assert complete_iou(*pair(a, b)).item() == pytest.approx(expected, abs=1e-9)


def test_boxes_are_paired() -> None:
    boxes = torch.tensor([[0.0, 0, 2, 2], [5, 5, 1, 3]])
    torch.testing.assert_close(complete_iou(boxes, boxes), torch.ones(2))
    assert complete_iou(boxes[:0], boxes[:0]).shape == (0,)


@pytest.mark.parametrize("box", [(0.3, 0.1, 2.0, 1.0), (5.0, 5.0, 4.0, 2.0), (0.2, 0.3, 1.0, 0.5)])
def test_gradient_where_shapes_agree(box: Box) -> None:
    a, b = pair(box, (0, 0, 3, 1.5))
    assert torch.autograd.gradcheck(lambda x: complete_iou(x, b), (a.requires_grad_(),), atol=1e-6)


def test_gradient_holds_the_trade_off_still() -> None:
    """The factor of the aspect term is a constant to the gradient, as in its paper."""
    a, b = pair((0.2, 0.1, 3, 1), (0, 0, 1, 2))
    a.requires_grad_()
    aspect = 4 / pi**2 * (torch.atan(b[:, 2] / b[:, 3]) - torch.atan(a[:, 2] / a[:, 3])) ** 2
    overlap = 1.0 * 1.0
    alpha = (aspect / (1 - overlap / (3 + 2 - overlap) + aspect)).detach()

    def shape_term(x: Tensor) -> Tensor:
        return alpha * 4 / pi**2 * (torch.atan(b[:, 2] / b[:, 3]) - torch.atan(x[:, 2] / x[:, 3])) ** 2

    def rest(x: Tensor) -> Tensor:
        low, high = x[:, :2] - x[:, 2:] / 2, x[:, :2] + x[:, 2:] / 2
        low_b, high_b = b[:, :2] - b[:, 2:] / 2, b[:, :2] + b[:, 2:] / 2
        common = (torch.minimum(high, high_b) - torch.maximum(low, low_b)).prod(1)
        hull = torch.maximum(high, high_b) - torch.minimum(low, low_b)
        iou = common / (x[:, 2:].prod(1) + b[:, 2:].prod(1) - common)
        return iou - (x[:, :2] - b[:, :2]).square().sum(1) / hull.square().sum(1)

    (found,) = torch.autograd.grad(complete_iou(a, b).sum(), a)
    (expected,) = torch.autograd.grad((rest(a) - shape_term(a)).sum(), a)
    torch.testing.assert_close(found, expected)
