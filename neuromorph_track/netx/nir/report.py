"""What became of a NIR graph: per layer, how far its integers lie from the floats they stand for."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True)
class Rounded:
    """A number that was wanted, and the one that the chip has."""

    wanted: float
    got: int

    @property
    def error(self) -> float:
        return self.got - self.wanted


@dataclass(frozen=True)
class Rounding:
    """What became of a layer's weights and biases.

    Attributes
    ----------
    scale : float
        Integer weight per float weight; one for weights, bias and threshold.
    exact : bool
        Whether every weight was a multiple of ``1 / scale`` already.
    largest_error, rms_error : float
        Of the weights, in units of one integer step: 0.5 is the worst that rounding does.
    clipped : int
        Weights that did not fit into 8 bits.
    bias_error : float
        Largest of the biases, likewise.
    vanished : int
        Weights that became 0 and were not.
    """

    scale: float
    exact: bool = True
    largest_error: float = 0.0
    rms_error: float = 0.0
    clipped: int = 0
    bias_error: float = 0.0
    vanished: int = 0


@dataclass(frozen=True)
class LayerReport:
    """One layer of the network that was made.

    Attributes
    ----------
    name : str
        As in other tables, e.g. ``1 conv``.
    nodes : tuple of str
        The nodes of the graph that it is made of.
    rounding : Rounding
    threshold : Rounded or None
        ``None`` for neurons that do not spike.
    current_decay, voltage_decay : Rounded
        4096ths that a state loses per step.
    largest_sum : float
        Largest sum of weights that one step of input can bring, as a share of the 24 bits of the
        current; from 1 on it can wrap.
    """

    name: str
    nodes: tuple[str, ...]
    rounding: Rounding
    threshold: Rounded | None
    current_decay: Rounded
    voltage_decay: Rounded
    largest_sum: float


@dataclass(frozen=True)
class NirReport:
    """All that a user should know before trusting the network.

    Attributes
    ----------
    convention : str
    dt : float
        The timestep that the time constants were read with.
    layers : tuple of LayerReport
    warnings : tuple of str
        Where the network does something else than the graph says, and when that matters.
    input : str
        What the network is fed.
    membrane_scale : float or None
        What one unit of the membrane of a last layer that does not spike stands for.
    """

    convention: str
    dt: float
    layers: tuple[LayerReport, ...]
    warnings: tuple[str, ...]
    input: str
    membrane_scale: float | None = None

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return asdict(self)
