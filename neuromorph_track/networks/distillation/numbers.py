"""Losses in float32 at least, whatever a training computes in, and without units."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import wraps
from typing import Any, ParamSpec, TypeVar

import torch
from torch import Tensor

P = ParamSpec("P")
R = TypeVar("R")

# Least variance that an error is compared with, as a share of the mean square: a teacher that hardly varies
# would make its mean the only thing to learn.
LEAST_VARIANCE = 0.01


def in_full(function: Callable[P, R]) -> Callable[P, R]:
    """``function`` without automatic casting, its half-precision arguments as float32.

    Exponents of half-precision numbers would not conserve mass, and an optimiser would follow the rounding.
    """

    @wraps(function)
    def computed(*args: P.args, **kwargs: P.kwargs) -> R:
        device = next(each.device.type for each in _tensors((*args, *kwargs.values())))
        with torch.autocast(device, enabled=False):
            named = {name: raised(each) for name, each in kwargs.items()}
            return function(*map(raised, args), **named)  # type: ignore[arg-type]

    return computed


def raised(value: Any) -> Any:
    """A half-precision tensor, or those of a named tuple, as float32; all else as it is."""
    if isinstance(value, Tensor) and value.dtype in (torch.float16, torch.bfloat16):
        return value.float()
    if isinstance(value, tuple) and hasattr(value, "_fields"):
        return type(value)(*map(raised, value))
    return value


def _tensors(values: Iterable[object]) -> Iterator[Tensor]:
    for value in values:
        if isinstance(value, Tensor):
            yield value
        elif isinstance(value, tuple):
            yield from _tensors(value)


def weighted_mean(values: Tensor, weight: Tensor | None = None) -> Tensor:
    """Mean of all values, each counting ``weight`` of the same shape; where nothing counts it is zero."""
    if weight is None:
        return values.mean()
    return (values * weight).sum() / weight.sum().clamp(min=torch.finfo(values.dtype).tiny)


def unexplained(found: Tensor, wanted: Tensor, weight: Tensor | None = None) -> Tensor:
    """Share of the variance of ``wanted`` that ``found`` leaves: Σ (found − wanted)² / Σ (wanted − mean)².

    Zero for a match. The best constant has 1 and zeros have 1 or more, whatever the scale of the features: a
    constant is no minimum. A teacher of zeros alone teaches nothing.

    Parameters
    ----------
    found, wanted : (M, C) float
        The mean is one per column, over the rows. No gradient goes to ``wanted``.
    weight : (M,) float, optional
        Of each row, in all sums.
    """
    wanted = wanted.detach()
    rows = torch.ones_like(wanted[:, :1]) if weight is None else weight.unsqueeze(1)
    mean = (rows * wanted).sum(0) / rows.sum().clamp(min=torch.finfo(wanted.dtype).tiny)
    variance, square, left = (
        (rows * each.square()).sum() for each in (wanted - mean, wanted, found - wanted)
    )
    scale = torch.maximum(variance, LEAST_VARIANCE * square)
    return torch.where(square > 0, left / scale.clamp(min=torch.finfo(scale.dtype).tiny), left * 0)
