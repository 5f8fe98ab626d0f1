"""The released formulas: each fault is there, and what is asked of every term of ours would have found it."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor

from neuromorph_track.errors import InputError
from neuromorph_track.networks.distillation import View, Widths
from neuromorph_track.networks.distillation.released import (
    WEIGHTS,
    ReleasedDistillation,
    ReleasedGru,
    attention,
    kernel_transport,
    released_feature,
    released_response,
    released_similarity,
    released_transport,
    tiled,
)
from tests.networks.distillation.properties import (
    least_at_the_teacher,
    peak_at,
    raises_the_peak,
    tells_how_far,
)


def response(student: Tensor, teacher: Tensor) -> Tensor:
    return released_response(student.sigmoid(), teacher.sigmoid())


def transport(student: Tensor, teacher: Tensor) -> Tensor:
    return released_transport(student.sigmoid(), teacher.sigmoid())


def test_the_response_teaches_silence() -> None:
    """Its minimum is a silent student, and the gradient at the teacher's peak pushes down."""
    teacher = peak_at(3, 12)
    assert not least_at_the_teacher(response, teacher)
    assert not raises_the_peak(response, teacher)
    silent = torch.full_like(teacher, -20.0)
    assert float(response(silent, teacher)) < 1e-5 < float(response(teacher, teacher))
    student = teacher.clone().requires_grad_()
    response(student, teacher).backward()
    assert student.grad is not None
    assert (student.grad > 0).all()


def test_the_transport_is_one_distance_of_two_vectors() -> None:
    """‖softmax(R_t / 2) − softmax(R_s / 2)‖: the same whatever the places of the cells."""
    student, teacher = peak_at(8, 6).sigmoid(), peak_at(8, 4).sigmoid()
    soft = [(each.flatten() / 2).softmax(0) for each in (student, teacher)]
    assert float(released_transport(student, teacher)) == pytest.approx(
        float((soft[0] - soft[1]).norm()), rel=1e-4
    )
    order = torch.randperm(256, generator=torch.Generator().manual_seed(0))
    moved = [each.flatten()[order].view(1, 16, 16) for each in (student, teacher)]
    assert float(released_transport(*moved)) == pytest.approx(
        float(released_transport(student, teacher)), rel=1e-4
    )


def test_the_transport_hardly_knows_how_far() -> None:
    assert not tells_how_far(transport)
    teacher = peak_at(8, 4)
    near, far = (float(transport(peak_at(8, 4 + cells), teacher)) for cells in (2, 8))
    assert far == pytest.approx(near, rel=0.01)


@pytest.mark.parametrize(("distance", "expected"), [(0.05, 0.05), (0.2, 0.2), (0.5, 9.6e-7)])
def test_its_kernel_underflows(distance: float, expected: float) -> None:
    """One point to one point costs the distance, until exp(−50) meets the guard."""
    cost = torch.full((1, 1, 1), distance, requires_grad=True)
    found = kernel_transport(cost)
    found.sum().backward()
    assert found.item() == pytest.approx(expected, rel=0.05)
    assert cost.grad is not None
    assert (abs(float(cost.grad)) > 0.5) == (distance < 0.5)


def parts(seed: int) -> tuple[Tensor, Tensor, Tensor]:
    """Tokens of a template and a search crop, and those of a teacher who sees both twice, in its order."""
    generator = torch.Generator().manual_seed(seed)
    z, x = torch.randn(1, 64, 8, generator=generator), torch.randn(1, 256, 8, generator=generator)
    return torch.cat([z, x], 1), torch.cat([z, z, x, x], 1), torch.cat([z, x, z, x], 1)


def test_half_of_the_tokens_meet_another() -> None:
    """Of 640, the first 64 and the last 256 meet their counterpart."""
    student, teacher, _ = parts(0)
    met = (tiled(student, 640) == teacher).all(-1)[0]
    assert int(met.sum()) == 320
    assert met[:64].all()
    assert met[384:].all()


def test_the_right_features_and_attention_are_no_minimum() -> None:
    student, teacher, wrong = parts(0)
    assert float(released_feature(student, teacher)) > 0.5
    assert float(released_feature(student, wrong)) == 0
    rows = attention(student).repeat(1, 2, 2).sum(-1)
    torch.testing.assert_close(rows, torch.full_like(rows, 2.0))
    own = released_similarity(attention(student), attention(teacher))
    assert float(own) > 0.1


def test_the_grus_see_space_and_not_time() -> None:
    """Pictures in another order change nothing; cells in another order do."""
    torch.manual_seed(0)
    gru = ReleasedGru(8, 6, 10)
    student, teacher = (torch.randn(4, 12, 8) for _ in range(2))
    own = float(gru(student, teacher))
    later = torch.tensor([2, 0, 3, 1])
    assert float(gru(student[later], teacher[later])) == pytest.approx(own, rel=1e-5)
    assert abs(float(gru(student.flip(1), teacher)) - own) > 1e-6


def test_the_grus_are_not_trained_and_do_not_agree_on_the_same_tokens() -> None:
    torch.manual_seed(0)
    gru = ReleasedGru(8, 6, 10)
    assert not any(each.requires_grad for each in gru.parameters())
    tokens = torch.randn(4, 12, 8, requires_grad=True)
    own = gru(tokens, tokens.detach())
    own.backward()
    assert float(own.detach()) > 1e-3
    assert tokens.grad is not None


def test_it_stands_in_for_a_distillation() -> None:
    """Parts of a teacher (z, z', x, x') and of a student (z, x), of other channels."""
    torch.manual_seed(0)
    student = View(
        peak_at(2, 2, 8), torch.zeros(1, 4, 8, 8), (torch.randn(1, 3, 4, 4), torch.randn(1, 3, 8, 8))
    )
    maps = tuple(torch.randn(1, 5, side, side) for side in (4, 4, 8, 8))
    teacher = View(peak_at(5, 5, 8), torch.zeros(1, 4, 8, 8), maps)
    control = ReleasedDistillation(Widths((3, 3), (5, 5, 5, 5)))
    loss, terms = control(student, teacher)
    assert float(loss.detach()) == pytest.approx(
        sum(WEIGHTS[name] * terms[name] for name in WEIGHTS), rel=1e-5
    )
    own = [name for name, each in control.named_parameters() if each.requires_grad]
    assert own == ["projection.weight", "projection.bias"]


def test_parts_that_do_not_fit() -> None:
    with pytest.raises(InputError, match="equal channels"):
        ReleasedDistillation(Widths((3, 4), (5, 5)))
    with pytest.raises(InputError, match="a multiple"):
        tiled(torch.zeros(1, 3, 2), 7)
