"""What every term of a distillation must have, to be asked of ours and of the released ones alike."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

MapLoss = Callable[[Tensor, Tensor], Tensor]

SIDE = 16
BACKGROUND, PEAK = -4.6, 3.0


def peak_at(row: int, column: int, side: int = SIDE, height: float = PEAK) -> Tensor:
    """Logits (1, side, side) of one object."""
    logits = torch.full((1, side, side), BACKGROUND)
    logits[0, row, column] = height
    return logits


def least_at_the_teacher(loss: MapLoss, teacher: Tensor, seed: int = 0) -> bool:
    """Whether nothing near and nothing silent or constant is better than the teacher's own answer."""
    generator = torch.Generator().manual_seed(seed)
    own = loss(teacher, teacher).item()
    others = [
        teacher + size * torch.randn(teacher.shape, generator=generator) for size in (0.01, 0.1, 1.0, 1.0)
    ]
    others += [torch.zeros_like(teacher), torch.full_like(teacher, -20.0), teacher.mean().expand_as(teacher)]
    return all(loss(other, teacher).item() > own for other in others)


def steps_lead_there(
    loss: MapLoss,
    student: Tensor,
    teacher: Tensor,
    rate: float,
    seen: Callable[[Tensor], Tensor] = torch.clone,
) -> bool:
    """Whether twenty steps down the gradient come nearer, by the loss and by what is ``seen``."""
    moved = student.clone().requires_grad_()
    first = loss(moved, teacher)
    for _ in range(20):
        (slope,) = torch.autograd.grad(loss(moved, teacher).sum(), moved)
        moved = (moved - rate * slope).detach().requires_grad_()
    far, near = ((seen(each) - seen(teacher)).norm() for each in (student, moved))
    return bool(near < 0.95 * far) and loss(moved, teacher).item() < 0.95 * first.item()


def raises_the_peak(loss: MapLoss, teacher: Tensor) -> bool:
    """Whether a student that says the same everywhere is told to say more where the teacher says most."""
    student = torch.full_like(teacher, -1.0).requires_grad_()
    loss(student, teacher).sum().backward()
    assert student.grad is not None
    slope = student.grad.flatten()
    return bool(slope[teacher.argmax()] < 0) and bool(slope.argmin() == teacher.argmax())


def tells_how_far(loss: MapLoss) -> bool:
    """Whether a peak eight cells off costs at least twice what one two cells off does."""
    teacher = peak_at(8, 4)
    near, far = (loss(peak_at(8, 4 + cells), teacher).item() for cells in (2, 8))
    return far > 2 * near > 0
