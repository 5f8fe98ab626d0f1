"""The loss of a centre head: by hand, by brute force, and by its gradient."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch

from neuromorph_track.detection.centre import decode_cells
from neuromorph_track.networks.centre_loss import (
    CentreLoss,
    SingleTargets,
    _gaussian,
    _radius,
    boxes_of,
    centre_loss,
)


def targets(*rows: tuple[float, float, float, float, bool]) -> SingleTargets:
    boxes = torch.tensor([row[:4] for row in rows])
    return SingleTargets(boxes, torch.tensor([row[4] for row in rows]))


def overlap(a: tuple[float, ...], b: tuple[float, ...]) -> float:
    """IoU of corners."""
    width = min(a[2], b[2]) - max(a[0], b[0])
    height = min(a[3], b[3]) - max(a[1], b[1])
    if width <= 0 or height <= 0:
        return 0.0
    areas = [(box[2] - box[0]) * (box[3] - box[1]) for box in (a, b)]
    return width * height / (sum(areas) - width * height)


def largest_shift(width: float, height: float) -> float:
    """By bisection: both corners moved alike, both inwards, or both outwards, by as much along both axes."""
    box = (0.0, 0.0, width, height)

    def least(r: float) -> float:
        moved = (r, r, width + r, height + r)
        inside = (r, r, width - r, height - r)
        outside = (-r, -r, width + r, height + r)
        inner = overlap(box, inside) if 2 * r < min(width, height) else 0.0
        return min(overlap(box, moved), inner, overlap(box, outside))

    low, high = 0.0, max(width, height)
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if least(middle) >= 0.7 else (low, middle)
    return low


@pytest.mark.parametrize(
    ("width", "height"), [(10, 10), (30, 10), (7, 64), (16, 16.5), (100, 9), (9, 100), (200, 200)]
)
def test_the_radius_is_the_largest_shift_that_still_overlaps(width: float, height: float) -> None:
    expected = max(largest_shift(width, height), 1.0)
    found = float(_radius(torch.tensor([[width, height]], dtype=torch.float64)))
    assert found == pytest.approx(expected, rel=1e-6)
    assert float(_radius(torch.tensor([[width, height]]).float())) == pytest.approx(expected, rel=1e-3)


def test_a_small_box_has_a_radius_of_a_cell() -> None:
    assert _radius(torch.tensor([[1.0, 2.0], [0.01, 0.01]])).tolist() == [1.0, 1.0]


def test_bumps_are_gaussians_of_a_third_of_the_radius() -> None:
    shown = targets((0.30, 0.72, 0.9, 0.8, True), (0.5, 0.5, 0.1, 0.1, False))
    cell = torch.tensor([[2, 5], [4, 4]])
    bump = _gaussian(shown, cell, (8, 8))
    sides = 0.9 * 8, 0.8 * 8
    deviation = (2 * max(largest_shift(*sides), 1.0) + 1) / 6
    for row, column in np.ndindex(8, 8):
        distance = (column - 2) ** 2 + (row - 5) ** 2
        expected = math.exp(-distance / (2 * deviation**2))
        assert float(bump[0, row, column]) == pytest.approx(expected, rel=1e-4)
    assert float(bump[0, 5, 2]) == 1
    assert int((bump == 1).sum()) == 1
    assert float(bump[1].abs().max()) == 0


def test_by_hand() -> None:
    """A map of 2 x 2 cells, all raw values zero: chances and boxes of one half."""
    raw = torch.zeros(1, 5, 2, 2)
    # The centre is in the cell of row 0, column 1, whose box is (3/4, 1/4, 1/2, 1/2).
    loss, terms = centre_loss(raw, targets((0.75, 0.25, 0.5, 0.25, True)), CentreLoss())
    # Radius 1, deviation 1/2: bumps of exp(-2) beside the centre and exp(-4) across.
    beside, across = math.exp(-2), math.exp(-4)
    log2 = math.log(2)
    score = log2 / 4 * (1 + 2 * (1 - beside) ** 4 + (1 - across) ** 4)
    # The same centre, half as high: the overlap is a half, and the hull is the larger box.
    giou, l1 = 0.5, 0.25 / 4
    assert terms == pytest.approx({"score": score, "giou": giou, "l1": l1}, rel=1e-5)
    assert float(loss.detach()) == pytest.approx(score + 2 * giou + 5 * l1, rel=1e-5)
    weighed, same = centre_loss(
        raw, targets((0.75, 0.25, 0.5, 0.25, True)), CentreLoss(score=0.5, giou=0.0, l1=3.0)
    )
    assert same == terms
    assert float(weighed.detach()) == pytest.approx(0.5 * score + 3 * l1, rel=1e-5)


def test_an_absent_object_has_cells_to_call_empty_alone() -> None:
    raw = torch.zeros(2, 5, 2, 2, requires_grad=True)
    shown = targets((0.75, 0.25, 0.5, 0.5, False), (9.0, -9.0, 0.5, 0.5, False))
    loss, terms = centre_loss(raw, shown, CentreLoss())
    assert terms == pytest.approx({"score": 4 * math.log(2) / 4, "giou": 0, "l1": 0})
    loss.backward()
    assert raw.grad is not None
    assert (raw.grad[:, 0] > 0).all()
    assert float(raw.grad[:, 1:].abs().max()) == 0


def test_crops_without_the_object_do_not_change_what_others_learn_of_boxes() -> None:
    generator = torch.Generator().manual_seed(0)
    raw = torch.randn(3, 5, 4, 4, generator=generator)
    rows = [(0.4, 0.6, 0.3, 0.5, True), (0.1, 0.9, 0.2, 0.2, False), (0.99, 0.01, 0.6, 0.1, True)]
    _, together = centre_loss(raw, targets(*rows), CentreLoss())
    alone = [centre_loss(raw[i : i + 1], targets(row), CentreLoss())[1] for i, row in enumerate(rows)]
    for name in ("score", "giou", "l1"):
        assert together[name] == pytest.approx(sum(each[name] for each in alone) / 3, rel=1e-5)
    assert alone[1]["giou"] == alone[1]["l1"] == 0


def test_of_what_nobody_labelled_nothing_is_asked() -> None:
    raw = torch.randn(3, 5, 4, 4, generator=torch.Generator().manual_seed(3), requires_grad=True)
    row, nan = (0.4, 0.6, 0.3, 0.5, True), math.nan
    loss, terms = centre_loss(
        raw, targets((nan, nan, nan, nan, False), row, (nan,) * 4 + (True,)), CentreLoss()
    )
    alone, of_one = centre_loss(raw[1:2], targets(row), CentreLoss())
    assert float(loss.detach()) == float(alone.detach())
    assert terms == of_one
    (slope,) = torch.autograd.grad(loss, raw)
    assert not slope[[0, 2]].any()
    assert slope[1].any()


def test_without_any_label_there_is_no_loss() -> None:
    raw = torch.randn(2, 5, 4, 4, requires_grad=True)
    loss, terms = centre_loss(raw, targets(*[(math.nan,) * 4 + (True,)] * 2), CentreLoss())
    assert float(loss.detach()) == 0
    assert terms == {"score": 0, "giou": 0, "l1": 0}
    loss.backward()
    assert raw.grad is not None
    assert not raw.grad.any()


@pytest.mark.parametrize("scale", [1.0, 20.0, 1000.0])
def test_it_stays_a_number(scale: float) -> None:
    generator = torch.Generator().manual_seed(1)
    raw = (torch.randn(4, 5, 4, 4, generator=generator) * scale).requires_grad_()
    rows = [
        (0.5, 0.5, 1e-9, 1e-9, True),
        (0.999999, 0.999999, 5.0, 7.0, True),
        (0.0, 0.0, 0.2, 0.2, True),
        (1e6, -1e6, 0.2, 0.2, False),
    ]
    loss, terms = centre_loss(raw, targets(*rows), CentreLoss())
    loss.backward()
    assert raw.grad is not None
    assert torch.isfinite(raw.grad).all()
    assert all(math.isfinite(term) for term in terms.values())
    assert terms["giou"] >= 0


def test_gradients_are_those_of_finite_differences() -> None:
    generator = torch.Generator().manual_seed(2)
    raw = torch.randn(2, 5, 2, 2, generator=generator, dtype=torch.float64, requires_grad=True)
    shown = SingleTargets(
        torch.tensor([[0.4, 0.6, 0.3, 0.5], [0.1, 0.9, 0.2, 0.2]], dtype=torch.float64),
        torch.tensor([True, False]),
    )
    centre_loss(raw, shown, CentreLoss())[0].backward()
    assert raw.grad is not None
    for index in np.ndindex(*raw.shape):
        step = torch.zeros_like(raw)
        step[index] = 1e-6
        with torch.no_grad():
            high, low = (centre_loss(raw + way * step, shown, CentreLoss())[0] for way in (1, -1))
        assert float(raw.grad[index]) == pytest.approx(float(high - low) / 2e-6, rel=1e-5, abs=1e-8)


def test_the_right_answer_costs_little_and_gradients_lead_there() -> None:
    shown = targets((0.40, 0.65, 0.30, 0.55, True))
    raw = torch.zeros(1, 5, 4, 4, requires_grad=True)
    for step in range(300):
        loss, _ = centre_loss(raw, shown, CentreLoss())
        (slope,) = torch.autograd.grad(loss, raw)
        with torch.no_grad():
            raw -= 0.5 / (1 + step / 30) * slope
    assert float(loss.detach()) < 0.7
    told = decode_cells(raw.detach()[0].numpy())
    row, column = np.unravel_index(told.score.argmax(), told.score.shape)
    assert (row, column) == (2, 1)
    np.testing.assert_allclose(told.cxcywh[row, column], [0.40, 0.65, 0.30, 0.55], atol=0.02)


def test_training_and_the_host_read_boxes_alike() -> None:
    """``x = (j + sigma(tx)) r`` and ``w = sigma(tw) S``, in sides of the crop."""
    generator = torch.Generator().manual_seed(3)
    raw = torch.randn(1, 5, 6, 7, generator=generator, dtype=torch.float64) * 3
    told = decode_cells(raw[0].numpy())
    np.testing.assert_allclose(boxes_of(raw)[0].permute(1, 2, 0).numpy(), told.cxcywh, rtol=1e-12)
    np.testing.assert_allclose(raw[0, 0].sigmoid().numpy(), told.score, rtol=1e-12)

    def sigma(value: float) -> float:
        return 1 / (1 + math.exp(-value))

    for row, column in np.ndindex(6, 7):
        tx, ty, tw, th = raw[0, 1:, row, column].tolist()
        expected = [(column + sigma(tx)) / 7, (row + sigma(ty)) / 6, sigma(tw), sigma(th)]
        assert told.cxcywh[row, column].tolist() == pytest.approx(expected, rel=1e-9)
