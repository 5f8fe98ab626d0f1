"""Layers as nodes of a NIR graph: which neuron, and in which unit."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

import nir
import numpy as np
from numpy.typing import NDArray

from neuromorph_track.netx.graph import Integers, Layer, Neuron
from neuromorph_track.netx.nir.refused import Refused
from neuromorph_track.netx.validate import MAX_DECAY

# NIR has no neuron with a current and without a leak: so long a time constant rounds to no decay at all.
FOREVER = float(1 << 30)
# A float potential that lies on the threshold by a rounding error does not fire, as it does not on the chip.
HALF_STATE = 1 / 128


@dataclass(frozen=True)
class Units:
    """What the integers of a layer stand for in the file.

    Attributes
    ----------
    neuron : Neuron
        As it behaves: where the layer sums up what a delta encoder sends, without a current.
    state : float
        Integer sum of weights that stands for a potential of 1, a power of two: floats hold that exactly.
    driven : float
        Integer that arrives for an input of 1.
    """

    neuron: Neuron
    state: float
    driven: float = 1.0

    @property
    def has_current(self) -> bool:
        return self.neuron.current_decay < MAX_DECAY

    @property
    def gain(self) -> float:
        """What reaches the potential of an input of 1, with r = 1: frameworks know LIF and LI so alone."""
        leaks = self.neuron.voltage_decay > 0 and not self.has_current
        return self.neuron.voltage_decay / MAX_DECAY if leaks else 1.0

    @property
    def divisor(self) -> float:
        """Integer of a bias of 1. A threshold takes up the gain, the weights of a head have to."""
        return self.state if self.neuron.fires else self.state * self.gain

    @property
    def hint(self) -> float:
        """The scale that :func:`read_nir` needs to find the same integers."""
        return self.divisor / (self.driven * self.gain)

    def weight(self, integers: Integers) -> NDArray[np.float32]:
        return (integers * (self.driven / self.divisor)).astype(np.float32)

    def synapse(self, layer: Layer, input_shape: tuple[int, ...]) -> nir.NIRNode:
        """The node of the layer's weights, and of its bias where neurons have no current.

        NIR's convolutions have a bias per channel: one per neuron is the neurons' leak potential.
        """
        assert layer.weight is not None
        weight = self.weight(layer.weight)
        bias = np.zeros(len(weight), np.float32)
        if layer.bias is not None and layer.bias.ndim < 3 and not self.has_current:
            bias = (bias + layer.bias / self.divisor).astype(np.float32)
        if layer.kind != "conv":
            return nir.Affine(weight, bias)
        return nir.Conv2d(
            input_shape=input_shape[1:],
            weight=weight,
            stride=layer.stride,
            padding=layer.padding,
            dilation=layer.dilation,
            groups=layer.groups,
            bias=bias,
        )

    def population(self, layer: Layer, dt: float) -> nir.NIRNode:
        """The node of the layer's neurons."""
        ones = np.ones(layer.shape)
        common: dict[str, Any] = {"metadata": {"scale": self.hint}}
        if self.neuron.fires:
            above = (self.neuron.threshold + HALF_STATE) * self.gain / self.state
            common |= {"v_threshold": above * ones, "v_reset": 0 * ones}
        if self.has_current:
            return self._cuba(layer, dt, common)
        leak = 0 * ones
        if layer.bias is not None and layer.bias.ndim == 3:
            leak = layer.bias / self.divisor
        if self.neuron.voltage_decay == 0:
            if np.any(leak):
                found = "a bias per neuron, and neurons that do not leak"
                raise Refused(found, "a bias per channel, as NIR has")
            return (nir.IF if self.neuron.fires else nir.I)(r=ones, **common)
        tau = _tau(self.neuron.voltage_decay, dt) * ones
        return (nir.LIF if self.neuron.fires else nir.LI)(tau=tau, r=ones, v_leak=leak, **common)

    def _cuba(self, layer: Layer, dt: float, common: dict[str, Any]) -> nir.NIRNode:
        ones = np.ones(layer.shape)
        tau_syn, tau_mem = (
            _tau(decay, dt) for decay in (self.neuron.current_decay, self.neuron.voltage_decay)
        )
        bias = 0 * ones if layer.spread_bias is None else layer.spread_bias / self.state
        # NIR would drive the current with a bias; the chip drives the potential, as a leak potential does.
        leak = bias * (tau_mem / dt)
        return (nir.CubaLIF if self.neuron.fires else nir.CubaLI)(
            tau_syn=tau_syn * ones,
            tau_mem=tau_mem * ones,
            r=tau_mem / dt * ones,
            v_leak=leak * ones,
            w_in=tau_syn / dt * ones,
            **common,
        )


class Delays(NamedTuple):
    """Steps of what comes into a dense layer, and of what goes out to its neurons."""

    before: NDArray[np.float64] | None = None
    after: NDArray[np.float64] | None = None


def delays(layer: Layer) -> Delays:
    """Delays of a layer as NIR has them, per value of an edge.

    Raises
    ------
    Refused
        When each synapse has its own.
    """
    if layer.delay is None or not np.any(layer.delay):
        return Delays()
    assert layer.weight is not None
    out, inputs = layer.weight.shape[:2]
    if layer.kind == "conv":
        raise Refused("delays of a convolution", "delays of dense layers, the only ones that NetX knows")
    steps = layer.delay.astype(np.float64)
    if steps.size == 1 or steps.shape == (out,):
        # One delay per output wins where both fit, as in lava-dl.
        return Delays(after=np.broadcast_to(steps.reshape(-1), (out,)).copy())
    if steps.shape == (inputs,):
        return Delays(before=steps)
    if np.all(steps == steps[:1]):
        return Delays(before=steps[0])
    if np.all(steps == steps[:, :1]):
        return Delays(after=steps[:, 0])
    raise Refused("a delay of its own for each synapse", "delays per input or per output, as NIR has them")


def _tau(decay: int, dt: float) -> float:
    return dt * (MAX_DECAY / decay if decay else FOREVER)
