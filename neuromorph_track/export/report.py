"""What an export lost: weights clipped to 8 bits, and the error of rounding them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from neuromorph_track.netx import Network

Floats = NDArray[np.float64]
# SLAYER rounds to even integers.
STEP = 2


@dataclass(frozen=True)
class Rounding:
    """Floats against the integers that stand for them.

    Attributes
    ----------
    values : int
    clipped : int
        How many are further from their integer than rounding to an even one takes them.
    largest_error, rms_error : float
        Of float minus integer / scale, in the floats' own unit; clipping is part of it.
    """

    values: int
    clipped: int
    largest_error: float
    rms_error: float

    @classmethod
    def of(cls, floats: Floats, integers: NDArray[np.int32] | Floats, scale: float) -> Rounding:
        """Compare arrays of one shape; an integer stands for itself divided by ``scale``."""
        error = floats - integers / scale
        return cls(
            values=int(floats.size),
            clipped=int(np.count_nonzero(np.abs(error) * scale > STEP / 2)),
            largest_error=float(np.abs(error).max()),
            rms_error=float(np.sqrt(np.mean(error**2))),
        )

    @property
    def clipped_share(self) -> float:
        return self.clipped / self.values

    def to_dict(self) -> dict[str, float]:
        return {**asdict(self), "clipped_share": self.clipped_share}


@dataclass(frozen=True)
class LayerReport:
    """One layer with synapses.

    Attributes
    ----------
    layer : str
        Its name in tables, e.g. ``3 conv``.
    block : str
        Where it came from, e.g. ``blocks.2 (cuba.Conv)``.
    weights : Rounding
        Recurrent weights included.
    bias : Rounding or None
        None where the layer has no bias.
    notes : tuple of str
        What a user of this layer should know.
    """

    layer: str
    block: str
    weights: Rounding
    bias: Rounding | None = None
    notes: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        return {
            "layer": self.layer,
            "block": self.block,
            "weights": self.weights.to_dict(),
            "bias": None if self.bias is None else self.bias.to_dict(),
            "notes": list(self.notes),
        }


@dataclass(frozen=True)
class ExportReport:
    """All layers with synapses, and what concerns the whole network."""

    layers: tuple[LayerReport, ...]
    notes: tuple[str, ...] = ()

    @property
    def clipped(self) -> int:
        """Weights and biases that 8 bits cut, over all layers."""
        roundings: Sequence[Rounding | None] = [
            rounding for layer in self.layers for rounding in (layer.weights, layer.bias)
        ]
        return sum(rounding.clipped for rounding in roundings if rounding is not None)

    def to_dict(self) -> dict[str, Any]:
        return {
            "clipped": self.clipped,
            "layers": [layer.to_dict() for layer in self.layers],
            "notes": list(self.notes),
        }


class Export(NamedTuple):
    """A network of integer layers, and what became of the floats it was made from."""

    network: Network
    report: ExportReport
