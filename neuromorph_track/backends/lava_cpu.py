"""Lava on the CPU: real lava-nc processes and models, in a worker of their own."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from types import TracebackType

import numpy as np
from numpy.typing import NDArray

from neuromorph_track.backends.activity import Activity, LayerActivity
from neuromorph_track.backends.fixed import Steps
from neuromorph_track.backends.lava_worker.frames import Message
from neuromorph_track.backends.lava_worker.handle import LavaWorker
from neuromorph_track.backends.lava_worker.spec import LayerSpec, pack
from neuromorph_track.backends.recorded import LayerCounter
from neuromorph_track.errors import InputError
from neuromorph_track.netx import Network
from neuromorph_track.netx.weights import applied_dense_weights

Integers = NDArray[np.int32]

# Every layer's spikes cross to the host, where they are counted.
REQUEST_BYTES = 1 << 26


class LavaBackend:
    """Run a network in Lava; results and counts as of ``FixedSimulator``, layers aligned.

    Parameters
    ----------
    network : Network
    spike_exp, reset_interval, reset_offset
        As of ``FixedSimulator``.
    stock : bool
        False: Lava's processes and process models, a thread for each, and a faster convolution.
        True: all is Lava's own, its runtime with an operating-system process for each model
        included; such a run cannot be continued where neurons leak, spikes are delayed or a layer
        is recurrent, because they move on while the pipeline runs empty.
    timeout : float or None
        Seconds that Lava may take for one answer (up to 64 MiB of spikes).
    progress : callable or None
        Told the number of steps that have come out of the last layer since :meth:`reset`.

    Raises
    ------
    InputError
        When the network holds what NetX does not load, or loads wrongly.
    JobError
        When lava-nc is not installed, fails, dies or does not answer in time.
    """

    def __init__(
        self,
        network: Network,
        *,
        spike_exp: int | None = None,
        reset_interval: int | None = None,
        reset_offset: int = 0,
        stock: bool = False,
        timeout: float | None = None,
        progress: Callable[[int], None] | None = None,
    ) -> None:
        if spike_exp is None:
            spike_exp = network.contract.spike_exp if network.contract else 6
        self.network = network
        self.progress = progress
        self.specs = layer_specs(network)
        settings = {"spike_exp": spike_exp, "reset_interval": reset_interval, "reset_offset": reset_offset}
        plain, arrays = pack(self.specs)
        on = "processes" if stock else "threads"
        self._setup = Message("setup", {"layers": plain, "settings": settings, "on": on}, arrays)
        step_bytes = 4 * sum(int(np.prod(spec.shape)) for spec in self.specs)
        self._chunk = max(1, REQUEST_BYTES // step_bytes)
        # Lava's own runtime lets the pipeline run empty at the end of a request.
        self._whole = stock
        self._worker = LavaWorker(timeout)
        self.reset()

    def __enter__(self) -> LavaBackend:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """End Lava and everything it started; this can be called twice."""
        self._worker.close()

    def reset(self) -> None:
        """Set every state to zero and fill the pipeline again."""
        self._worker.ask(self._setup)
        self._counters = _counters(self.network)

    def run(self, values: Integers, record: bool = False) -> Steps:
        """Run a chunk of timesteps; arguments as of ``FixedSimulator.run``."""
        expected = self.network.input_shape
        if values.shape[1:] != expected:
            raise InputError(self.network.source, "input", f"shape {values.shape[1:]}", str(expected))
        length = len(values) if self._whole else self._chunk
        parts = [self._run(values[at : at + length], record) for at in range(0, len(values), length)]
        return _joined(parts)

    def _run(self, values: Integers, record: bool) -> Steps:
        fed = values.reshape(len(values), *self.specs[0].input_shape)
        answer = self._worker.ask(Message("run", {}, {"values": fed}), self.progress)
        found = [answer.arrays[str(index)] for index in range(len(answer.arrays))]
        steps, activity, spikes = len(values), [], []
        before, early = fed, 0
        for counter, sent in zip(self._counters, found, strict=False):
            warm_up = len(sent) - steps
            if warm_up > early:
                # The first step of a synapse comes before anything has arrived.
                before = np.concatenate([np.zeros_like(before[:1]), before])
            activity.append(counter(before, sent, warm_up))
            spikes.append(sent[warm_up:])
            before, early = sent, warm_up
        shape = (steps, *self.network.output_shape)
        membrane = found[-1][-steps:].reshape(shape) if len(found) > len(self._counters) else None
        recorded = tuple(spikes) if record else None
        return Steps(spikes[-1].reshape(shape), Activity(tuple(activity), 1), recorded, membrane)


def layer_specs(network: Network) -> list[LayerSpec]:
    """The layers that have neurons, as Lava is told of them.

    Raises
    ------
    InputError
        When a layer or neuron is none that Lava runs as the file means it.
    """
    specs = []
    shape = network.input_shape
    for index, layer in enumerate(network.layers):
        _refuse(network, index)
        if layer.neuron is not None and layer.kind != "flatten":
            dense = layer.kind in ("dense", "dense_rec")
            specs.append(
                LayerSpec(
                    kind=layer.kind,
                    shape=layer.shape,
                    input_shape=(int(np.prod(shape)),) if dense else shape,
                    neuron=layer.neuron.kind,
                    threshold=layer.neuron.threshold,
                    current_decay=layer.neuron.current_decay,
                    voltage_decay=layer.neuron.voltage_decay,
                    message_bits=layer.neuron.output_message_bits,
                    stride=layer.stride,
                    padding=layer.padding,
                    dilation=layer.dilation,
                    groups=layer.groups,
                    weight=layer.weight if layer.has_synapses else None,
                    weight_rec=layer.weight_rec,
                    bias=layer.bias if layer.has_synapses else None,
                    delay=layer.delay,
                )
            )
        shape = layer.shape
    return specs


def _refuse(network: Network, index: int) -> None:
    layer, field = network.layers[index], f"layer/{index}"

    def refuse(part: str, found: str, expected: str) -> InputError:
        return InputError(network.source, f"{field}/{part}", found, expected)

    if layer.kind == "average":
        raise refuse("type", "'average'", "a layer that NetX loads")
    if layer.delay is not None and layer.kind == "conv":
        raise refuse("delay", "delays of a convolution", "none: NetX ignores them")
    if layer.delay is not None and layer.weight_rec is not None:
        raise refuse("delay", "delays and recurrence", "one of them: NetX delays both or fails")
    if layer.neuron is None:
        return
    if layer.neuron.kind in ("rf", "rf_iz"):
        raise refuse("neuron/type", layer.neuron.netx_type, "CUBA or SDNN neurons")
    activation = layer.neuron.extra.get("activation", "relu")
    if activation != "relu":
        raise refuse("neuron/activation", repr(activation), "'relu'")
    if layer.kind in ("dense", "dense_rec"):
        applied_dense_weights(layer)


def _counters(network: Network) -> list[LayerCounter]:
    counters, shape = [], network.input_shape
    for index, layer in enumerate(network.layers):
        if layer.neuron is not None and layer.kind != "flatten":
            dense = layer.kind in ("dense", "dense_rec")
            arrives = (int(np.prod(shape)),) if dense else shape
            counters.append(LayerCounter(network.name(index), layer, arrives))
        shape = layer.shape
    return counters


def _joined(parts: list[Steps]) -> Steps:
    if len(parts) == 1:
        return parts[0]
    layers = [_joined_layer(layers) for layers in zip(*(p.activity.layers for p in parts), strict=True)]
    recorded = membrane = None
    if parts[0].spikes is not None:
        recorded = tuple(np.concatenate(sent) for sent in zip(*(p.spikes or () for p in parts), strict=True))
    if parts[0].membrane is not None:
        membrane = np.concatenate([p.membrane for p in parts if p.membrane is not None])
    output = np.concatenate([p.output for p in parts])
    return Steps(output, Activity(tuple(layers), 1), recorded, membrane)


def _joined_layer(layers: tuple[LayerActivity, ...]) -> LayerActivity:
    counts = {name: np.concatenate([getattr(layer, name) for layer in layers]) for name in Activity.COUNTS}
    return replace(layers[0], **counts)
