"""A network as a chain of integer layers, the way a `.net` file holds it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from neuromorph_track.netx.contract import RunContract

Integers = NDArray[np.int32]
NeuronKind = Literal["delta", "sigma_delta", "sigma", "cuba", "ilif", "rf", "rf_iz"]
# The membrane potential of CUBA neurons is clipped one unit below it.
LARGEST_THRESHOLD = 1 << 17
# What 8 bits of payload can tell.
MOST_LEVELS = 255
LayerKind = Literal["input", "conv", "dense", "dense_rec", "flatten", "average"]


@dataclass(frozen=True)
class Neuron:
    """Dynamics of a layer's neurons, in the integers of the file.

    Attributes
    ----------
    kind : str
        ``delta`` (SDNN in an input layer), ``sigma_delta``, ``sigma`` (SDNN head that only
        accumulates), ``cuba``, ``ilif`` (integer LIF), ``rf`` or ``rf_iz``.
    netx_type : str
        The type as the file spells it, e.g. ``SDNN`` or ``LOIHI``.
    threshold : int
        ``vThMant``; 0 where the kind has none.
    current_decay, voltage_decay : int
        ``iDecay`` and ``vDecay`` of ``cuba``: the state keeps ``(4096 - decay) / 4096`` per step. Of
        ``ilif`` there is ``vDecay`` alone.
    levels : int
        Largest spike of ``ilif``, 1 to 255; 0 for other kinds.
    message_bits : int or None
        Payload bits of a spike where the file says so.
    extra : mapping
        Other scalars of the file (``refDelay``, ``tauRho``, ``sinDecay`` ...), kept for writing.
    """

    kind: NeuronKind
    netx_type: str
    threshold: int = 0
    current_decay: int = 0
    voltage_decay: int = 0
    message_bits: int | None = None
    extra: Mapping[str, bool | int | float | str] = field(default_factory=dict)
    levels: int = 0

    @property
    def sends_changes(self) -> bool:
        """Whether spikes are changes that receivers add up (the sigma-delta family), with a binary point."""
        return self.kind in ("delta", "sigma_delta", "sigma")

    @property
    def graded(self) -> bool:
        """Whether spikes carry a payload or are binary."""
        return self.sends_changes or self.levels > 1

    @property
    def fires(self) -> bool:
        """Whether it ever sends a spike: sigma heads do not, nor CUBA neurons at the largest threshold."""
        return self.kind != "sigma" and not (self.kind == "cuba" and self.threshold >= LARGEST_THRESHOLD)

    @property
    def output_message_bits(self) -> int:
        """Payload bits of an outgoing spike; NetX's 16 for SDNN, what ``levels`` need, 0 for binary ones."""
        if self.message_bits is not None:
            return self.message_bits
        if self.kind == "ilif":
            return self.levels.bit_length() if self.graded else 0
        return 16 if self.graded else 0


@dataclass(frozen=True)
class Layer:
    """One layer; the arrays that its kind does not have are ``None``.

    Attributes
    ----------
    kind : str
        ``input``, ``conv``, ``dense``, ``dense_rec``, ``flatten`` or ``average``.
    shape : tuple of int
        ``(C, H, W)`` or ``(N,)``.
    neuron : Neuron or None
        ``None`` for ``flatten``, ``average`` and inputs that only name a shape.
    weight : int32 array or None
        Conv ``(C_out, C_in / groups, kH, kW)``, dense ``(N_out, N_in)``; an input layer's scalar
        gain has shape ``()``. A cross-correlation, as in PyTorch.
    weight_imag : int32 array or None
        Imaginary part of the complex dense synapses that resonate-and-fire neurons have.
    weight_rec : int32 ``(N, N)`` or None
        Recurrent weights of ``dense_rec``.
    bias : int32 array or None
        Conv: ``(C,)`` per channel or ``(C, H, W)`` per neuron; dense: per neuron; shape ``()`` for an
        input layer.
    delay : int32 array or None
        Steps: ``(N_out,)``, ``(N_in,)`` or ``(N_out, N_in)``.
    stride, padding, dilation : (int, int)
        Vertical, horizontal.
    groups : int
    """

    kind: LayerKind
    shape: tuple[int, ...]
    neuron: Neuron | None = None
    weight: Integers | None = None
    weight_imag: Integers | None = None
    weight_rec: Integers | None = None
    bias: Integers | None = None
    delay: Integers | None = None
    stride: tuple[int, int] = (1, 1)
    padding: tuple[int, int] = (0, 0)
    dilation: tuple[int, int] = (1, 1)
    groups: int = 1

    @property
    def neurons(self) -> int:
        return int(np.prod(self.shape))

    @property
    def has_synapses(self) -> bool:
        return self.kind in ("conv", "dense", "dense_rec")

    @property
    def spread_bias(self) -> Integers | None:
        """The bias of neurons behind synapses, to broadcast: (C, 1, 1), (C, H, W) or (N,)."""
        if self.bias is None or not self.has_synapses:
            return None
        if self.bias.ndim == len(self.shape):
            return self.bias
        return self.bias.reshape(-1, *[1] * (len(self.shape) - 1))


@dataclass(frozen=True, repr=False)
class Network:
    """A chain of layers, and how to run it.

    Attributes
    ----------
    layers : tuple of Layer
    source : str
        The file it came from, for messages.
    contract : RunContract or None
        What a `.net` of ours says about its input, head and classes; ``None`` in a plain NetX file.
    """

    layers: tuple[Layer, ...]
    source: str = "network"
    contract: RunContract | None = None

    @property
    def input_shape(self) -> tuple[int, ...]:
        """Shape of what is fed: the input layer's, or what the first synapses expect."""
        first = self.layers[0]
        if first.kind == "input":
            return first.shape
        assert first.weight is not None
        return (first.weight.shape[1],)

    @property
    def output_shape(self) -> tuple[int, ...]:
        return self.layers[-1].shape

    def __repr__(self) -> str:
        from neuromorph_track.netx.notebook import network_text

        return network_text(self)

    def _repr_html_(self) -> str:
        from neuromorph_track.netx.notebook import network_html

        return network_html(self)

    def name(self, index: int) -> str:
        """The layer's name in tables and activity, e.g. ``3 conv``."""
        return f"{index} {self.layers[index].kind}"


def sends_changes(network: Network) -> bool:
    """Whether a chain has neurons whose receivers add up what they send."""
    return any(layer.neuron is not None and layer.neuron.sends_changes for layer in network.layers)
