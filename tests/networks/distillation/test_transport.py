"""Optimal transport: against POT, by hand, by finite differences, and where it must stay a number."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor

from neuromorph_track.networks.distillation.ground import (
    DenseGround,
    Distance,
    extent_of,
    grid_cost,
    grid_ground,
)
from neuromorph_track.networks.distillation.transport import (
    EPSILON,
    distributions,
    divergence,
    entropic_cost,
    plan_of,
)

SIZES = ((4, 5), (3, 6))
EXTENT = extent_of(SIZES[0])


def masses(spread: float, seed: int = 0, pairs: int = 3) -> tuple[Tensor, Tensor]:
    generator = torch.Generator().manual_seed(seed)
    a, b = (
        (torch.randn(pairs, h * w, generator=generator, dtype=torch.float64) * spread).softmax(1)
        for h, w in SIZES
    )
    return a, b


def pot_cost(a: Tensor, b: Tensor, cost: Tensor, epsilon: float = EPSILON, grad: str = "detach") -> Tensor:
    """⟨P, C⟩ + ε KL(P | a bᵀ) of the plan that POT finds."""
    ot = pytest.importorskip("ot", reason="needs POT")
    costs = cost.expand(len(a), -1, -1)
    found = ot.solve_batch(
        costs, epsilon, a, b, max_iter=3000, tol=1e-12, method="log_sinkhorn", grad=grad
    ).plan
    entropy = (found * (found / (a.unsqueeze(2) * b.unsqueeze(1))).log()).sum((1, 2))
    return (found * cost).sum((1, 2)) + epsilon * entropy


@pytest.mark.parametrize("distance", ["squared", "plain"])
@pytest.mark.parametrize("spread", [0.3, 3.0])
def test_values_are_those_of_pot(distance: Distance, spread: float) -> None:
    a, b = masses(spread)
    cost = grid_cost(*SIZES, EXTENT, distance, a)
    expected = pot_cost(a, b, cost)
    for ground in (grid_ground(*SIZES, EXTENT, distance, a), DenseGround(cost)):
        torch.testing.assert_close(entropic_cost(a, b, ground), expected, rtol=0, atol=1e-9)
        short = entropic_cost(a.float(), b.float(), grid_ground(*SIZES, EXTENT, distance, a.float()))
        torch.testing.assert_close(short.double(), expected, rtol=0, atol=1e-5)


def test_plans_are_those_of_pot() -> None:
    ot = pytest.importorskip("ot", reason="needs POT")
    a, b = masses(2.0)
    cost = grid_cost(*SIZES, EXTENT, "squared", a)
    for row in range(len(a)):
        expected = ot.solve(cost, a[row], b[row], reg=EPSILON, max_iter=5000, tol=1e-12).plan
        torch.testing.assert_close(plan_of(a, b, cost)[row], expected, rtol=0, atol=1e-5)


def test_with_little_entropy_it_costs_what_moving_costs() -> None:
    ot = pytest.importorskip("ot", reason="needs POT")
    a, b = masses(2.0)
    cost = grid_cost(*SIZES, EXTENT, "squared", a)
    plan = plan_of(a, b, cost, 0.005)
    for row in range(len(a)):
        exact = float(ot.emd2(a[row].numpy(), b[row].numpy(), cost.numpy()))
        assert float((plan[row] * cost).sum()) == pytest.approx(exact, rel=0.01)


def test_gradients_are_those_of_pot_through_its_iterations() -> None:
    cost = grid_cost(*SIZES, EXTENT, "squared", torch.zeros((), dtype=torch.float64))
    logits = [mass.log().requires_grad_() for mass in masses(1.0)]
    costs = cost.clone().requires_grad_()
    slopes = []
    for loss in (
        lambda a, b: pot_cost(a, b, costs, grad="autodiff"),
        lambda a, b: entropic_cost(a, b, DenseGround(costs)),
    ):
        a, b = (each.softmax(1) for each in logits)
        slopes.append(torch.autograd.grad(loss(a, b).sum(), (*logits, costs)))
    for ours, theirs in zip(*slopes, strict=True):
        torch.testing.assert_close(ours, theirs, rtol=1e-3, atol=1e-6)


@pytest.mark.parametrize("distance", ["squared", "plain"])
def test_gradients_are_those_of_finite_differences(distance: Distance) -> None:
    generator = torch.Generator().manual_seed(3)
    sizes = ((2, 3), (2, 2))
    logits = [
        torch.randn(2, h * w, generator=generator, dtype=torch.float64).requires_grad_() for h, w in sizes
    ]
    extra = torch.rand(2, 6, 4, generator=generator, dtype=torch.float64).requires_grad_()
    extent = extent_of(sizes[0])
    own = tuple(grid_ground(size, size, extent, distance, extra) for size in sizes)
    cost = grid_cost(*sizes, extent, distance, extra)

    def on_grid(*logits: Tensor) -> Tensor:
        a, b = (each.softmax(1) for each in logits)
        return divergence(a, b, grid_ground(*sizes, extent, distance, a), (own[0], own[1]), 0.1)

    def of_costs(extra: Tensor, *logits: Tensor) -> Tensor:
        a, b = (each.softmax(1) for each in logits)
        return entropic_cost(a, b, DenseGround(cost + extra), 0.1)

    assert torch.autograd.gradcheck(on_grid, tuple(logits), eps=1e-5, atol=1e-4)
    assert torch.autograd.gradcheck(of_costs, (extra, *logits), eps=1e-5, atol=1e-4)


def test_by_hand() -> None:
    """From one point to two, and half of the mass is where it was: a plan has no choice.

    ⟨P, C⟩ is half of the cost, and P = a bᵀ has no entropy. Of (1/2, 1/2) with itself, with k = exp(−C / ε):
    the plan is proportional to ((1, k), (k, 1)).
    """
    a, b = torch.tensor([[1.0, 0.0]]).double(), torch.tensor([[0.5, 0.5]]).double()
    cost = torch.tensor([[0.0, 0.3], [0.3, 0.0]]).double()
    ground, epsilon = DenseGround(cost), 0.2
    assert entropic_cost(a, b, ground, epsilon).item() == pytest.approx(0.15)
    stay, go = (1 / (1 + np.exp(sign * 0.3 / epsilon)) for sign in (-1, 1))
    within = go * 0.3 + epsilon * (stay * np.log(2 * stay) + go * np.log(2 * go))
    assert entropic_cost(b, b, ground, epsilon).item() == pytest.approx(within, abs=1e-6)
    apart = divergence(a, b, ground, (ground, ground), epsilon)
    assert apart.item() == pytest.approx(0.15 - within / 2, abs=1e-6)


@pytest.mark.parametrize("distance", ["squared", "plain"])
def test_two_points_are_their_distance_apart(distance: Distance) -> None:
    """Over the whole map: what a loss that reads a map as one point cannot tell."""
    size = (8, 8)
    points = torch.eye(64)
    ground = grid_ground(size, size, (1.0, 1.0), distance, points)
    y, x = np.divmod(np.arange(64), 8) / np.float64(8)
    squared = (y[:, None] - y) ** 2 + (x[:, None] - x) ** 2
    expected = torch.from_numpy(squared if distance == "squared" else np.sqrt(squared)).float()
    for place in (0, 29, 62):
        found = divergence(points, points[place].expand(64, -1), ground, (ground, ground))
        torch.testing.assert_close(found, expected[place], rtol=1e-4, atol=1e-5)


@st.composite
def heaps(draw: st.DrawFn) -> Tensor:
    """Masses of 36 cells that range over more than numbers of single precision do."""
    kind = draw(st.sampled_from(["point", "two", "powers", "even", "tiny", "huge"]))
    seed = draw(st.integers(0, 10_000))
    generator = np.random.default_rng(seed)
    if kind == "point":
        mass = np.eye(36)[generator.integers(36)]
    elif kind == "two":
        mass = np.full(36, 1e-12)
        mass[generator.choice(36, 2, replace=False)] = generator.uniform(0.1, 1, 2)
    elif kind == "powers":
        mass = 10.0 ** generator.uniform(-44, 0, 36)
    elif kind == "even":
        mass = generator.uniform(0.9, 1, 36)
    else:
        mass = generator.random(36) * (1e-38 if kind == "tiny" else 1e38)
    return torch.from_numpy(mass).float()


@settings(deadline=None, max_examples=30)
@given(st.lists(heaps(), min_size=2, max_size=2), st.sampled_from(["squared", "plain"]))
def test_mass_is_conserved_and_all_stays_a_number(pair: list[Tensor], distance: Distance) -> None:
    logits = [heap.unsqueeze(0).clone().requires_grad_() for heap in pair]
    a, b = (distributions(each) for each in logits)
    ground = grid_ground((6, 6), (6, 6), (1.0, 1.0), distance, a)
    plan = plan_of(a, b, grid_cost((6, 6), (6, 6), (1.0, 1.0), distance, a))
    assert (plan.sum(2) - a).abs().sum().item() < 1e-4
    assert (plan.sum(1) - b).abs().sum().item() < 1e-4
    loss = divergence(a, b, ground, (ground, ground))
    assert -1e-5 < loss.item() < 2
    slopes = torch.autograd.grad(loss.sum(), (a, b))
    assert all(bool(torch.isfinite(slope).all()) for slope in slopes)


def test_an_empty_cell_is_told_what_a_crumb_there_costs() -> None:
    """The point lies left, the teacher's right: the gradient falls from left to right, over empty cells."""
    a = torch.tensor([[1.0, 0, 0, 0]], requires_grad=True)
    b = torch.tensor([[0.0, 0, 0, 1]])
    ground = grid_ground((1, 4), (1, 4), (0.25, 1.0), "squared", b)
    divergence(a, b, ground, (ground, ground)).sum().backward()
    assert a.grad is not None
    assert (a.grad[0].diff() < 0).all()


@pytest.mark.parametrize("dtype", [torch.bfloat16, torch.float16])
def test_automatic_casting_does_not_coarsen_it(dtype: torch.dtype) -> None:
    a, b = (mass.float() for mass in masses(2.0))
    ground = grid_ground(*SIZES, EXTENT, "squared", a)
    expected = entropic_cost(a, b, ground)
    # The CPU of torch 2.3 casts to bfloat16 alone; the inputs are of either kind.
    with torch.autocast("cpu", dtype=torch.bfloat16):
        assert torch.equal(entropic_cost(a, b, ground), expected)
        short = entropic_cost(a.to(dtype), b.to(dtype), ground)
    assert short.dtype == torch.float32
    torch.testing.assert_close(short, expected, rtol=0.05, atol=1e-3)


def test_distributions_sum_to_one() -> None:
    mass = torch.tensor([[0.0, 0, 0], [1e-40, 0, 0], [3e38, 3e38, 0], [-1, 1, 3]])
    expected = torch.tensor([[1 / 3] * 3, [1, 0, 0], [0.5, 0.5, 0], [0, 0.25, 0.75]])
    torch.testing.assert_close(distributions(mass).sum(1), torch.ones(4))
    torch.testing.assert_close(distributions(mass)[[0, 2, 3]], expected[[0, 2, 3]])


@pytest.mark.parametrize("sizes", [((3, 4), (3, 4)), ((3, 4), (6, 8)), ((2, 5), (3, 3))])
def test_both_ways_of_summing_over_a_grid_agree(sizes: tuple[tuple[int, int], tuple[int, int]]) -> None:
    values = torch.randn(2, sizes[1][0] * sizes[1][1], dtype=torch.float64)
    extent = extent_of(sizes[0])
    fast = grid_ground(*sizes, extent, "squared", values)
    slow = DenseGround(grid_cost(*sizes, extent, "squared", values))
    torch.testing.assert_close(fast.soft(values, 0.1), slow.soft(values, 0.1))
    back = torch.randn(2, sizes[0][0] * sizes[0][1], dtype=torch.float64)
    torch.testing.assert_close(fast.turned().soft(back, 0.1), slow.turned().soft(back, 0.1))


def test_distances_on_a_grid_by_hand() -> None:
    """2 x 4 cells, each a quarter wide: a step is 1/4, the diagonal of three and one is √10 / 4."""
    cost = grid_cost((2, 4), (2, 4), extent_of((2, 4)), "plain", torch.zeros(()))
    assert cost[0].tolist() == pytest.approx([0, 0.25, 0.5, 0.75, 0.25, 2**0.5 / 4, 5**0.5 / 4, 10**0.5 / 4])
    coarse = grid_cost((2, 4), (1, 2), extent_of((2, 4)), "squared", torch.zeros(()))
    assert coarse[0].tolist() == pytest.approx([2 / 64, 26 / 64])
