"""Full precision, and an error without units."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor

from neuromorph_track.networks.distillation.numbers import in_full, unexplained
from neuromorph_track.networks.distillation.temporal import Track


def test_by_hand() -> None:
    """Columns (1, 3) and (5, 5) vary by 2 and 0; an error of 1 in one number is half of that."""
    wanted = torch.tensor([[1.0, 5.0], [3.0, 5.0]])
    found = torch.tensor([[1.0, 5.0], [3.0, 6.0]])
    assert float(unexplained(found, wanted)) == pytest.approx(0.5)
    assert float(unexplained(wanted, wanted)) == 0


@pytest.mark.parametrize("scale", [1e-3, 1.0, 1e3])
def test_the_best_constant_has_one_whatever_the_scale(scale: float) -> None:
    wanted = torch.randn(50, 3, generator=torch.Generator().manual_seed(0)) * scale
    assert float(unexplained(wanted.mean(0).expand_as(wanted), wanted)) == pytest.approx(1, rel=1e-4)
    assert float(unexplained(torch.zeros_like(wanted), wanted)) >= 1


def test_a_teacher_that_says_nothing_teaches_nothing() -> None:
    found = torch.ones(4, 2, requires_grad=True)
    loss = unexplained(found, torch.zeros(4, 2))
    loss.backward()
    assert float(loss.detach()) == 0
    assert found.grad is not None
    assert float(found.grad.abs().max()) == 0
    # One that always says the same has a mean to learn, at a bounded price.
    assert float(unexplained(torch.zeros(4, 2), torch.full((4, 2), 7.0))) == pytest.approx(100)


def test_it_computes_in_full_what_it_is_given_in_half() -> None:
    seen = []

    @in_full
    def product(a: Tensor, track: Track, other: Tensor) -> Tensor:
        seen.extend([a.dtype, track.features.dtype, track.times_us.dtype, other.dtype])
        return a @ other

    a = torch.rand(2, 2)
    track = Track(torch.rand(1, 2, 3).half(), torch.arange(2))
    with torch.autocast("cpu", dtype=torch.bfloat16):
        assert (a @ a).dtype == torch.bfloat16
        assert product(a.bfloat16(), track, other=a).dtype == torch.float32
    assert seen == [torch.float32, torch.float32, torch.int64, torch.float32]
    assert product(a.double(), track, other=a.double()).dtype == torch.float64
