"""Spikes of several layers as one layer hears them: added, or channels side by side."""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce
from typing import Any

import numpy as np
import torch

from neuromorph_track.backends.fixed import join_kernels
from neuromorph_track.backends.fixed.spikes import EventBuffer, Events, Spikes, map_shape
from neuromorph_track.netx.branching import Join, Shape, joined_shape

# numba's annotations do not follow unpacked arguments.
COMPILED: Any = join_kernels


def joined(parts: Sequence[Spikes], shapes: Sequence[Shape], join: Join) -> Spikes:
    """What arrives of ``parts``, each taken as one of ``shapes``; events where all of them are."""
    if len(parts) == 1:
        return parts[0]
    parts = [part.reshaped(shape) for part, shape in zip(parts, shapes, strict=True)]
    shape, steps = joined_shape(shapes, join), parts[0].steps
    # Each branch sends messages of its own, also where they cancel or fall together.
    messages = tuple(parts) if join == "add" else None
    if all(part.has_events for part in parts):
        events = _added(parts, shape) if join == "add" else _side_by_side(parts, shape)
        return Spikes(shape, steps, events=events, messages=messages)
    tensors = [part.dense.reshape(steps, *given) for part, given in zip(parts, shapes, strict=True)]
    dense = reduce(torch.add, tensors) if join == "add" else torch.cat(tensors, 1)
    return Spikes(shape, steps, dense=dense, messages=messages)


def delayed(spikes: Spikes | None, shape: Shape, steps: int) -> Spikes:
    """``spikes`` as they arrive in the last of ``steps`` steps, none before; None: none at all."""
    arrived = torch.zeros(steps, *shape, dtype=torch.int32)
    if spikes is not None:
        arrived[steps - spikes.steps :] = spikes.dense.reshape(spikes.steps, *shape)
    return Spikes(shape, steps, dense=arrived)


def _added(parts: Sequence[Spikes], shape: Shape) -> Events:
    def pair(one: Events, other: Events) -> Events:
        room = EventBuffer(shape).take(len(one.filled))
        COMPILED.add(*one, *other, *room)
        return room

    return reduce(pair, (part.events for part in parts))


def _side_by_side(parts: Sequence[Spikes], shape: Shape) -> Events:
    room, first = EventBuffer(shape).take(parts[0].steps), 0
    for part in parts:
        channels = map_shape(part.shape)[0]
        COMPILED.append_channels(*part.events, *room, np.int32(first), channels, map_shape(shape)[0])
        first += channels
    return room
