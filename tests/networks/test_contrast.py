"""InfoNCE of embeddings by hand, by a loop, and what must not change it."""

from __future__ import annotations

from math import exp, log

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor

from neuromorph_track.networks import contrast
from neuromorph_track.networks.contrast import contrastive_loss


def rows(*given: tuple[float, ...]) -> Tensor:
    return torch.tensor(given, dtype=torch.float64)


def test_by_hand() -> None:
    """Two rows of object 0 along x, one of object 1 along y; the temperature is 1/2.

    Each row of object 0 has cosine 1 with its partner and 0 with the stranger:
    −log(e² / (e² + e⁰)) = log(1 + e⁻²). The row of object 1 has no partner.
    """
    loss = contrastive_loss(rows((1, 0), (3, 0), (0, 2)), torch.tensor([0, 0, 1]), 0.5)
    assert loss.item() == pytest.approx(2 * log(1 + exp(-2)))


def test_partners_do_not_push_each_other_away() -> None:
    """Three rows of one object, all alike, and an opposite stranger: the mean over two equal pairs."""
    embedding = rows((1, 0), (1, 0), (1, 0), (-1, 0))
    loss = contrastive_loss(embedding, torch.tensor([7, 7, 7, 2]), 1.0)
    assert loss.item() == pytest.approx(3 * log(1 + exp(-2)))


def looped(embedding: Tensor, identity: list[int], temperature: float) -> float:
    direction = (embedding / embedding.norm(dim=1, keepdim=True)).tolist()

    def score(i: int, j: int) -> float:
        return exp(sum(a * b for a, b in zip(direction[i], direction[j], strict=True)) / temperature)

    total = 0.0
    for i, who in enumerate(identity):
        partners = [j for j, other in enumerate(identity) if other == who and j != i]
        strangers = sum(score(i, n) for n, other in enumerate(identity) if other not in (who, -1))
        if who >= 0 and partners:
            total -= sum(log(score(i, p) / (score(i, p) + strangers)) for p in partners) / len(partners)
    return total


@given(st.integers(0, 1000), st.lists(st.integers(-1, 3), min_size=1, max_size=12), st.floats(0.1, 2))
def test_as_the_loop_does(seed: int, identity: list[int], temperature: float) -> None:
    generator = torch.Generator().manual_seed(seed)
    embedding = torch.randn(len(identity), 5, generator=generator, dtype=torch.float64)
    found = contrastive_loss(embedding, torch.tensor(identity), temperature)
    assert found.item() == pytest.approx(looped(embedding, identity, temperature), rel=1e-6, abs=1e-6)


def test_gradcheck() -> None:
    embedding = torch.randn(6, 3, generator=torch.Generator().manual_seed(1), dtype=torch.float64)
    identity = torch.tensor([0, 0, 1, 1, -1, 2])
    assert torch.autograd.gradcheck(
        lambda x: contrastive_loss(x, identity, 0.3), (embedding.requires_grad_(),)
    )


@pytest.mark.parametrize("identity", [None, [-1, -1, -1], [0, 1, 2], [5, 5, 5]])
def test_nothing_to_tell_apart(identity: list[int] | None) -> None:
    """Nobody known, no partners, or no strangers: zero, with a gradient of zeros."""
    embedding = rows((1, 0), (0, 1), (0, 0)).requires_grad_()
    loss = contrastive_loss(embedding, None if identity is None else torch.tensor(identity), 0.1)
    loss.backward()
    assert loss.item() == pytest.approx(0, abs=1e-9)
    assert embedding.grad is not None
    torch.testing.assert_close(embedding.grad, torch.zeros_like(embedding))


def test_no_rows() -> None:
    embedding = torch.zeros(0, 4, requires_grad=True)
    loss = contrastive_loss(embedding, torch.zeros(0, dtype=torch.int64), 0.1)
    loss.backward()
    assert loss.item() == 0


def test_float32_at_a_low_temperature() -> None:
    embedding = torch.tensor([[1.0, 0], [-1, 0], [1, 0], [1, 0]], requires_grad=True)
    loss = contrastive_loss(embedding, torch.tensor([0, 0, 1, 1]), 0.01)
    loss.backward()
    # Rows 0 and 1 are opposite partners; to row 0 both strangers are equal: 200 + log 2. Row 1 is as far from
    # all: log 3. Rows 2 and 3 have a partner and one stranger alike: log 2 each.
    assert loss.item() == pytest.approx(200 + log(2) + log(3) + 2 * log(2), rel=1e-5)
    assert embedding.grad is not None
    assert embedding.grad.isfinite().all()


def test_many_rows_are_sampled_and_weigh_as_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(contrast, "MOST_ROWS", 10)
    # In turns, so that rows at even distances are still of both objects.
    identity = torch.arange(27) % 2
    embedding = torch.nn.functional.one_hot(identity, 2).double()
    few = contrastive_loss(embedding[:10], identity[:10], 1.0)
    many = contrastive_loss(embedding, identity, 1.0)
    assert few.item() > 0
    sampled = identity[torch.linspace(0, 26, 10).round().long()]
    strangers = [int((sampled != who).sum()) for who in sampled]
    assert many.item() == pytest.approx(2.7 * sum(log(1 + n * exp(-1)) for n in strangers))
