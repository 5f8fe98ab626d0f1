"""What every detector that can be trained gives."""

from __future__ import annotations

from typing import NamedTuple, Protocol

from torch import Tensor


class DetectorOutput(NamedTuple):
    """What a clip of pictures made of a network.

    Attributes
    ----------
    raw : (N, C, H', W', F) float
        Head values at the end of each frame.
    sent : tuple of (F,) float
        Of each layer that sends, input first: spikes per neuron in a frame, over the batch. Differentiable
        as far as the neuron's surrogate is.
    features : (N, K, H', W', F) float or None
        What the output layer hears, where another network may learn from it.
    aside : (scalar, dict of float) or None
        A loss beside that of the head, and its terms.
    """

    raw: Tensor
    sent: tuple[Tensor, ...]
    features: Tensor | None = None
    aside: tuple[Tensor, dict[str, float]] | None = None


class Detector(Protocol):
    """A network whose head says what stands in each cell of a grid."""

    @property
    def stride(self) -> int:
        """Pixels per cell."""

    @property
    def classes(self) -> int:
        """Number of classes."""

    def __call__(self, frames: Tensor) -> DetectorOutput:
        """Run a clip, (N, 3, H, W, F) normalised pixels, from a state of zeros."""
