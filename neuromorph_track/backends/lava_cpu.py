"""Lava on the CPU: real lava-nc processes and models, in a worker of their own."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field, replace
from types import TracebackType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from neuromorph_track.backends.activity import Activity, Counts, LayerActivity
from neuromorph_track.backends.fixed import Output, Steps
from neuromorph_track.backends.fixed.simulator import fed_at_a_synapse
from neuromorph_track.backends.lava_worker.frames import Message
from neuromorph_track.backends.lava_worker.handle import LavaWorker
from neuromorph_track.backends.lava_worker.spec import LayerSpec, fed_shape, pack
from neuromorph_track.backends.lava_worker.tail import Tail
from neuromorph_track.backends.layer_counter import LayerCounter, arrived_at
from neuromorph_track.backends.replay import LayerReplay
from neuromorph_track.errors import InputError
from neuromorph_track.netx import AnyNetwork, Network, Stage, chains, endings, stages
from neuromorph_track.netx.rewrite import rewritten
from neuromorph_track.netx.weights import applied_dense_weights

Integers = NDArray[np.int32]

# Every layer's spikes cross to the host, where they are counted.
REQUEST_BYTES = 1 << 26


@dataclass(frozen=True)
class LavaSteps(Steps):
    """What a chunk of timesteps gave.

    Attributes
    ----------
    tail : mapping of str to (T, ...) array
        What each port of the process behind the head sent, step by step; empty where there is none.
    """

    tail: Mapping[str, NDArray[Any]] = field(default_factory=dict)


class LavaBackend:
    """Run a network in Lava; results and counts as of ``FixedSimulator``, layers aligned.

    Parameters
    ----------
    network : Network or Graph
    spike_exp, reset_interval, reset_offset
        As of ``FixedSimulator``.
    stock : bool
        False: Lava's processes and process models, a thread for each, and a faster convolution.
        True: all is Lava's own, its runtime with an operating-system process for each model
        included; such a run cannot be continued where neurons leak, spikes are delayed or a layer
        is recurrent, because they move on while the pipeline runs empty. It can where all neurons leak
        everything in a step, or are reset before each.
    tail : Tail or None
        A process behind the head, in the same graph; it begins anew with :meth:`reset`. With ``stock``
        such a run cannot be continued either.
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
        network: AnyNetwork,
        *,
        spike_exp: int | None = None,
        reset_interval: int | None = None,
        reset_offset: int = 0,
        stock: bool = False,
        tail: Tail | None = None,
        timeout: float | None = None,
        progress: Callable[[int], None] | None = None,
    ) -> None:
        if spike_exp is None:
            spike_exp = network.contract.spike_exp if network.contract else 6
        self.network = network
        self.progress = progress
        self.specs = layer_specs(network)
        self._stages, self._endings = stages(network), endings(network)
        settings = {"spike_exp": spike_exp, "reset_interval": reset_interval, "reset_offset": reset_offset}
        # Lava counts steps from the first neurons, the layers that are run again from their inputs.
        self._states = (spike_exp, reset_interval, reset_offset - fed_at_a_synapse(self._stages))
        self._nothing = Activity.of(network)
        self._spikes = [np.zeros(stage.layer.neurons, np.int64) for stage in self._stages]
        plain, arrays = pack(self.specs)
        on = "processes" if stock else "threads"
        content = {"layers": plain, "settings": settings, "on": on}
        step_bytes = 4 * sum(int(np.prod(spec.shape)) for spec in self.specs)
        if tail is not None:
            content["tail"] = asdict(tail)
            step_bytes += tail.step_bytes
        self._setup = Message("setup", content, arrays)
        self._ports = tail.ports if tail is not None else ()
        self._chunk = max(1, REQUEST_BYTES // step_bytes)
        # Lava's own runtime lets the pipeline run empty at the end of a request.
        self._whole = stock
        self._worker = LavaWorker(timeout)
        self._set_up()

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
        if self._whole and self._worker.close.alive:
            # Lava's runtime leaves its sockets and pipes open in the process that it ran in.
            self._worker.close()
            self._worker = LavaWorker(self._worker.timeout)
        self._set_up()

    def rewrite(self, stage: str, weight: Integers) -> None:
        """Give a convolution other weights from the next step on; as of ``FixedSimulator.rewrite``."""
        at, other = rewritten(self.network.source, self._stages, stage, weight)
        assert other.layer.weight is not None
        self._worker.ask(Message("rewrite", {"layer": at}, {"weight": other.layer.weight}))
        self._stages = (*self._stages[:at], other, *self._stages[at + 1 :])
        self._counters[at] = LayerCounter(other)
        self._replays[at].rewrite(other)
        # A reset builds the graph with them.
        arrays = {**self._setup.arrays, f"{at}.weight": other.layer.weight}
        self._setup = replace(self._setup, arrays=arrays)

    def _set_up(self) -> None:
        self._worker.ask(self._setup)
        self._counters = [LayerCounter(stage) for stage in self._stages]
        self._replays = [LayerReplay(stage, *self._states) for stage in self._stages]

    def run(self, values: Integers, record: bool = False) -> LavaSteps:
        """Run a chunk of timesteps; arguments as of ``FixedSimulator.run``."""
        expected = self.network.input_shape
        if values.shape[1:] != expected or not len(values):
            raise InputError(self.network.source, "input", f"shape {values.shape}", f"(T, *{expected})")
        length = len(values) if self._whole else self._chunk
        parts = [self._run(values[at : at + length], record) for at in range(0, len(values), length)]
        return _joined(parts)

    def _run(self, values: Integers, record: bool) -> LavaSteps:
        steps = len(values)
        fed = np.asarray(values, np.int32).reshape(steps, *fed_shape(self.specs))
        answer = self._worker.ask(Message("run", {}, {"values": fed}), self.progress)
        found = iter([answer.arrays[str(index)] for index in range(len(answer.arrays))])
        sent = [next(found) for _ in self._stages]
        shown = {at: next(found)[-steps:] for at, spec in enumerate(self.specs) if spec.shows_membrane}
        tail = {port: next(found)[-steps:] for port in self._ports}
        activity = [self._count(at, sent, fed, steps) for at in range(len(sent))]
        aligned = [mine[-steps:] for mine in sent]
        outputs = {}
        for name, (at, shape) in self._endings.items():
            membrane = shown[at].reshape(steps, *shape) if at in shown else None
            outputs[name] = Output(aligned[at].reshape(steps, *shape), membrane)
        counts = replace(self._nothing, layers=tuple(activity))
        return LavaSteps(outputs, counts, tuple(aligned) if record else None, tail=tail)

    def _count(self, at: int, sent: list[Integers], fed: Integers, steps: int) -> LayerActivity:
        stage, mine = self._stages[at], sent[at]
        arrived = arrived_at(stage, sent, fed, len(mine))
        if stage.layer.neuron is not None and stage.layer.neuron.fires:
            self._spikes[at] += np.count_nonzero(mine.reshape(len(mine), -1), axis=0)
        return self._counters[at](arrived, mine, self._replays[at](arrived), len(mine) - steps)

    def take_spikes_by_neuron(self) -> tuple[Counts, ...]:
        """How often each neuron spiked since this was last asked, as of ``FixedSimulator``."""
        taken = tuple(self._spikes)
        self._spikes = [np.zeros_like(spikes) for spikes in taken]
        return taken


def layer_specs(network: AnyNetwork) -> list[LayerSpec]:
    """The layers that have neurons, as Lava is told of them.

    Raises
    ------
    InputError
        When a layer or neuron is none that Lava runs as the file means it.
    """
    for chain in chains(network):
        for index in range(len(chain.layers)):
            _refuse(chain, index)
    places = {ending.stage: place for place, ending in enumerate(endings(network).values())}
    return [_spec(stage, places.get(at)) for at, stage in enumerate(stages(network))]


def _spec(stage: Stage, output: int | None) -> LayerSpec:
    layer = stage.layer
    assert layer.neuron is not None
    return LayerSpec(
        kind=layer.kind,
        shape=layer.shape,
        input_shape=stage.synapse_shape,
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
        bias=layer.spread_bias,
        delay=layer.delay,
        sources=stage.sources,
        source_shapes=stage.shapes,
        join=stage.join,
        depth=stage.depth,
        output=output,
        levels=layer.neuron.levels,
    )


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
        raise refuse("neuron/type", layer.neuron.netx_type, "CUBA, SDNN or ILIF neurons")
    activation = layer.neuron.extra.get("activation", "relu")
    if activation != "relu":
        raise refuse("neuron/activation", repr(activation), "'relu'")
    if layer.kind in ("dense", "dense_rec"):
        applied_dense_weights(layer)


def _joined(parts: list[LavaSteps]) -> LavaSteps:
    if len(parts) == 1:
        return parts[0]
    layers = [_joined_layer(layers) for layers in zip(*(p.activity.layers for p in parts), strict=True)]
    recorded = None
    if parts[0].spikes is not None:
        recorded = tuple(np.concatenate(sent) for sent in zip(*(p.spikes or () for p in parts), strict=True))
    outputs = {name: _joined_output([p.outputs[name] for p in parts]) for name in parts[0].outputs}
    tail = {port: np.concatenate([p.tail[port] for p in parts]) for port in parts[0].tail}
    return LavaSteps(outputs, replace(parts[0].activity, layers=tuple(layers)), recorded, tail=tail)


def _joined_output(parts: list[Output]) -> Output:
    shown = [part.membrane for part in parts if part.membrane is not None]
    return Output(np.concatenate([part.sent for part in parts]), np.concatenate(shown) if shown else None)


def _joined_layer(layers: tuple[LayerActivity, ...]) -> LayerActivity:
    counts = {name: np.concatenate([getattr(layer, name) for layer in layers]) for name in Activity.COUNTS}
    return replace(layers[0], **counts)
