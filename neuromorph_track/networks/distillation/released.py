"""A CONTROL, faulty on purpose: the losses of HAD's released code, for comparison alone.

What the code of arXiv 2510.19560 computes is not what its paper describes. These are its formulas, written
from their description (``docs/had.md``); every fault is kept, named here, and shown by a test. For what the
paper means see :mod:`neuromorph_track.networks.distillation.hierarchy`.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from neuromorph_track.errors import InputError
from neuromorph_track.networks.distillation.hierarchy import Widths
from neuromorph_track.networks.distillation.numbers import in_full
from neuromorph_track.networks.distillation.views import View

TEMPERATURE = 2.0
EPSILON, ITERATIONS, GUARD = 0.01, 100, 1e-8
ALPHA, BETA = 2.0, 4.0
# Its factors.
WEIGHTS = {"similarity": 10.0, "feature": 1.0, "response": 1.0, "transport": 3.0, "temporal": 10.0}
# A score of 0 or 1 has no logarithm.
LEAST_SCORE = 1e-4


@in_full
def released_response(found: Tensor, wanted: Tensor) -> Tensor:
    """Focal loss of half the student's scores with half the teacher's as its Gaussian.

    Fault: a focal loss has its positives where the target is 1, and half a score never is. What is left
    pushes every score down; its minimum is a student that is silent, whatever the teacher says.

    Parameters
    ----------
    found, wanted : (N, H, W) float
        Scores between 0 and 1.

    Returns
    -------
    scalar
    """
    chance = (found / TEMPERATURE).clamp(LEAST_SCORE, 1 - LEAST_SCORE)
    target = wanted.detach() / TEMPERATURE
    positive = (target == 1).to(chance.dtype)
    hit = chance.log() * (1 - chance) ** ALPHA * positive
    miss = (1 - chance).log() * chance**ALPHA * (1 - target) ** BETA * (1 - positive)
    return -(hit + miss).sum() / positive.sum().clamp(min=1)


@in_full
def released_transport(found: Tensor, wanted: Tensor) -> Tensor:
    """Sinkhorn's iterations with each map as the only point of its set.

    Faults: a map of H W scores is read as one point with H W coordinates, so that the cost is one number, the
    distance between two softmaxes of scores over 2, and the plan is 1: nothing is moved, and a peak two cells
    off costs nearly what one eight cells off does. The kernel is not in the log domain: at distances from 0.5
    it underflows, and loss and gradient vanish.

    Parameters
    ----------
    found, wanted : (N, H, W) float
        Scores between 0 and 1.

    Returns
    -------
    scalar
    """
    student, teacher = (
        (each.flatten(1) / TEMPERATURE).softmax(1).unsqueeze(1) for each in (found, wanted.detach())
    )
    return kernel_transport(torch.cdist(student, teacher)).mean()


def kernel_transport(cost: Tensor) -> Tensor:
    """⟨P, C⟩ (N,) of uniform masses over costs (N, A, B), with the guard that makes it lose mass."""
    kernel = (-cost / EPSILON).exp()
    rows, columns = (cost.new_full((len(cost), count), 1 / count) for count in cost.shape[1:])
    u, v = torch.ones_like(rows), torch.ones_like(columns)
    for _ in range(ITERATIONS):
        u = rows / (torch.einsum("nab,nb->na", kernel, v) + GUARD)
        v = columns / (torch.einsum("nab,na->nb", kernel, u) + GUARD)
    return (u.unsqueeze(2) * kernel * v.unsqueeze(1) * cost).sum((1, 2))


def tiled(tokens: Tensor, count: int) -> Tensor:
    """Tokens (N, L, C) repeated until there are ``count``.

    Fault: a teacher's tokens are those of the template in both modalities, then those of the search crop in
    both; [z, x, z, x] is not [z, z, x, x], and only the first z and the last x meet their own.

    Raises
    ------
    InputError
        When ``count`` is no multiple of L.
    """
    times, rest = divmod(count, tokens.shape[1])
    if rest or not times:
        raise InputError("tokens", "number", str(count), f"a multiple of the student's {tokens.shape[1]}")
    return tokens.repeat(1, times, 1)


@in_full
def released_feature(found: Tensor, wanted: Tensor) -> Tensor:
    """Mean squared difference of the teacher's tokens (N, L', C) from the student's (N, L, C), tiled."""
    return F.mse_loss(tiled(found, wanted.shape[1]), wanted.detach())


@in_full
def released_similarity(found: Tensor, wanted: Tensor) -> Tensor:
    """Mean distance between rows of attention, (N, L, L) tiled both ways and (N, L', L').

    Fault: rows of the tiled one sum to 2 where the teacher has twice the tokens, so that not even the right
    attention is a minimum of zero.
    """
    times = wanted.shape[1] // found.shape[1]
    return (found.repeat(1, times, times) - wanted.detach()).norm(dim=-1).mean()


def attention(tokens: Tensor) -> Tensor:
    """Softmax of the scaled products of tokens (N, L, C), for networks that have none of their own."""
    return (tokens @ tokens.mT / tokens.shape[2] ** 0.5).softmax(-1)


class ReleasedGru(nn.Module):
    """Two GRUs over the tokens of one picture, never trained.

    Faults: their sequence is space, so that they know nothing of time; the optimiser is not given them, so
    that two random projections, of different widths, are asked to agree. Here too they need no gradient.

    Parameters
    ----------
    channels : int
    student_hidden, teacher_hidden : int
    """

    def __init__(self, channels: int, student_hidden: int = 256, teacher_hidden: int = 512) -> None:
        super().__init__()
        self.student = nn.GRU(channels, student_hidden, batch_first=True)
        self.teacher = nn.GRU(channels, teacher_hidden, batch_first=True)
        self.student_out = nn.Linear(student_hidden, channels)
        self.teacher_out = nn.Linear(teacher_hidden, channels)
        self.requires_grad_(False)

    @in_full
    def forward(self, found: Tensor, wanted: Tensor) -> Tensor:
        """Mean squared difference of the last outputs, of tokens (N, L, C) and (N, L', C)."""
        said = self.student_out(self.student(tiled(found, wanted.shape[1]))[0][:, -1])
        asked = self.teacher_out(self.teacher(wanted.detach())[0][:, -1])
        return F.mse_loss(said, asked)


class ReleasedDistillation(nn.Module):
    """All of them with the released factors, in the place of a :class:`Distillation`.

    Levels of a view are its parts in the released order, e.g. a teacher's (template RGB, template events,
    search RGB, search events) and a student's (template, search); all parts have the same channels. Where
    these differ between teacher and student, the student's are projected, which the released networks do not
    need.

    Parameters
    ----------
    widths : Widths

    Raises
    ------
    InputError
        For parts of unequal channels.
    """

    def __init__(self, widths: Widths) -> None:
        super().__init__()
        if len(set(widths.student)) != 1 or len(set(widths.teacher)) != 1:
            found = f"{widths.student} and {widths.teacher} channels"
            raise InputError("distillation", "levels", found, "parts of equal channels")
        student, teacher = widths.student[0], widths.teacher[0]
        self.projection = nn.Identity() if student == teacher else nn.Linear(student, teacher)
        self.gru = ReleasedGru(teacher)

    def forward(self, student: View, teacher: View) -> tuple[Tensor, dict[str, float]]:
        """As :meth:`Distillation.forward`."""
        found, wanted = self.projection(_tokens(student)), _tokens(teacher)
        scores = student.score.sigmoid(), teacher.score.sigmoid()
        terms = {
            "similarity": released_similarity(attention(found), attention(wanted)),
            "feature": released_feature(found, wanted),
            "response": released_response(*scores),
            "transport": released_transport(*scores),
            "temporal": self.gru(found, wanted),
        }
        loss = torch.stack([WEIGHTS[name] * term for name, term in terms.items()]).sum()
        return loss, {name: float(term.detach()) for name, term in terms.items()}


def _tokens(view: View) -> Tensor:
    """All levels' cells, one level after the other, (N, L, C)."""
    return torch.cat([maps.flatten(2).mT for maps in view.features], 1)
