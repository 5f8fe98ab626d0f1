"""Matrices in floats, and what a layer's values are per channel."""

from __future__ import annotations

from dataclasses import dataclass

import nir
import numpy as np
from numpy.typing import NDArray

from neuromorph_track.netx.nir.convention import Floats
from neuromorph_track.netx.nir.refused import Refused

Shape = tuple[int, ...]


@dataclass(frozen=True)
class Dense:
    """A matrix ``(N, M)``, a bias ``(N,)`` and, where spikes travel longer, steps ``(N, M)``."""

    weight: Floats
    bias: Floats
    delay: NDArray[np.int64] | None = None


def matrix_of(node: nir.Affine | nir.Linear, population: Shape | None = None) -> Dense:
    """Weights and bias of an Affine or Linear node, which may feed a ``population`` back to itself."""
    weight = np.asarray(node.weight, np.float64)
    if weight.ndim != 2 or not weight.size:
        raise Refused(f"weights of shape {weight.shape}", "(out, in)")
    if population is not None and (len(population) != 1 or weight.shape != (population[0], population[0])):
        found = f"recurrent weights of shape {weight.shape}"
        raise Refused(found, f"a square of the population's size, {population}")
    bias = getattr(node, "bias", None)
    bias = np.zeros(len(weight)) if bias is None else np.asarray(bias, np.float64).reshape(-1)
    if bias.size not in (1, len(weight)):
        raise Refused(f"a bias of {bias.size} values", f"{len(weight)}, one per neuron")
    return Dense(weight, np.broadcast_to(bias, len(weight)).copy())


def per_channel(values: Floats, name: str, tolerance: float = 1e-6) -> Floats:
    """One value for each channel of ``values (C, H, W)``.

    Raises
    ------
    Refused
        When they differ within a channel.
    """
    if not is_per_channel(values, tolerance):
        raise Refused(f"{name} that differs within a channel", "one value per channel of a convolution")
    return values.reshape(len(values), -1).mean(1)


def is_per_channel(values: Floats, tolerance: float = 1e-6) -> bool:
    """Whether ``values (C, H, W)`` are the same within each channel."""
    flat = values.reshape(len(values), -1)
    mean = flat.mean(1)[:, None]
    return bool(np.all(np.abs(flat - mean) <= tolerance * np.maximum(np.abs(mean), 1e-12)))
