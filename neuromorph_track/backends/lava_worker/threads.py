"""A compiled Lava graph in one process: a thread for each process model, queues for channels.

Lava gives every model an operating-system process and marches them step by step. Here each model
runs as soon as what it waits for has arrived, and its own steps are all that count: a layer that
sees its input l steps late simply runs l steps more, and stops, state and all, where the next
chunk goes on.
"""

from __future__ import annotations

import queue
import threading
import traceback
from collections.abc import Sequence
from typing import Any

import numpy as np
from lava.magma.core.process.ports.ports import create_port_id
from numpy.typing import NDArray

from neuromorph_track.backends.lava_worker.compiled import Compiled, compile_layers
from neuromorph_track.backends.lava_worker.graph import Settings, lava_kernel
from neuromorph_track.backends.lava_worker.spec import Array, LayerSpec
from neuromorph_track.backends.lava_worker.tail import Tail

FAILED = -1


class ModelError(Exception):
    """A process model raised; the text is its traceback."""


class _Stopped(Exception):
    """The channel was closed: its reader ends."""


class _Sender:
    def __init__(self, name: str, channel: queue.SimpleQueue[Any], dtype: type) -> None:
        self.name, self.channel, self.dtype = name, channel, dtype

    def send(self, data: NDArray[Any]) -> None:
        # A copy, as through Lava's shared memory: the sender may go on with its buffer.
        self.channel.put(np.array(data, self.dtype))


class _Receiver:
    def __init__(self, name: str, channel: queue.SimpleQueue[Any]) -> None:
        self.name, self.channel = name, channel

    def recv(self) -> NDArray[Any]:
        data = self.channel.get()
        if data is None:
            raise _Stopped
        return data


class _Recorder:
    """A further end of an out port, that hands what is sent to the host."""

    def __init__(self, name: str, index: int, collected: queue.SimpleQueue[Any]) -> None:
        self.name, self.index, self.collected = name, index, collected

    def send(self, data: NDArray[Any]) -> None:
        # Reversed axes turn Lava's (width, height, channel) into ours.
        self.collected.put((self.index, np.array(data.T, np.int32)))


class _PlainRecorder(_Recorder):
    """The same for what is no picture: neither axes nor type are changed."""

    def send(self, data: NDArray[Any]) -> None:
        self.collected.put((self.index, np.array(data)))


class ThreadSession:
    """Run layers in threads.

    Parameters
    ----------
    specs : sequence of LayerSpec
    settings : Settings
    tail : Tail or None
    """

    def __init__(self, specs: Sequence[LayerSpec], settings: Settings, tail: Tail | None = None) -> None:
        compiled = compile_layers(specs, settings, stock=False, tail=tail)
        self.collected: queue.SimpleQueue[Any] = queue.SimpleQueue()
        self.channels: list[queue.SimpleQueue[Any]] = []
        self.feed = self._channel()
        self._connect(compiled)
        entrance = compiled.entrance
        compiled.builder(entrance.process).set_csp_ports([_Receiver(entrance.port, self.feed)])
        for index, end in enumerate(compiled.read):
            recorder = (_Recorder if end.is_map else _PlainRecorder)(end.port, index, self.collected)
            compiled.builder(end.process).set_csp_ports([recorder])
        self.pending = [end.late for end in compiled.read]
        self.steps_done = 0
        self.models = {
            process: builder.build() for process, builder in compiled.executable.proc_builders.items()
        }
        self.synapses = compiled.synapses
        self.started = False

    def run(self, values: Array) -> list[Array]:
        """What every layer sent, warm-up first where it is the first run; membranes and a tail come last.

        Raises
        ------
        ModelError
            When a process model fails.
        """
        self._start()
        for step in values:
            self.feed.put(step.T)
        missing = [len(values) + warm_up for warm_up in self.pending]
        self.pending = [0] * len(self.pending)
        found: list[list[Array]] = [[] for _ in missing]
        for _ in range(sum(missing)):
            index, data = self.collected.get()
            if index == FAILED:
                raise ModelError(data)
            found[index].append(data)
            self.steps_done += index == len(missing) - 1
        return [np.stack(steps) for steps in found]

    def rewrite(self, layer: int, weight: Array) -> None:
        """Other weights for a convolution; every model has done its steps, and waits for a message."""
        model = self.models[self.synapses[layer]]
        model.weight[:] = lava_kernel(weight, model.weight.shape[-1])
        model.convolution = None

    def failure(self) -> str | None:
        """Nothing: :meth:`run` itself learns of it."""
        return None

    def close(self) -> None:
        """End the threads."""
        for channel in self.channels:
            channel.put(None)

    def _start(self) -> None:
        """Let the models run; the first steps of each, which fill the pipeline, wait for nothing."""
        if not self.started:
            self.started = True
            for model in self.models.values():
                threading.Thread(target=self._work, args=(model,), daemon=True).start()

    def _channel(self) -> queue.SimpleQueue[Any]:
        self.channels.append(queue.SimpleQueue())
        return self.channels[-1]

    def _connect(self, compiled: Compiled) -> None:
        for edge in compiled.executable.channel_builders:
            channel = self._channel()
            source, target = edge.src_port_initializer, edge.dst_port_initializer
            sender, receiver = _Sender(source.name, channel, source.d_type), _Receiver(target.name, channel)
            compiled.builder(edge.src_process).set_csp_ports([sender])
            builder = compiled.builder(edge.dst_process)
            builder.set_csp_ports([receiver])
            builder.add_csp_port_mapping(create_port_id(edge.src_process.id, source.name), receiver)

    def _work(self, model: Any) -> None:
        try:
            while True:
                model.time_step += 1
                model.run_spk()
        except _Stopped:
            pass
        except Exception:
            self.collected.put((FAILED, traceback.format_exc()))
