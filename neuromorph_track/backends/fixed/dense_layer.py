"""A layer that computes every connection with PyTorch: for accelerators, delays and recurrence."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from neuromorph_track.backends.counting import SynopCounter
from neuromorph_track.backends.fixed.integer_lif import IntegerLif
from neuromorph_track.backends.fixed.neurons import Cuba, Delta, Moved, Sigma, SigmaDelta
from neuromorph_track.backends.fixed.ran import Ran
from neuromorph_track.backends.fixed.spikes import Spikes, number_of
from neuromorph_track.backends.fixed.synapses import ConvSynapse, DenseSynapse, RecurrentSynapse
from neuromorph_track.netx import Layer, fan_out
from neuromorph_track.netx.fanout import recurrent_fan_out


class DenseLayer:
    """Synapses, neurons and counters of one layer; all as of ``EventLayer``, and a device."""

    def __init__(
        self,
        layer: Layer,
        input_shape: tuple[int, ...],
        spike_exp: int,
        reset_interval: int | None,
        reset_offset: int,
        device: torch.device,
    ) -> None:
        assert layer.neuron is not None
        self.layer, self.device = layer, device
        dense = layer.kind in ("dense", "dense_rec")
        self.input_shape = (int(np.prod(input_shape)),) if dense else input_shape
        self.synapse: Callable[[Tensor], Tensor] | None = None
        self.counter: SynopCounter | None = None
        self.own_counter: SynopCounter | None = None
        recurrent = None
        if layer.has_synapses:
            self.synapse = DenseSynapse(layer, device) if dense else ConvSynapse(layer, device)
            self.counter = SynopCounter(fan_out(layer, self.input_shape), device)
        if layer.weight_rec is not None:
            recurrent = RecurrentSynapse(layer, device)
            self.own_counter = SynopCounter(recurrent_fan_out(layer), device)
        kind = layer.neuron.kind
        self.neuron: Delta | SigmaDelta | Sigma | Cuba | IntegerLif
        if kind == "delta":
            self.neuron = Delta(layer, spike_exp, device)
        elif kind == "sigma_delta":
            self.neuron = SigmaDelta(layer, spike_exp, device)
        elif kind == "sigma":
            self.neuron = Sigma(layer, device)
        elif kind == "ilif":
            self.neuron = IntegerLif(layer, device, reset_interval, reset_offset)
        else:
            self.neuron = Cuba(layer, device, recurrent, reset_interval, reset_offset)
        self.tally = torch.zeros(layer.shape, dtype=torch.int64, device=device)
        self.keeps_membrane, self.membrane = False, np.zeros((0, *layer.shape), np.int32)

    def take_peak(self) -> int:
        """Largest sum of a convolution since this was last asked, before it was wrapped to 24 bits."""
        return self.synapse.take_peak() if isinstance(self.synapse, ConvSynapse) else 0

    def take_spikes(self) -> NDArray[np.int64]:
        """Spikes of each neuron since this was last asked, ``(neurons,)`` int64 in (C, H, W) order."""
        spikes = self.tally.cpu().numpy().reshape(-1).copy()
        self.tally.zero_()
        return spikes

    def reset(self) -> None:
        self.neuron.reset()
        if isinstance(self.synapse, DenseSynapse):
            self.synapse.reset()

    def rewrite(self, layer: Layer) -> None:
        """Take the weights of ``layer``, the same convolution, and keep the state."""
        assert isinstance(self.synapse, ConvSynapse)
        self.layer, self.synapse = layer, self.synapse.rewritten(layer)
        self.counter = SynopCounter(fan_out(layer, self.input_shape), self.device)

    def run(self, arrived: Spikes, first_step: int) -> Ran:
        """Run a chunk of steps; arguments and result as of ``EventLayer``."""
        x = self._on_device(arrived)
        own_before = self.neuron.spikes if isinstance(self.neuron, Cuba) else None
        sums = x if self.synapse is None else self.synapse(x)
        sent, changed = self._advance(sums, first_step)
        if not isinstance(self.neuron, Sigma):
            # Sums of bytes are vectorised, of bools they are not.
            self.tally += (sent != 0).view(torch.uint8).sum(0, dtype=torch.int32)
        messages = [x if part is arrived else self._on_device(part) for part in arrived.messages]
        counts = self._count(messages, sent, own_before)
        return Ran(Spikes(self.layer.shape, arrived.steps, dense=sent), counts, number_of(changed))

    def _advance(self, sums: Tensor, first_step: int) -> Moved:
        if not isinstance(self.neuron, (Cuba, IntegerLif)):
            return self.neuron(sums)
        if self.synapse is None and isinstance(self.neuron, Cuba):
            return self.neuron(torch.zeros_like(sums), first_step, bias=sums)
        sums = sums.reshape(len(sums), *self.layer.shape)
        membrane = torch.empty_like(sums) if self.keeps_membrane else None
        moved = self.neuron(sums, first_step, membrane=membrane)
        if membrane is not None:
            self.membrane = membrane.cpu().numpy()
        return moved

    def _on_device(self, arrived: Spikes) -> Tensor:
        return arrived.dense.to(self.device).reshape(arrived.steps, *self.input_shape)

    def _count(self, messages: list[Tensor], sent: Tensor, own_before: Tensor | None) -> NDArray[np.int64]:
        counts = torch.zeros(len(sent), 3, dtype=torch.int64, device=self.device)
        if self.counter is not None:
            for part in messages:
                counts += self.counter(part)
        if self.own_counter is not None and own_before is not None:
            counts += self.own_counter(torch.cat([own_before[None], sent[:-1]]))
        return counts.cpu().numpy()
