"""Box losses by hand, by gradcheck, and what must not change them."""

from __future__ import annotations

from math import exp, sqrt

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor

from neuromorph_track.networks.box_losses import (
    BOX_LOSSES,
    BOX_WEIGHTS,
    asa_constant,
    asa_nwd_loss,
    generalised_iou,
    intersection_over_union,
    nwd_loss,
    wasserstein_distance,
)

Box = tuple[float, float, float, float]

place = st.floats(-50, 50)
side = st.floats(0.5, 40)
box = st.tuples(place, place, side, side)
pairs = st.lists(st.tuples(box, box), min_size=1, max_size=6)


def boxes(*given: Box) -> Tensor:
    return torch.tensor(given, dtype=torch.float64)


@pytest.mark.parametrize(
    ("a", "b", "iou", "giou"),
    [
        ((3, 4, 2, 5), (3, 4, 2, 5), 1, 1),
        # Half over each other: 2 of 6, and the hull, 3 x 2, is the union.
        ((0, 0, 2, 2), (1, 0, 2, 2), 1 / 3, 1 / 3),
        # Diagonal: 1 of 7; the hull is 3 x 3, 2 of it are nobody's.
        ((0, 0, 2, 2), (1, 1, 2, 2), 1 / 7, 1 / 7 - 2 / 9),
        # Apart: the hull is 6 x 2, 4 of 12 are nobody's.
        ((0, 0, 2, 2), (4, 0, 2, 2), 0, -4 / 12),
        # One inside the other: 2 of 8, no gap.
        ((0, 0, 1, 2), (0, 0, 2, 4), 1 / 4, 1 / 4),
    ],
)
def test_overlaps_by_hand(a: Box, b: Box, iou: float, giou: float) -> None:
    assert intersection_over_union(boxes(a), boxes(b)).item() == pytest.approx(iou, abs=1e-9)
    assert generalised_iou(boxes(a), boxes(b)).item() == pytest.approx(giou, abs=1e-9)
    assert BOX_LOSSES["iou"](boxes(a), boxes(b), 8).item() == pytest.approx(1 - iou, abs=1e-9)
    assert BOX_LOSSES["giou"](boxes(a), boxes(b), 8).item() == pytest.approx(1 - giou, abs=1e-9)


@pytest.mark.parametrize(
    ("a", "b", "distance"),
    [
        ((3, 4, 2, 5), (3, 4, 2, 5), 0),
        # Centres 3 and 4 apart.
        ((0, 0, 7, 7), (3, 4, 7, 7), 5),
        # Widths 6 apart and heights 8: sqrt((36 + 64) / 4).
        ((0, 0, 10, 10), (0, 0, 16, 18), 5),
        # 1 + 4 + (16 + 16) / 4 = 13.
        ((0, 0, 4, 10), (1, -2, 8, 6), sqrt(13)),
    ],
)
def test_distance_by_hand(a: Box, b: Box, distance: float) -> None:
    assert wasserstein_distance(boxes(a), boxes(b)).item() == pytest.approx(distance, abs=1e-5)
    # C is 12.8 pixels.
    assert nwd_loss(boxes(a), boxes(b)).item() == pytest.approx(1 - exp(-distance / 12.8), abs=1e-6)


@pytest.mark.parametrize(
    ("truth", "constant"),
    [
        # A = 10 * 40 = 400, √A = 20.
        ([(0, 0, 10, 40)], 0.8 * 20),
        # Mean of 100 and 700 is 400.
        ([(0, 0, 10, 10), (9, 9, 70, 10)], 0.8 * 20),
        # 70 * 70 is not below 64 * 64, so the small one counts alone.
        ([(0, 0, 10, 10), (0, 0, 70, 70)], 0.8 * 10),
        # Exactly 64 * 64 is not below it either.
        ([(0, 0, 10, 10), (0, 0, 64, 64)], 0.8 * 10),
        # No small one: mean of 6400 and 10000.
        ([(0, 0, 80, 80), (0, 0, 100, 100)], 0.8 * sqrt(8200)),
        # A box that several cells learn counts as often: (3 * 100 + 900) / 4 = 300.
        ([(0, 0, 10, 10)] * 3 + [(0, 0, 30, 30)], 0.8 * sqrt(300)),
    ],
)
def test_constant_of_the_batch_by_hand(truth: list[Box], constant: float) -> None:
    assert asa_constant(boxes(*truth)).item() == pytest.approx(constant)
    assert asa_constant(boxes(*truth), ratio=0.4).item() == pytest.approx(constant / 2)
    found = boxes(*truth) + torch.tensor([3.0, 4.0, 0, 0])
    expected = torch.full((len(truth),), 1 - exp(-5 / constant), dtype=torch.float64)
    torch.testing.assert_close(asa_nwd_loss(found, boxes(*truth)), expected, atol=1e-6, rtol=0)


def test_constants_are_in_pixels_and_boxes_of_the_registry_in_cells() -> None:
    """A shift of one cell of 8 pixels; the truth is 16 x 16 pixels, so C = 0.8 * 16."""
    truth, found = boxes((5, 5, 2, 2)), boxes((6, 5, 2, 2))
    assert BOX_LOSSES["nwd"](found, truth, 8).item() == pytest.approx(1 - exp(-8 / 12.8), abs=1e-6)
    assert BOX_LOSSES["asa_nwd"](found, truth, 8).item() == pytest.approx(1 - exp(-8 / 12.8), abs=1e-6)
    # Small means below 64 pixels a side, which is 8 cells: of 2 and 8 cells only the first counts.
    both = torch.cat([truth, boxes((20, 20, 8, 8))])
    moved = both + torch.tensor([1.0, 0, 0, 0])
    expected = torch.full((2,), 1 - exp(-8 / 12.8), dtype=torch.float64)
    torch.testing.assert_close(BOX_LOSSES["asa_nwd"](moved, both, 8), expected, atol=1e-6, rtol=0)


@pytest.mark.parametrize("name", BOX_LOSSES)
def test_gradcheck(name: str) -> None:
    """At boxes that overlap, lie apart, and lie inside one another; CIoU has its own tests."""
    truth = boxes((0, 0, 3, 1.5), (0, 0, 2, 2), (5, 5, 4, 2), (0, 0, 9, 9))
    found = boxes((0.3, 0.1, 2, 1), (6, 3, 2.5, 2.5), (5.2, 4.9, 6, 3), (0.5, -0.4, 4, 4))
    found.requires_grad_()
    assert torch.autograd.gradcheck(lambda x: BOX_LOSSES[name](x, truth, 8.0), (found,), atol=1e-6)


@pytest.mark.parametrize("name", BOX_LOSSES)
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_equal_boxes_cost_nothing_and_have_a_gradient(name: str, dtype: torch.dtype) -> None:
    truth = boxes((3, 4, 2, 5), (7, 1, 0.3, 0.3)).to(dtype)
    found = truth.clone().requires_grad_()
    loss = BOX_LOSSES[name](found, truth, 8.0)
    torch.testing.assert_close(loss, torch.zeros(2, dtype=dtype), atol=2e-6, rtol=0)
    loss.sum().backward()
    assert found.grad is not None
    assert found.grad.isfinite().all()
    if name.endswith("nwd"):
        # Nothing to learn, although the square root is infinitely steep there.
        assert torch.all(found.grad == 0)


@pytest.mark.parametrize("name", BOX_LOSSES)
def test_no_boxes(name: str) -> None:
    found = torch.zeros(0, 4, requires_grad=True)
    loss = BOX_LOSSES[name](found, torch.zeros(0, 4), 8.0)
    assert loss.shape == (0,)
    loss.sum().backward()
    assert found.grad is not None


@pytest.mark.parametrize("name", BOX_LOSSES)
def test_truth_without_area_and_far_boxes_stay_finite(name: str) -> None:
    truth = torch.tensor([[3.0, 4, 0, 0], [1e4, 1e4, 1, 1]])
    found = torch.tensor([[1.0, 2, 3, 4], [0, 0, 1e-6, 150]], requires_grad=True)
    loss = BOX_LOSSES[name](found, truth.clamp(min=1e-6), 8.0)
    loss.sum().backward()
    assert loss.isfinite().all()
    assert found.grad is not None
    assert found.grad.isfinite().all()


def test_no_gradient_goes_through_the_constant() -> None:
    truth = boxes((0, 0, 10, 40)).requires_grad_()
    found = boxes((3, 4, 10, 40))
    asa_nwd_loss(found, truth).sum().backward()
    # L = 1 − exp(−W/C) has the slope exp(−W/C)/C; W = 5, and dW/d(cx, cy, w, h) = (−3/5, −4/5, 0, 0).
    slope = exp(-5 / 16) / 16
    assert truth.grad is not None
    torch.testing.assert_close(truth.grad, boxes((-0.6 * slope, -0.8 * slope, 0, 0)), atol=1e-9, rtol=0)


def both_of(drawn: list[tuple[Box, Box]]) -> tuple[Tensor, Tensor]:
    return boxes(*(a for a, _ in drawn)), boxes(*(b for _, b in drawn))


@given(pairs, place, place)
def test_moving_everything_changes_nothing(drawn: list[tuple[Box, Box]], dx: float, dy: float) -> None:
    found, truth = both_of(drawn)
    shift = boxes((dx, dy, 0, 0))
    for loss in BOX_LOSSES.values():
        torch.testing.assert_close(
            loss(found + shift, truth + shift, 8.0), loss(found, truth, 8.0), atol=1e-6, rtol=1e-6
        )


@given(pairs)
def test_swapping_the_axes_or_mirroring_changes_nothing(drawn: list[tuple[Box, Box]]) -> None:
    found, truth = both_of(drawn)
    mirror = boxes((-1, 1, 1, 1))
    for loss in BOX_LOSSES.values():
        plain = loss(found, truth, 8.0)
        torch.testing.assert_close(loss(found * mirror, truth * mirror, 8.0), plain, atol=1e-6, rtol=1e-6)
        swapped = loss(found[:, [1, 0, 3, 2]], truth[:, [1, 0, 3, 2]], 8.0)
        torch.testing.assert_close(swapped, plain, atol=1e-6, rtol=1e-6)


@given(pairs, st.floats(0.2, 1.0))
def test_which_losses_know_the_scale(drawn: list[tuple[Box, Box]], factor: float) -> None:
    """Overlaps do not, nor does Asa-NWD among small boxes; NWD does, whether boxes or cells are scaled."""
    found, truth = both_of(drawn)
    for name in ("iou", "giou", "ciou", "asa_nwd"):
        # All below 64 pixels before and after.
        torch.testing.assert_close(
            BOX_LOSSES[name](found * factor, truth * factor, 1.0),
            BOX_LOSSES[name](found, truth, 1.0),
            atol=1e-5,
            rtol=1e-4,
        )
    scaled = BOX_LOSSES["nwd"](found * factor, truth * factor, 1.0)
    torch.testing.assert_close(scaled, BOX_LOSSES["nwd"](found, truth, factor))
    torch.testing.assert_close(scaled, nwd_loss(found, truth, 12.8 / factor), atol=1e-5, rtol=1e-4)


@given(pairs)
def test_ranges_and_symmetry(drawn: list[tuple[Box, Box]]) -> None:
    found, truth = both_of(drawn)
    highest = {"iou": 1.0, "giou": 2.0, "ciou": 3.0, "nwd": 1.0, "asa_nwd": 1.0}
    for name, loss in BOX_LOSSES.items():
        values = loss(found, truth, 8.0)
        assert values.min() >= -1e-9
        assert values.max() <= highest[name]
        if name != "asa_nwd":
            torch.testing.assert_close(loss(truth, found, 8.0), values, atol=1e-9, rtol=1e-9)


def test_every_loss_has_a_weight() -> None:
    assert BOX_WEIGHTS == {"iou": 5, "giou": 5, "ciou": 5, "nwd": 8, "asa_nwd": 8}
    assert set(BOX_WEIGHTS) == set(BOX_LOSSES)
