"""Scaling a fresh network so that every layer speaks."""

from __future__ import annotations

import torch
from torch import Tensor

from neuromorph_track.networks.detector import SigmaDeltaDetector


@torch.no_grad()
def scale_to_unit_variance(model: SigmaDeltaDetector, frames: Tensor, spread: float = 1.0) -> list[float]:
    """Set each layer's gain so that its dendrites have standard deviation ``spread``.

    Mean-only batch norm removes the mean and not the variance, so SLAYER's default weights fade
    out after three layers: thresholds stay and activations shrink. This is layer-sequential
    unit-variance initialisation (Mishkin & Matas 2016, arXiv 1511.06422) on the quantised weights.

    Parameters
    ----------
    frames : (N, 3, H, W, T) float
        Normalised pixels of real training pictures.

    Returns
    -------
    list of float
        Standard deviation that each layer had before.
    """
    before = []
    x = model.input(frames)
    for block in model.blocks:
        first = None
        # Quantisation makes the response to the gain uneven: three rounds settle it.
        for _ in range(3):
            deviation = float(torch.cumsum(block.synapse(x), -1).std())
            first = deviation if first is None else first
            block.synapse.weight_g.mul_(spread / max(deviation, 1e-6))
        before.append(float(first or 0.0))
        x = block(x)
    deviation = float(torch.cumsum(model.head(x), -1).std())
    model.head.weight.mul_(spread / max(deviation, 1e-6))
    return [*before, deviation]
