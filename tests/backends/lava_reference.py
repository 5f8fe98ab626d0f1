"""Lava's fixed-point process models, written again as slowly and plainly as possible.

Every layer is a synapse process with an output buffer and a neuron process; in each timestep a
synapse first sends its buffer and then fills it, exactly as lava-nc's models do. Sums are plain
Python loops over weights, so nothing is shared with the simulator that is tested.
"""

from __future__ import annotations

import numpy as np

from neuromorph_track.netx import Layer, Network

STATE_EXP = 6


def wrap24(x: np.ndarray) -> np.ndarray:
    return (x + 2**23) % 2**24 - 2**23


class Synapse:
    def __init__(self, layer: Layer) -> None:
        self.layer = layer
        self.buffer = np.zeros(layer.shape, np.int64)

    def step(self, spikes: np.ndarray) -> np.ndarray:
        sent = self.buffer
        self.buffer = self.dense(spikes) if self.layer.kind == "dense" else wrap24(self.conv(spikes))
        return sent

    def dense(self, spikes: np.ndarray) -> np.ndarray:
        return self.layer.weight.astype(np.int64) @ spikes.reshape(-1).astype(np.int64)

    def conv(self, spikes: np.ndarray) -> np.ndarray:
        layer = self.layer
        outputs, per_group, kernel_h, kernel_w = layer.weight.shape
        sums = np.zeros(layer.shape, np.int64)
        _, height, width = spikes.shape
        for out, y, x in np.ndindex(*layer.shape):
            first = out // (outputs // layer.groups) * per_group
            for c, i, j in np.ndindex(per_group, kernel_h, kernel_w):
                row = y * layer.stride[0] - layer.padding[0] + i * layer.dilation[0]
                column = x * layer.stride[1] - layer.padding[1] + j * layer.dilation[1]
                if 0 <= row < height and 0 <= column < width:
                    sums[out, y, x] += int(layer.weight[out, c, i, j]) * int(spikes[first + c, row, column])
        return sums


def bias_of(layer: Layer) -> np.ndarray:
    """Of every neuron: one for each of them, or for each channel."""
    found = np.zeros(layer.shape, np.int64)
    for at in np.ndindex(*layer.shape):
        if layer.bias is not None:
            found[at] = layer.bias[at] if layer.bias.ndim == 3 else layer.bias[at[0]]
    return found


class SigmaDelta:
    def __init__(self, layer: Layer, spike_exp: int) -> None:
        self.kind = layer.neuron.kind
        shift = spike_exp + STATE_EXP
        self.shift = shift
        self.threshold = layer.neuron.threshold << shift
        self.bias = bias_of(layer) << shift
        self.sigma = np.zeros(layer.shape, np.int64)
        self.act = np.zeros(layer.shape, np.int64)
        self.residue = np.zeros(layer.shape, np.int64)

    def step(self, a_in: np.ndarray) -> np.ndarray:
        if self.kind == "delta":
            act = a_in.astype(np.int64) << self.shift
        else:
            self.sigma = self.sigma + a_in
            if self.kind == "sigma":
                return self.sigma
            act = np.maximum(self.sigma + self.bias, 0)
        delta = act - self.act + self.residue
        sent = np.where(np.abs(delta) >= self.threshold, delta, 0)
        self.residue, self.act = delta - sent, act
        return sent >> STATE_EXP


class Cuba:
    def __init__(self, layer: Layer) -> None:
        self.neuron = layer.neuron
        self.bias = bias_of(layer) << 6
        self.u = np.zeros(layer.shape, np.int64)
        self.v = np.zeros(layer.shape, np.int64)

    @staticmethod
    def decay(state: np.ndarray, amount: int) -> np.ndarray:
        product = state * (4096 - amount)
        return np.sign(product) * (np.abs(product) >> 12)

    def step(self, a_in: np.ndarray) -> np.ndarray:
        u = self.decay(self.u, self.neuron.current_decay) + (a_in.astype(np.int64) << 6)
        self.u = np.where(u > 2**23, u - 2**24, np.where(u <= -(2**23), u + 2**24, u))
        v = self.decay(self.v, self.neuron.voltage_decay) + self.u + self.bias
        v = np.clip(v, -(2**23) + 1, 2**23 - 1)
        fired = v > self.neuron.threshold << 6
        self.v = np.where(fired, 0, v)
        return fired.astype(np.int64)


def run(network: Network, values: np.ndarray, spike_exp: int, steps: int) -> list[np.ndarray]:
    """What every neuron layer sent in each of ``steps`` timesteps; the last input value stays."""
    processes = []
    for layer in network.layers:
        if layer.kind == "flatten":
            continue
        cuba = layer.neuron.kind == "cuba"
        neuron = Cuba(layer) if cuba else SigmaDelta(layer, spike_exp)
        processes.append((None if layer.kind == "input" else Synapse(layer), neuron))
    sent: list[list[np.ndarray]] = [[] for _ in processes]
    for step in range(steps):
        arriving = values[min(step, len(values) - 1)]
        for index, (synapse, neuron) in enumerate(processes):
            arriving = neuron.step(arriving if synapse is None else synapse.step(arriving))
            sent[index].append(arriving)
    return [np.stack(layer) for layer in sent]
