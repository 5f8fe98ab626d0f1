"""A compiled Lava graph in Lava's own runtime: an operating-system process for each model."""

from __future__ import annotations

import ctypes
import multiprocessing
import os
import select
import signal
import traceback
from collections.abc import Sequence
from typing import Any

import numpy as np
from lava.magma.core.process.message_interface_enum import ActorType
from lava.magma.core.run_conditions import RunSteps
from lava.magma.runtime.message_infrastructure import multiprocessing as infrastructure
from lava.magma.runtime.runtime import Runtime

from neuromorph_track.backends.lava_worker.compiled import Compiled, End, compile_layers
from neuromorph_track.backends.lava_worker.graph import Settings, lava_kernel
from neuromorph_track.backends.lava_worker.memory import AnonymousMemory, Reader, Tape, Writer
from neuromorph_track.backends.lava_worker.spec import Array, LayerSpec
from neuromorph_track.backends.lava_worker.tail import Tail

TAPE_BYTES = 1 << 26
LONGEST_TAPE = 256
# A pipe takes this much in one piece, whoever else writes.
LONGEST_REPORT = 4096
DIE_WITH_PARENT = 1
FULL_DECAY = 4096


class _Actor(infrastructure.SystemProcess):
    """Reports its exception at once: the processes that wait for it would wait for ever."""

    reports: int

    def run(self) -> None:
        try:
            multiprocessing.Process.run(self)
        except BaseException:
            os.write(self.reports, traceback.format_exc().encode()[-LONGEST_REPORT:])
            os._exit(1)


class ProcessSession:
    """Run layers as Lava does, all of them step by step.

    Parameters
    ----------
    specs : sequence of LayerSpec
    settings : Settings
    tail : Tail or None
    """

    def __init__(self, specs: Sequence[LayerSpec], settings: Settings, tail: Tail | None = None) -> None:
        infrastructure.SharedMemoryManager = AnonymousMemory
        infrastructure.SystemProcess = _Actor
        self.reports, self.reported = os.pipe()
        _Actor.reports = self.reported
        compiled = compile_layers(specs, settings, stock=True, tail=tail)
        self.read = compiled.read
        self.late = [end.late for end in self.read]
        self.resumable = tail is None and (all(map(_settles, specs)) or _forget(specs, settings))
        self.synapses = compiled.synapses
        self.started = False
        entrance = compiled.entrance
        step_bytes = 4 * max(int(np.prod(end.shape)) for end in (entrance, *self.read))
        length = max(1, min(LONGEST_TAPE, TAPE_BYTES // step_bytes))
        self.feed = Tape(entrance.shape, length)
        compiled.builder(entrance.process).set_csp_ports([Reader(entrance.port, self.feed)])
        self.tapes = [_tape(compiled, end, length) for end in self.read]
        self.runtime = Runtime(compiled.executable, ActorType.MultiProcessing)
        compiled.executable.assign_runtime_to_all_processes(self.runtime)
        self.runtime.initialize()

    @property
    def steps_done(self) -> int:
        """Steps of the slowest layer so far."""
        return min(int(tape.counter[0]) for tape in self.tapes)

    def run(self, values: Array) -> list[Array]:
        """What every layer sent, warm-up first where it is the first run; membranes and a tail come last.

        Lava's clock is one for all, so that the last value is fed again until it has come through.

        Raises
        ------
        ModelError
            When a second run would start from states that those further steps have changed.
        """
        if self.started and not self.resumable:
            raise RuntimeError(
                "leaky, delayed or recurrent neurons, or what is behind the head, "
                "have moved on while the pipeline ran empty"
            )
        steps = len(values) + max(self.late)
        fed = values[np.minimum(np.arange(steps), len(values) - 1)]
        pieces = [self._run_piece(piece) for piece in _pieces(fed, len(self.feed.steps))]
        found = [np.concatenate(parts) for parts in zip(*pieces, strict=True)]
        first = [0 if not self.started else late for late in self.late]
        self.started = True
        last = len(values)
        return [sent[start : last + late] for sent, start, late in zip(found, first, self.late, strict=True)]

    def rewrite(self, layer: int, weight: Array) -> None:
        """Other weights for a convolution, by Lava's own way: a variable of a process that is paused."""
        # Lava lets one do it from the first run on; its processes have waited since they were made.
        self.runtime._is_started = True
        kernel = self.synapses[layer].weight
        kernel.set(lava_kernel(weight, kernel.shape[-1]))

    def _run_piece(self, values: Array) -> list[Array]:
        start = self.steps_done
        at = np.arange(start, start + len(values)) % len(self.feed.steps)
        self.feed.steps[at] = _reversed(values)
        self.runtime.start(RunSteps(num_steps=len(values)))
        sent = [tape.steps[at] for tape in self.tapes]
        return [_reversed(s) if end.is_map else s for end, s in zip(self.read, sent, strict=True)]

    def failure(self) -> str | None:
        """Traceback of a model that failed, or what is known of one that died."""
        if select.select([self.reports], [], [], 0)[0]:
            return os.read(self.reports, LONGEST_REPORT).decode(errors="replace")
        for actor in self._actors():
            if actor.exitcode:
                return f"a Lava process ended with exit code {actor.exitcode}"
        return None

    def close(self) -> None:
        """Kill the processes and wait until they are gone; they own nothing that has a name."""
        for actor in self._actors():
            os.kill(actor.pid, signal.SIGKILL)
        for actor in self._actors():
            multiprocessing.Process.join(actor)
        os.close(self.reports)
        os.close(self.reported)

    def _actors(self) -> list[Any]:
        messages = self.runtime._messaging_infrastructure
        return list(messages.actors) if messages is not None else []


def die_with_parent() -> None:
    """Let the kernel kill every process that is forked from here on when this one dies (Linux)."""
    libc = ctypes.CDLL(None)
    parent = os.getpid()
    if not hasattr(libc, "prctl"):
        return

    def in_child() -> None:
        libc.prctl(DIE_WITH_PARENT, signal.SIGKILL)
        if os.getppid() != parent:
            os._exit(1)

    os.register_at_fork(after_in_child=in_child)


def _tape(compiled: Compiled, end: End, length: int) -> Tape:
    builder = compiled.builder(end.process)
    dtype = np.int32 if end.is_map else getattr(builder.proc_model, end.port).d_type
    tape = Tape(end.shape, length, dtype)
    builder.set_csp_ports([Writer(end.port, tape)])
    return tape


def _settles(spec: LayerSpec) -> bool:
    """Whether a layer stays as it is while nothing new arrives."""
    return spec.neuron not in ("cuba", "ilif") and spec.weight_rec is None and spec.delay is None


def _forget(specs: Sequence[LayerSpec], settings: Settings) -> bool:
    """Whether no layer knows in a step what was in the step before."""
    leaky = all(spec.neuron in ("cuba", "ilif") for spec in specs)
    plain = all(spec.weight_rec is None and spec.delay is None for spec in specs)
    return leaky and plain and (settings.reset_interval == 1 or all(map(_has_no_memory, specs)))


def _has_no_memory(spec: LayerSpec) -> bool:
    # A current may last where it does not decay at once.
    currents = (spec.current_decay,) if spec.neuron == "cuba" else ()
    return all(decay == FULL_DECAY for decay in (*currents, spec.voltage_decay))


def _pieces(values: Array, length: int) -> list[Array]:
    return [values[start : start + length] for start in range(0, len(values), length)]


def _reversed(steps: Array) -> Array:
    """Between ``(T, C, H, W)`` and Lava's ``(T, W, H, C)``."""
    return steps.transpose(0, *range(steps.ndim - 1, 0, -1))
