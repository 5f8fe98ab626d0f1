"""The response: a target that is a minimum, and boxes where the teacher is sure."""

from __future__ import annotations

import math

import pytest
import torch
from torch import Tensor

from neuromorph_track.networks.distillation.response import box_response, score_response
from neuromorph_track.networks.distillation.spatial import Objects
from tests.networks.distillation.properties import (
    least_at_the_teacher,
    peak_at,
    raises_the_peak,
    steps_lead_there,
)


def of_scores(objects: Objects, temperature: float = 2.0):
    return lambda student, teacher: score_response(student, teacher, objects, temperature)


@pytest.mark.parametrize("objects", ["one", "many"])
@pytest.mark.parametrize("temperature", [1.0, 2.0])
@pytest.mark.parametrize("height", [-2.0, 3.0])
def test_what_every_term_must_have(objects: Objects, temperature: float, height: float) -> None:
    loss, teacher = of_scores(objects, temperature), peak_at(3, 12, height=height)
    assert float(loss(teacher, teacher)) == pytest.approx(0, abs=1e-5)
    assert least_at_the_teacher(loss, teacher)
    if height > -1 or objects == "one":
        assert raises_the_peak(loss, teacher)
    wrong = peak_at(10, 2)
    assert steps_lead_there(loss, wrong, teacher, 2.0)


def test_the_peak_is_pushed_up_wherever_the_student_stands() -> None:
    """Also where the student is sure of another place, or silent."""
    teacher = peak_at(3, 12)
    for objects in ("one", "many"):
        for student in (peak_at(9, 2), torch.full_like(teacher, -20.0), torch.zeros_like(teacher)):
            logits = student.clone().requires_grad_()
            score_response(logits, teacher, objects).backward()
            assert logits.grad is not None
            assert int(logits.grad.argmin()) == int(teacher.argmax())
            assert float(logits.grad.amin()) < -0.1


def test_scores_by_hand() -> None:
    """One object, T = 1: (3/4, 1/4) against (1/2, 1/2). Many, T = 2: a chance of 3/4 against 1/2, twice."""
    teacher = torch.tensor([[[math.log(3), 0.0]]])
    one = 0.75 * math.log(1.5) + 0.25 * math.log(0.5)
    assert float(score_response(torch.zeros(1, 1, 2), teacher, "one", 1.0)) == pytest.approx(one)
    teacher = torch.full((1, 1, 2), 2 * math.log(3))
    seen = 2 * 0.9
    many = 4 * 2 * one / seen
    assert float(score_response(torch.zeros(1, 1, 2), teacher, "many", 2.0)) == pytest.approx(many)


@pytest.mark.parametrize("objects", ["one", "many"])
@pytest.mark.parametrize("scale", [1.0, 30.0, 1000.0])
def test_it_stays_a_number(objects: Objects, scale: float) -> None:
    generator = torch.Generator().manual_seed(1)
    student = (torch.randn(2, 4, 4, generator=generator) * scale).requires_grad_()
    loss = score_response(student, torch.randn(2, 8, 8, generator=generator) * scale, objects)
    loss.backward()
    assert math.isfinite(float(loss.detach()))
    assert student.grad is not None
    assert bool(torch.isfinite(student.grad).all())


def boxes(*cxcywh: float) -> Tensor:
    """The same box in 2 x 2 cells."""
    return torch.tensor(cxcywh).view(1, 4, 1, 1).expand(1, 4, 2, 2).clone()


SURE = torch.tensor([[[3.0, -3.0], [-3.0, -3.0]]])


def test_boxes_by_hand() -> None:
    """Half a side too far right and twice too wide, in the one cell that is sure: 1/8 and (log 2)² / 2."""
    found = box_response(boxes(0.6, 0.5, 0.4, 0.3), boxes(0.5, 0.5, 0.2, 0.3), SURE)
    assert float(found) == pytest.approx(0.5**2 / 2 + math.log(2) ** 2 / 2)


def test_boxes_are_learnt_where_the_teacher_is_sure_alone() -> None:
    student = boxes(0.6, 0.4, 0.4, 0.3).requires_grad_()
    teacher = boxes(0.5, 0.5, 0.2, 0.2)
    box_response(student, teacher, SURE).backward()
    assert student.grad is not None
    assert (student.grad[0, :, 0, 0] != 0).all()
    assert float(student.grad[0, :, 1].abs().max()) == float(student.grad[0, :, 0, 1].abs().max()) == 0
    unsure = box_response(student, teacher, SURE - 10)
    assert float(unsure.detach()) == 0


def test_boxes_minimum_and_steps() -> None:
    teacher, student = boxes(0.5, 0.5, 0.2, 0.3), boxes(0.7, 0.4, 0.1, 0.5)

    def loss(found: Tensor, wanted: Tensor) -> Tensor:
        return box_response(found, wanted, SURE)

    assert float(loss(teacher, teacher)) == 0
    same = teacher.clone().requires_grad_()
    loss(same, teacher).backward()
    assert same.grad is not None
    assert float(same.grad.abs().max()) == 0
    for axis in range(4):
        for step in (-0.01, 0.01):
            other = teacher.clone()
            other[:, axis] += step
            assert float(loss(other, teacher)) > 0
    assert steps_lead_there(loss, student, teacher, 0.01, lambda each: each[:, :, 0, 0])


def test_boxes_that_have_no_sides_stay_numbers() -> None:
    student = boxes(9.0, -9.0, 0.0, 1e-12).requires_grad_()
    loss = box_response(student, boxes(0.5, 0.5, 0.0, 4.0), SURE)
    loss.backward()
    assert math.isfinite(float(loss.detach()))
    assert student.grad is not None
    assert bool(torch.isfinite(student.grad).all())


def test_a_finer_teacher_answers_for_the_cell_that_holds_the_centre() -> None:
    teacher = torch.rand(1, 4, 6, 6, generator=torch.Generator().manual_seed(0))
    score = torch.full((1, 6, 6), -9.0)
    score[0, 4, 1] = 9.0
    student = boxes(0.5, 0.5, 0.5, 0.5)
    student[0, :, 1, 0] = teacher[0, :, 4, 1]
    assert float(box_response(student, teacher, score)) == pytest.approx(0, abs=1e-6)
    student[0, :, 1, 0] = teacher[0, :, 5, 0]
    assert float(box_response(student, teacher, score)) > 0.01
