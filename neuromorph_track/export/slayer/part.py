"""What arrives at a block, and what becomes of the block."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from neuromorph_track.export.report import Rounding
from neuromorph_track.export.slayer.site import Site
from neuromorph_track.netx import Layer
from neuromorph_track.netx.graph import Integers

# ``fed`` comes from the user; ``values`` are read by the host and go to no further layer.
Messages = Literal["fed", "spikes", "graded", "values"]
Reading = Literal["output", "membrane"]


@dataclass(frozen=True)
class Arriving:
    """What the block before sends.

    Attributes
    ----------
    shape : tuple of int
        SLAYER's: ``(C, H, W)`` or ``(N,)``; ``(N, 1, 1)`` is possible for dense blocks too.
    is_map : bool
        Whether the layer before has three axes in NetX.
    messages : str
    """

    shape: tuple[int, ...]
    is_map: bool
    messages: Messages


@dataclass(frozen=True)
class Part:
    """A block as layers of a network.

    Attributes
    ----------
    site : Site
    layers : tuple of Layer
        The last one is the block's own; none where a flatten has nothing to do.
    sends : Arriving
    is_late : bool
        Whether SLAYER delays what the block sends by one step (``delay_shift``).
    axon_delay : int32 (neurons,) or None
        Steps by which each neuron's spikes are delayed on top of that.
    unit : float
        Integers that stand for one of SLAYER's units in what the layer sends.
    reading : str
        Where the values of the layer are: what it sends, or its membrane.
    fed_unit : int
        Of an input layer: integers per unit of what it is fed.
    gain, offset : float, int
        Of an input layer: for ``x`` in SLAYER the host feeds ``gain * x + offset``, in integers.
    weights, bias : Rounding or None
    notes : tuple of str
    """

    site: Site
    layers: tuple[Layer, ...]
    sends: Arriving
    is_late: bool = False
    axon_delay: Integers | None = None
    unit: float = 1.0
    reading: Reading = "output"
    fed_unit: int = 1
    gain: float = 1.0
    offset: int = 0
    weights: Rounding | None = None
    bias: Rounding | None = None
    notes: tuple[str, ...] = ()

    @property
    def layer(self) -> Layer | None:
        return self.layers[-1] if self.layers else None


def has_neurons(part: Part) -> bool:
    """Whether the block has neurons on the chip; a flatten and an input that names a shape have none."""
    return part.layer is not None and part.layer.neuron is not None
