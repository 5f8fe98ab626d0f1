"""Spikes of a layer over some steps, as events or as a dense tensor, whichever is asked for."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from neuromorph_track.backends.fixed import event_loops


class Events(NamedTuple):
    """Non-zero spikes in buckets, one per step and row of the map.

    Attributes
    ----------
    neuron, value : (T, H * W * C) int32
        ``neuron[t, row * W * C + k]`` for ``k < filled[t, row]`` is a neuron in (H, W, C) order.
    filled : (T, H) int32
        Events in each bucket; what lies behind them is undefined.
    """

    neuron: NDArray[np.int32]
    value: NDArray[np.int32]
    filled: NDArray[np.int32]


class EventBuffer:
    """Memory for a layer's events, used again for every chunk; pages that no event reaches cost nothing."""

    def __init__(self, shape: tuple[int, ...]) -> None:
        _, height, width = map_shape(shape)
        self.rows, self.neurons = height, height * width * map_shape(shape)[0]
        self._index = np.empty((0, self.neurons), np.int32)
        self._value = self._index

    def take(self, steps: int) -> Events:
        """Room for ``steps`` steps; what was taken before is overwritten."""
        if len(self._index) < steps:
            self._index = np.empty((steps, self.neurons), np.int32)
            self._value = np.empty((steps, self.neurons), np.int32)
        count = np.zeros((steps, self.rows), np.int32)
        return Events(self._index[:steps], self._value[:steps], count)


class Spikes:
    """What a layer sent in T steps; converted when the next layer wants the other form.

    Parameters
    ----------
    shape : tuple of int
        Of the layer, ``(C, H, W)`` or ``(N,)``.
    steps : int
    events, dense
        One of them; dense is ``(T, *shape)`` int32.
    messages : tuple of Spikes or None
        What is counted where they arrive, if not these themselves: see :mod:`.joins`.
    """

    def __init__(
        self,
        shape: tuple[int, ...],
        steps: int,
        events: Events | None = None,
        dense: Tensor | None = None,
        messages: tuple[Spikes, ...] | None = None,
    ) -> None:
        self.shape, self.steps = shape, steps
        self._events, self._dense = events, dense
        self._messages = messages

    @property
    def messages(self) -> tuple[Spikes, ...]:
        """What is counted where they arrive."""
        return (self,) if self._messages is None else self._messages

    @property
    def has_events(self) -> bool:
        """Whether they need not be looked for in a dense tensor."""
        return self._events is not None

    def reshaped(self, shape: tuple[int, ...]) -> Spikes:
        """The same spikes of a layer of another shape, such as a flattened one."""
        if map_shape(shape) == map_shape(self.shape):
            return self
        return Spikes(shape, self.steps, dense=self.dense.reshape(self.steps, *shape))

    def number(self) -> NDArray[np.int64]:
        """Spikes of each step, ``(T,)``."""
        if self._events is not None:
            return self._events.filled.sum(1, dtype=np.int64)
        assert self._dense is not None
        return number_of(self._dense != 0)

    @property
    def events(self) -> Events:
        if self._events is None:
            assert self._dense is not None
            room = EventBuffer(self.shape).take(self.steps)
            values = rows_of(self._dense.cpu().numpy().reshape(self.steps, *map_shape(self.shape)))
            event_loops.collect(values, *room)
            self._events = room
        return self._events

    @property
    def dense(self) -> Tensor:
        if self._dense is None:
            assert self._events is not None
            channels, height, width = map_shape(self.shape)
            values = np.zeros((self.steps, height * width * channels), np.int32)
            event_loops.spread(*self._events, values)
            image = values.reshape(self.steps, height, width, channels).transpose(0, 3, 1, 2)
            self._dense = torch.from_numpy(np.ascontiguousarray(image)).reshape(self.steps, *self.shape)
        return self._dense


def number_of(marked: Tensor) -> NDArray[np.int64]:
    """How many of ``marked`` (T, ...) bool are true in each step, ``(T,)``."""
    # Sums of bytes are vectorised, of bools they are not.
    bytes_ = marked.reshape(len(marked), -1).view(torch.uint8)
    return bytes_.sum(1, dtype=torch.int32).cpu().numpy().astype(np.int64)


def map_shape(shape: tuple[int, ...]) -> tuple[int, int, int]:
    """A layer's shape as a map ``(C, H, W)``; a plain layer is a map of one cell."""
    if len(shape) == 3:
        return shape[0], shape[1], shape[2]
    return int(np.prod(shape)), 1, 1


def rows_of(values: NDArray[np.int32]) -> NDArray[np.int32]:
    """``(T, C, H, W)`` as ``(T, H, W * C)``, contiguous."""
    steps, _, height, _ = values.shape
    return np.ascontiguousarray(values.transpose(0, 2, 3, 1)).reshape(steps, height, -1)
