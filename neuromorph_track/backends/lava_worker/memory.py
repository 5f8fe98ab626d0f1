"""Memory that forked processes share and that has no name: nothing to leave behind."""

from __future__ import annotations

import mmap
from typing import Any

import numpy as np
from numpy.typing import NDArray

COUNTER = np.dtype(np.int64)


class Segment:
    """What Lava needs of a ``SharedMemory``."""

    def __init__(self, size: int) -> None:
        self.memory = mmap.mmap(-1, max(size, 1))
        self.buf = memoryview(self.memory)


class AnonymousMemory:
    """Lava's ``SharedMemoryManager`` without its server process and without files in /dev/shm."""

    def start(self) -> None:
        """Nothing to start."""

    def shutdown(self) -> None:
        """Nothing to stop: the memory goes with the last process that has it."""

    def create_shared_memory(self, size: int) -> Segment:
        return Segment(size)


class Tape:
    """The last ``length`` vectors that went through a port, and how many there were.

    Parameters
    ----------
    shape : tuple of int
        Of one vector.
    length : int
    dtype : type
    """

    def __init__(self, shape: tuple[int, ...], length: int, dtype: type = np.int32) -> None:
        values = int(np.prod(shape))
        segment = Segment(COUNTER.itemsize + np.dtype(dtype).itemsize * values * length)
        self.counter: NDArray[np.int64] = np.ndarray((1,), COUNTER, segment.buf)
        self.steps: NDArray[Any] = np.ndarray((length, *shape), dtype, segment.buf, COUNTER.itemsize)


class Reader:
    """An end of a channel that gives what lies on a tape, one vector a step."""

    def __init__(self, name: str, tape: Tape) -> None:
        self.name, self.tape, self.step = name, tape, 0

    def recv(self) -> NDArray[Any]:
        data = self.tape.steps[self.step % len(self.tape.steps)].copy()
        self.step += 1
        return data

    def start(self) -> None:
        """Lava starts a thread here; a tape needs none."""

    join = start


class Writer:
    """A further end of an out port, that keeps on a tape what is sent."""

    def __init__(self, name: str, tape: Tape) -> None:
        self.name, self.tape = name, tape

    def send(self, data: NDArray[Any]) -> None:
        self.tape.steps[self.tape.counter[0] % len(self.tape.steps)] = data
        self.tape.counter[0] += 1

    def start(self) -> None:
        """Lava starts a thread here; a tape needs none."""

    join = start
