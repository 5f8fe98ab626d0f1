"""Integer LIF neurons, written out from the equations of docs/smtrack.md in Python's own integers."""

from __future__ import annotations

import numpy as np

from neuromorph_track.netx import Layer
from tests.backends.lava_reference import bias_of


class IntegerLif:
    """The neurons of a layer; ``v`` lies in the layer's shape."""

    def __init__(self, layer: Layer) -> None:
        self.neuron = layer.neuron
        self.bias = np.zeros(layer.shape, np.int64) if layer.kind == "input" else bias_of(layer)
        self.v = np.zeros(layer.shape, np.int64)

    def reset(self) -> None:
        self.v = np.zeros_like(self.v)

    def step(self, a_in: np.ndarray) -> np.ndarray:
        sent = np.zeros(self.v.shape, np.int64)
        for at in np.ndindex(*self.v.shape):
            self.v[at], sent[at] = self.one(int(self.v[at]), int(a_in[at]) + int(self.bias[at]))
        return sent

    def one(self, v: int, current: int) -> tuple[int, int]:
        """The potential afterwards, and the spike."""
        theta, levels = self.neuron.threshold, self.neuron.levels
        product = (4096 - self.neuron.voltage_decay) * v
        kept = product // 4096 if product >= 0 else -(-product // 4096)
        v = kept + current * 64
        v = max(-(2**23) + 1, min(v, 2**23 - 1))
        spike = max(0, min((v + theta * 32) // (theta * 64), levels))
        return v - spike * theta * 64, spike
