"""A layer on the CPU whose work follows the spikes, with a dense convolution where there are many."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from neuromorph_track.backends.activity import Counts
from neuromorph_track.backends.fixed import event_loops, integer_lif_kernel, kernels
from neuromorph_track.backends.fixed.event_synapse import MapSynapse, given_sums, plain_geometry
from neuromorph_track.backends.fixed.neurons import DECAY_BITS, STATE_EXP, THRESHOLD_SHIFT
from neuromorph_track.backends.fixed.ran import Ran
from neuromorph_track.backends.fixed.spikes import EventBuffer, Events, Spikes, map_shape, rows_of
from neuromorph_track.netx import Layer
from neuromorph_track.netx.weights import applied_dense_weights

Integers = NDArray[np.int32]

# numba's annotations do not follow unpacked arguments.
COMPILED: Any = kernels
COMPILED_ILIF: Any = integer_lif_kernel

DECAY_UNITY = 1 << DECAY_BITS
# Rows are dealt out to threads in more stripes than threads, since spikes crowd in some rows.
STRIPES_PER_THREAD = 4


class EventLayer:
    """Synapses, neurons and counters of one layer; state lies in (H, W, C) order.

    Parameters
    ----------
    layer : Layer
        Any that :func:`runs_on_events` accepts.
    input_shape : tuple of int
        Shape of the layer before.
    spike_exp : int
    reset_interval, reset_offset
        As in :class:`neuromorph_track.backends.fixed.FixedSimulator`.

    Attributes
    ----------
    keeps_membrane : bool
        Whether ``membrane`` is wanted; CUBA and ILIF neurons only.
    membrane : (T, C, H, W) int32
        Their potential after each step of the last chunk.
    """

    def __init__(
        self,
        layer: Layer,
        input_shape: tuple[int, ...],
        spike_exp: int,
        reset_interval: int | None,
        reset_offset: int,
    ) -> None:
        assert layer.neuron is not None
        self.layer, self.kind = layer, layer.neuron.kind
        self.map = map_shape(layer.shape)
        self.shift = spike_exp + STATE_EXP
        self.reset_interval, self.reset_offset = reset_interval, reset_offset
        self.synapse = MapSynapse(layer, map_shape(input_shape)) if layer.has_synapses else None
        scale = THRESHOLD_SHIFT if self.kind in ("cuba", "ilif") else self.shift
        self.threshold = np.int32(layer.neuron.threshold << scale)
        self.bias = _bias(layer) << scale
        neurons = layer.neurons
        self.state = (np.zeros(neurons, np.int32), np.zeros(neurons, np.int32))
        self.tally = np.zeros(neurons, np.int64)
        self.room = EventBuffer(layer.shape)
        self.stripes = min(self.map[1], STRIPES_PER_THREAD * kernels.threads())
        self.peaks = np.zeros(self.stripes, np.int32)
        self.fresh = True
        self.keeps_membrane, self.membrane = False, np.zeros((0, *layer.shape), np.int32)

    def take_peak(self) -> int:
        """Largest sum of a convolution since this was last asked, before it was wrapped to 24 bits."""
        peak = int(self.peaks.max())
        self.peaks[:] = 0
        if self.synapse is not None and self.synapse.convolution is not None:
            peak = max(peak, self.synapse.convolution.take_peak())
        return peak

    def take_spikes(self) -> Counts:
        """Spikes of each neuron since this was last asked, ``(neurons,)`` int64 in (C, H, W) order."""
        channels, height, width = self.map
        spikes = self.tally.reshape(height, width, channels).transpose(2, 0, 1).reshape(-1).copy()
        self.tally[:] = 0
        return spikes

    def reset(self) -> None:
        for part in self.state:
            part[:] = 0
        self.fresh = True

    def rewrite(self, layer: Layer) -> None:
        """Take the weights of ``layer``, the same convolution, and keep the state."""
        assert self.synapse is not None
        self.layer, self.synapse = layer, self.synapse.rewritten(layer)

    def run(self, arrived: Spikes, first_step: int) -> Ran:
        """Run a chunk of steps on what arrived; ``first_step`` is the number of its first, for resets."""
        counts = np.zeros((arrived.steps, 3), np.int64)
        if self.synapse is not None:
            for sent in arrived.messages:
                event_loops.count_synops(sent.events.neuron, sent.events.filled, self.synapse.fan_out, counts)
        changed = np.zeros((self.stripes, arrived.steps), np.int64)
        return Ran(self._advance(arrived, first_step, changed), counts, changed.sum(0))

    def _advance(self, arrived: Spikes, first_step: int, changed: Counts) -> Spikes:
        steps, shape = arrived.steps, self.layer.shape
        if self.kind == "delta":
            sent = self.room.take(steps)
            values = self._values(arrived)
            COMPILED.delta(
                values, self.shift, self.state[1], self.threshold, *sent, self.tally, changed, self.stripes
            )
            return Spikes(shape, steps, events=sent)
        inputs = self._inputs(arrived)
        if self.kind == "sigma":
            channels, height, width = self.map
            output = np.empty((steps, height, width * channels), np.int32)
            COMPILED.sigma(*inputs, self.state[0], output, changed, self.peaks, self.stripes)
            image = output.reshape(steps, height, width, channels).transpose(0, 3, 1, 2)
            return Spikes(shape, steps, dense=torch.from_numpy(image).reshape(steps, *shape))
        sent = self.room.take(steps)
        if self.kind == "cuba":
            self._cuba(inputs, arrived, first_step, sent, changed)
        elif self.kind == "ilif":
            self._integer_lif(inputs, arrived.steps, first_step, sent, changed)
        else:
            COMPILED.sigma_delta(
                *inputs,
                self.state,
                self.bias,
                self.threshold,
                self.fresh,
                *sent,
                self.tally,
                changed,
                self.peaks,
                self.stripes,
            )
            self.fresh = False
        return Spikes(shape, steps, events=sent)

    def _cuba(
        self, inputs: tuple[object, ...], arrived: Spikes, first_step: int, sent: Events, changed: Counts
    ) -> None:
        neuron = self.layer.neuron
        assert neuron is not None
        bias = self.bias if self.synapse is not None else self._values(arrived) << THRESHOLD_SHIFT
        keep = (DECAY_UNITY - neuron.current_decay, DECAY_UNITY - neuron.voltage_decay)
        settings = (self.state, bias, keep, self.threshold, self._resets(arrived.steps, first_step))
        shown = self._room_for_membrane(arrived.steps)
        COMPILED.cuba(*inputs, *settings, *sent, self.tally, changed, self.peaks, self.stripes, shown)
        self._keep_membrane(shown)

    def _integer_lif(
        self, inputs: tuple[object, ...], steps: int, first_step: int, sent: Events, changed: Counts
    ) -> None:
        neuron = self.layer.neuron
        assert neuron is not None
        dynamics = (DECAY_UNITY - neuron.voltage_decay, self.threshold, neuron.levels)
        settings = (self.state[1], self.bias, *dynamics, self._resets(steps, first_step))
        shown = self._room_for_membrane(steps)
        told = (*sent, self.tally, changed, self.peaks, self.stripes, shown)
        COMPILED_ILIF.integer_lif(*inputs, *settings, *told)
        self._keep_membrane(shown)

    def _resets(self, steps: int, first_step: int) -> NDArray[np.bool_]:
        """Before which steps the state is zeroed, ``(T,)``."""
        if not self.reset_interval:
            return np.zeros(steps, np.bool_)
        numbers = np.arange(first_step, first_step + steps)
        return (numbers - self.reset_offset) % self.reset_interval == 0

    def _room_for_membrane(self, steps: int) -> Integers:
        """``(T, H, W * C)``; T is 0 where it is not wanted."""
        channels, height, width = self.map
        return np.empty((steps if self.keeps_membrane else 0, height, width * channels), np.int32)

    def _keep_membrane(self, shown: Integers) -> None:
        channels, height, width = self.map
        self.membrane = shown.reshape(len(shown), height, width, channels).transpose(0, 3, 1, 2)

    def _inputs(self, arrived: Spikes) -> tuple[object, ...]:
        """Arguments that tell a kernel what arrived: events and weights, or sums."""
        if self.synapse is not None:
            return self.synapse.inputs(arrived)
        # What an input layer is fed is the sum of ILIF neurons, and of CUBA ones their bias.
        values = self._values(arrived)
        sums = values if self.kind == "ilif" else np.zeros_like(values)
        return given_sums(sums, plain_geometry(self.map))

    def _values(self, arrived: Spikes) -> Integers:
        return rows_of(arrived.dense.cpu().numpy().reshape(arrived.steps, *self.map))


def runs_on_events(layer: Layer) -> bool:
    """Whether a layer has no delays, no recurrence, and no sums that NetX's weight fitting shifts."""
    if layer.delay is not None or layer.weight_rec is not None:
        return False
    return layer.kind != "dense" or applied_dense_weights(layer).shift == 0


def _bias(layer: Layer) -> Integers:
    """``(1, H, W * C)``, or with a row that serves for all where it is one per channel."""
    channels, height, width = map_shape(layer.shape)
    bias = np.zeros((1, 1, 1), np.int32) if layer.spread_bias is None else layer.spread_bias
    if bias.ndim == 1:
        bias = bias.reshape(-1, 1, 1)
    rows = height if bias.shape[1:] != (1, 1) else 1
    return rows_of(np.broadcast_to(bias, (channels, rows, width))[None].astype(np.int32))
