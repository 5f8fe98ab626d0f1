"""One SLAYER block, and a whole network, beside the fixed-point simulator."""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from neuromorph_track.backends.fixed import FixedSimulator
from neuromorph_track.errors import JobError
from neuromorph_track.export.slayer.part import Part
from neuromorph_track.netx import Layer, Network
from neuromorph_track.runs.difference import UNEQUAL_EXPORT, likely_cause
from neuromorph_track.runs.slayer_probe import Probe

Integers = NDArray[np.int32]
Floats = NDArray[np.float32]
# SLAYER's spikes have 12 fractional bits.
SPIKE_EXP = 6


def fed_values(part: Part, values: Integers) -> Integers:
    """What an input layer is fed where SLAYER's input block is fed ``values``, both in integers."""
    return np.asarray(values * part.gain + part.offset).astype(np.int32)


def run_part(part: Part, values: Integers) -> Integers:
    """What a part's layer gives, ``(T, *shape)``, with SLAYER's step of delay where it has one."""
    layer = part.layer
    assert layer is not None
    front = () if layer.kind == "input" else (Layer("input", values.shape[1:]),)
    sent = run_network(Network((*front, *part.layers)), part, values, pipelined=False)
    return np.concatenate([np.zeros_like(sent[:1]), sent[:-1]]) if part.is_late else sent


def run_network(network: Network, last: Part, values: Integers, pipelined: bool) -> Integers:
    """What a network's last layer gives, ``(T, *shape)``: what it sends, or its membrane."""
    steps = FixedSimulator(network, spike_exp=SPIKE_EXP, pipelined=pipelined).run(values)
    if last.reading == "output":
        return steps.output
    assert steps.membrane is not None
    return steps.membrane


def refuse_difference(source: str, part: Part, ours: Integers, found: Floats) -> None:
    """Raise :class:`JobError` at the first value that is not SLAYER's.

    Parameters
    ----------
    source : str
    part : Part
    ours : (T, *shape) int32
    found : (T, *shape) float32
        SLAYER's; axes of length 1 may be missing in ``ours``.
    """
    floats = in_slayers_unit(part, ours)
    theirs = found.reshape(floats.shape)
    wrong = floats != theirs
    if not np.any(wrong):
        return
    place = tuple(int(n) for n in np.argwhere(wrong)[0])
    assert part.layer is not None
    values = float(ours[place]), float(theirs[place]) * part.unit
    cause = likely_cause(part.layer, place[0], *values, "slayer")
    raise JobError(
        f"{source}: {part.site.label} differs from SLAYER first at step {place[0]}, neuron {place[1:]}: "
        f"{floats[place]:g}, SLAYER {theirs[place]:g}; likely cause: {cause}",
        UNEQUAL_EXPORT,
    )


def in_slayers_unit(part: Part, ours: Integers) -> Floats:
    """Integers as SLAYER's float32 holds them."""
    return (ours / part.unit).astype(np.float32)


def delayed(sent: Integers, steps: Integers | None) -> Integers:
    """Each neuron's series later by its number of steps, zeros before."""
    if steps is None:
        return sent
    flat = sent.reshape(len(sent), -1)
    late = np.zeros_like(flat)
    for count in np.unique(steps):
        late[count:, steps == count] = flat[: max(len(flat) - count, 0), steps == count]
    return late.reshape(sent.shape)


def from_slayer(output: Tensor) -> Floats:
    """SLAYER's ``(1, *shape, T)`` as ``(T, *shape)``."""
    return np.moveaxis(output[0].numpy(), -1, 0)


def to_slayer(probe: Probe) -> Tensor:
    """``(T, *shape)`` integers as SLAYER's ``(1, *shape, T)`` float32."""
    floats = probe.values.astype(np.float32) / np.float32(probe.unit)
    return torch.from_numpy(np.moveaxis(floats, 0, -1).copy())[None]
