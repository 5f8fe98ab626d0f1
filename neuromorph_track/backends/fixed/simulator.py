"""A chain of layers run in chunks of timesteps, with carried state and constant memory."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from neuromorph_track.backends.activity import Activity, LayerActivity
from neuromorph_track.backends.fixed.counting import StepCounts, SynopCounter, count_sent
from neuromorph_track.backends.fixed.neurons import Cuba, Delta, Sigma, SigmaDelta
from neuromorph_track.backends.fixed.synapses import ConvSynapse, DenseSynapse, RecurrentSynapse
from neuromorph_track.errors import InputError
from neuromorph_track.netx import Layer, Network, connections, fan_out
from neuromorph_track.netx.fanout import recurrent_fan_out


@dataclass(frozen=True)
class Steps:
    """What a chunk of timesteps gave.

    Attributes
    ----------
    output : (T, *output_shape) int32
        What the last layer sent; of a sigma head its potential.
    activity : Activity
        Counts with one entry per step.
    spikes : tuple of (T, *shape) int32, or None
        What each layer sent, where it was asked for.
    """

    output: NDArray[np.int32]
    activity: Activity
    spikes: tuple[NDArray[np.int32], ...] | None = None


class FixedSimulator:
    """The integers of Lava's fixed-point process models, without Lava.

    In Lava each synapse hands its sums on one step later, so that layer ``l`` sees an input ``l``
    steps after it was fed and integrates its bias alone before. Here the layers are aligned: step
    ``t`` of the output belongs to input ``t``. The steps that a layer runs before its first input
    are run at :meth:`reset` (``pipelined``); their spikes count with the first step.

    Parameters
    ----------
    network : Network
        Layers ``input``, ``conv``, ``dense``, ``dense_rec`` and ``flatten`` with delta, sigma-delta,
        sigma and CUBA neurons.
    spike_exp : int or None
        Binary point of graded spikes; by default the contract's, or 6.
    reset_interval, reset_offset : int or None, int
        As in lava-dl's ``netx.hdf5.Network``, counted in aligned steps. CUBA neurons only.
    pipelined : bool
        True for Lava and the chip; False for SLAYER, where all layers start together.
    device : str
        A PyTorch device.

    Raises
    ------
    InputError
        When the network holds a layer or neuron that the simulator does not know.
    """

    def __init__(
        self,
        network: Network,
        *,
        spike_exp: int | None = None,
        reset_interval: int | None = None,
        reset_offset: int = 0,
        pipelined: bool = True,
        device: str = "cpu",
    ) -> None:
        if spike_exp is None:
            spike_exp = network.contract.spike_exp if network.contract else 6
        self.network = network
        self.pipelined = pipelined
        self.device = torch.device(device)
        self.layers: list[_Layer] = []
        shape = network.input_shape
        for index, layer in enumerate(network.layers):
            _refuse_unknown(network.source, index, layer)
            if layer.kind != "flatten" and layer.neuron is not None:
                runner = _Layer(layer, network.name(index), shape, spike_exp, self.device)
                runner.set_reset(reset_interval, reset_offset)
                self.layers.append(runner)
            shape = layer.shape
        self.reset()

    @torch.inference_mode()
    def reset(self) -> None:
        """Set every state to zero and fill the pipeline again."""
        self._next_step = 0
        for layer in self.layers:
            layer.reset()
        self._warm_up: list[StepCounts | None] = [None] * len(self.layers)
        if self.pipelined:
            self._fill_pipeline()

    @torch.inference_mode()
    def run(self, values: NDArray[np.int32], record: bool = False) -> Steps:
        """Run a chunk of timesteps.

        Parameters
        ----------
        values : (T, *input_shape) int32
            Per step: what a delta input layer is fed; the bias of a CUBA input layer; spikes of a
            network without one.
        record : bool
            Keep what every layer sent.
        """
        expected = self.network.input_shape
        if values.shape[1:] != expected:
            raise InputError(self.network.source, "input", f"shape {values.shape[1:]}", str(expected))
        x = torch.from_numpy(np.ascontiguousarray(values, np.int32)).to(self.device)
        counts, recorded = [], []
        for index, layer in enumerate(self.layers):
            x, counted = layer.run(x, self._next_step)
            warm_up = self._warm_up[index]
            if warm_up is not None:
                counted = _add_to_first(counted, warm_up)
                self._warm_up[index] = None
            counts.append(counted)
            if record:
                recorded.append(x.cpu().numpy())
        self._next_step += len(values)
        activity = Activity(tuple(layer.activity(c) for layer, c in zip(self.layers, counts, strict=True)), 1)
        output = x.reshape(len(values), *self.network.output_shape).cpu().numpy()
        return Steps(output, activity, tuple(recorded) if record else None)

    def _fill_pipeline(self) -> None:
        # Layer l runs l steps before its first input: one without any input, then what the layer
        # before sent in its own steps of that kind.
        sent: Tensor | None = None
        for index, layer in enumerate(self.layers):
            if not layer.layer.has_synapses:
                continue
            nothing = torch.zeros(1, *layer.input_shape, dtype=torch.int32, device=self.device)
            arrived = nothing if sent is None else torch.cat([nothing, sent.reshape(-1, *layer.input_shape)])
            sent, self._warm_up[index] = layer.run(arrived, -len(arrived))


class _Layer:
    """One layer's synapses, neurons and counters."""

    def __init__(
        self, layer: Layer, name: str, input_shape: tuple[int, ...], spike_exp: int, device: torch.device
    ) -> None:
        assert layer.neuron is not None
        self.layer, self.name = layer, name
        dense = layer.kind in ("dense", "dense_rec")
        self.input_shape = (int(np.prod(input_shape)),) if dense else input_shape
        self.synapse: Callable[[Tensor], Tensor] | None = None
        self.counter: SynopCounter | None = None
        self.own_counter: SynopCounter | None = None
        recurrent = None
        if layer.kind == "conv":
            self.synapse = ConvSynapse(layer, device)
        elif layer.has_synapses:
            self.synapse = DenseSynapse(layer, device)
        if layer.has_synapses:
            self.counter = SynopCounter(fan_out(layer, self.input_shape), device)
        if layer.weight_rec is not None:
            recurrent = RecurrentSynapse(layer, device)
            self.own_counter = SynopCounter(recurrent_fan_out(layer), device)
        self.macs = connections(layer, self.input_shape)
        kind = layer.neuron.kind
        self.neuron: Delta | SigmaDelta | Sigma | Cuba
        if kind == "delta":
            self.neuron = Delta(layer, spike_exp, device)
        elif kind == "sigma_delta":
            self.neuron = SigmaDelta(layer, spike_exp, device)
        elif kind == "sigma":
            self.neuron = Sigma(layer, device)
        else:
            self.neuron = Cuba(layer, device, recurrent)

    def set_reset(self, interval: int | None, offset: int) -> None:
        if isinstance(self.neuron, Cuba):
            self.neuron.reset_interval, self.neuron.reset_offset = interval, offset

    def reset(self) -> None:
        self.neuron.reset()
        if isinstance(self.synapse, DenseSynapse):
            self.synapse.reset()

    def run(self, arrived: Tensor, first_step: int) -> tuple[Tensor, StepCounts]:
        arrived = arrived.reshape(len(arrived), *self.input_shape)
        own_before = self.neuron.spikes if isinstance(self.neuron, Cuba) else None
        sums = arrived if self.synapse is None else self.synapse(arrived)
        if not isinstance(self.neuron, Cuba):
            sent = self.neuron(sums)
        elif self.synapse is None:
            sent = self.neuron(torch.zeros_like(arrived), first_step, bias=arrived)
        else:
            sent = self.neuron(sums.reshape(len(sums), *self.layer.shape), first_step)
        return sent, self._count(arrived, sent, own_before)

    def _count(self, arrived: Tensor, sent: Tensor, own_before: Tensor | None) -> StepCounts:
        steps = len(arrived)
        into = torch.zeros(steps, 3, dtype=torch.int64, device=arrived.device)
        if self.counter is not None:
            into = into + self.counter(arrived)
        if self.own_counter is not None and own_before is not None:
            into = into + self.own_counter(torch.cat([own_before[None], sent[:-1]]))
        updates = torch.full((steps,), self.layer.neurons, dtype=torch.int64, device=arrived.device)
        # A sigma head keeps its potential for the host to read; it sends no spike.
        is_head = self.layer.neuron is not None and self.layer.neuron.kind == "sigma"
        out = torch.zeros_like(updates) if is_head else count_sent(sent)
        return StepCounts(into[:, 0], into[:, 1], into[:, 2], updates, out)

    def activity(self, counts: StepCounts) -> LayerActivity:
        layer = self.layer
        assert layer.neuron is not None
        weights = [w for w in (layer.weight, layer.weight_rec) if w is not None and layer.has_synapses]
        return LayerActivity(
            name=self.name,
            kind=layer.kind,
            neuron=layer.neuron.kind,
            neurons=layer.neurons,
            weights=sum(w.size for w in weights),
            nonzero_weights=sum(int(np.count_nonzero(w)) for w in weights),
            macs=self.macs,
            graded=layer.neuron.graded,
            **{field.name: getattr(counts, field.name).cpu().numpy() for field in fields(StepCounts)},
        )


def _refuse_unknown(source: str, index: int, layer: Layer) -> None:
    field = f"layer/{index}"
    if layer.kind == "average":
        raise InputError(source, f"{field}/type", "'average'", "a layer that runs on the chip")
    if layer.kind == "conv" and layer.delay is not None:
        raise InputError(source, f"{field}/delay", "delays of a convolution", "none: NetX ignores them")
    if layer.neuron is None:
        return
    if layer.neuron.kind in ("rf", "rf_iz"):
        expected = "CUBA or SDNN neurons (resonators are not simulated)"
        raise InputError(source, f"{field}/neuron/type", layer.neuron.netx_type, expected)
    activation = layer.neuron.extra.get("activation", "relu")
    if activation != "relu":
        raise InputError(source, f"{field}/neuron/activation", repr(activation), "'relu'")


def _add_to_first(counts: StepCounts, warm_up: StepCounts) -> StepCounts:
    summed = {}
    for field in fields(StepCounts):
        values = getattr(counts, field.name).clone()
        values[0] += getattr(warm_up, field.name).sum()
        summed[field.name] = values
    return StepCounts(**summed)
