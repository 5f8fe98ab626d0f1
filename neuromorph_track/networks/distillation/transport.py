"""Entropic optimal transport in the log domain, and the divergence made of it."""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor

from neuromorph_track.networks.distillation.ground import DenseGround, Ground
from neuromorph_track.networks.distillation.numbers import in_full

EPSILON = 0.05
# Mass that may lie in the wrong place when the iterations end, of 1.
TOLERANCE = 1e-5
MOST_ITERATIONS = 1000
# Between looks at the tolerance, each of which makes a GPU wait.
STRIDE = 5
# Over-relaxation (Thibault et al. 2017, arXiv 1711.01851): a third of the iterations on maps with far peaks.
# It is not proven to converge from everywhere, so the second half of the iterations goes without.
RELAXATION = 1.5


class Potentials(NamedTuple):
    """Solution of the dual problem.

    Attributes
    ----------
    f : (B, N) float
    g : (B, M) float
        Also where there is no mass: the price of the first crumb put there.
    """

    f: Tensor
    g: Tensor


def distributions(mass: Tensor) -> Tensor:
    """Non-negative mass (..., N), each row divided by its sum; a row without any mass is spread evenly.

    Rows are first divided by their largest, so that neither huge nor tiny masses overflow.
    """
    tiny = torch.finfo(mass.dtype).tiny
    # Not a clamp: an empty cell has a gradient, on every release of PyTorch.
    mass = torch.where(mass >= 0, mass, 0)
    scaled = mass / mass.detach().amax(-1, keepdim=True).clamp(min=tiny)
    total = scaled.sum(-1, keepdim=True)
    return torch.where(total > 0, scaled / total.clamp(min=tiny), 1 / mass.shape[-1])


@in_full
def entropic_cost(a: Tensor, b: Tensor, ground: Ground, epsilon: float = EPSILON) -> Tensor:
    """OT_ε = min over plans P of ⟨P, C⟩ + ε KL(P | a bᵀ), of each pair.

    Parameters
    ----------
    a : (B, N) float
        Distributions.
    b : (B, M) float
    ground : Ground
        Gradients reach the cost of a :class:`DenseGround`.
    epsilon : float
        In units of cost.

    Returns
    -------
    (B,) float

    Notes
    -----
    The gradient is that of the envelope theorem: at the solution it is f for a, g for b and P for C. It is
    exact where the iterations have converged, costs no memory for them, and exists for empty cells, where
    autodiff through a logarithm of mass gives none. For a and b it is one up to a constant, which a change
    that conserves mass does not see. Second derivatives are not those of OT_ε.
    """
    return _value(a, b, ground, potentials(a, b, ground, epsilon), epsilon)


@in_full
def divergence(
    a: Tensor, b: Tensor, ground: Ground, own: tuple[Ground, Ground], epsilon: float = EPSILON
) -> Tensor:
    """OT_ε(a, b) − OT_ε(a, a) / 2 − OT_ε(b, b) / 2 (Feydy et al. 2019, arXiv 1810.08278, eq. 3).

    OT_ε alone is least for an a that is more pointed than b. The divergence is zero for a = b, positive for
    all else, convex, and the squared distance for two points.

    Parameters
    ----------
    a, b, ground, epsilon
        As of :func:`entropic_cost`.
    own : pair of Ground
        Within a, within b.

    Returns
    -------
    (B,) float
    """
    across = _value(a, b, ground, potentials(a, b, ground, epsilon), epsilon)
    halves = [
        _value(mass, mass, within, _within(mass, within, epsilon), epsilon) / 2
        for mass, within in zip((a, b), own, strict=True)
    ]
    return across - halves[0] - halves[1]


@torch.no_grad()
def potentials(a: Tensor, b: Tensor, ground: Ground, epsilon: float = EPSILON) -> Potentials:
    """Sinkhorn's iterations (Cuturi 2013, arXiv 1306.0895) on the logarithms of his scalings.

    f_i = −ε log Σ_j b_j exp((g_j − C_ij) / ε), and g from f alike, until rows and columns have their mass to
    :data:`TOLERANCE`.
    """
    log_a, log_b, back = _log(a), _log(b), ground.turned()
    f, g = torch.zeros_like(a), torch.zeros_like(b)
    for iteration in range(MOST_ITERATIONS):
        wanted = -epsilon * ground.soft(log_b + g / epsilon, epsilon)
        if iteration and iteration % STRIDE == 0 and _settled(a, f - wanted, epsilon):
            break
        over = RELAXATION if 0 < iteration < MOST_ITERATIONS // 2 else 1.0
        f = f + over * (wanted - f)
        g = g + over * (-epsilon * back.soft(log_a + f / epsilon, epsilon) - g)
    # Without relaxation, so that rows have their mass exactly and columns no larger error than rows had.
    g = -epsilon * back.soft(log_a + f / epsilon, epsilon)
    f = -epsilon * ground.soft(log_b + g / epsilon, epsilon)
    return Potentials(f, g)


@torch.no_grad()
def plan_of(a: Tensor, b: Tensor, cost: Tensor, epsilon: float = EPSILON) -> Tensor:
    """The plan (B, N, M): how much of source i goes to sink j."""
    return _plan(a, b, cost, potentials(a, b, DenseGround(cost), epsilon), epsilon)


@torch.no_grad()
def _within(mass: Tensor, ground: Ground, epsilon: float) -> Potentials:
    """Of a distribution with itself: one potential, and its mean with the next converges fast."""
    log_mass, f = _log(mass), torch.zeros_like(mass)
    for iteration in range(MOST_ITERATIONS):
        wanted = -epsilon * ground.soft(log_mass + f / epsilon, epsilon)
        if iteration and iteration % STRIDE == 0 and _settled(mass, f - wanted, epsilon):
            break
        f = (f + wanted) / 2
    return Potentials(wanted, f)


def _settled(mass: Tensor, change: Tensor, epsilon: float) -> bool:
    """Whether the rows of the plan would have their mass if the potential changed no more."""
    return bool(((mass * torch.expm1(change / epsilon)).abs().sum(-1) < TOLERANCE).all())


def _value(a: Tensor, b: Tensor, ground: Ground, found: Potentials, epsilon: float) -> Tensor:
    """The dual's value, of which all but a, b and C is constant."""
    value = (a * found.f).sum(-1) + (b * found.g).sum(-1)
    if isinstance(ground, DenseGround) and ground.cost.requires_grad:
        with torch.no_grad():
            plan = _plan(a, b, ground.cost, found, epsilon)
        # Adds nothing to the value, and P to the gradient.
        value = value + ((ground.cost - ground.cost.detach()) * plan).sum((-2, -1))
    return value


def _plan(a: Tensor, b: Tensor, cost: Tensor, found: Potentials, epsilon: float) -> Tensor:
    pull = (found.f.unsqueeze(-1) + found.g.unsqueeze(-2) - cost) / epsilon
    return (pull + _log(a).unsqueeze(-1) + _log(b).unsqueeze(-2)).exp()


def _log(mass: Tensor) -> Tensor:
    return mass.clamp(min=torch.finfo(mass.dtype).tiny).log()
