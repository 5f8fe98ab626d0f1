"""Where two backends first differ: the layer, step and neuron, and what most often makes them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from neuromorph_track.netx import AnyNetwork, Layer, endings, stages

Against = Literal["lava", "slayer"]

STATE_WRAP = 1 << 24
FLOAT32_EXACT = 1 << 24
# What to do about an export that does not compute what was trained.
UNEQUAL_EXPORT = (
    "report it with what `neuromorph-track env` prints; --no-check (check=False) writes it all the same"
)


@dataclass(frozen=True)
class Difference:
    """Where two backends first differ.

    Attributes
    ----------
    layer : str
        Name as in tables, e.g. ``3 conv``; layers are looked through in order, step by step, and then
        membrane potentials, as ``3 conv (membrane)``.
    step : int
        From 0.
    neuron : tuple of int
        ``(channel, row, column)`` or ``(index,)``.
    fixed, other : float
        What the fixed-point simulator and the other backend have there.
    neurons : int
        How many neurons of the layer differ in this step.
    cause : str
        The likely one.
    """

    layer: str
    step: int
    neuron: tuple[int, ...]
    fixed: float
    other: float
    neurons: int
    cause: str


def first_difference(
    network: AnyNetwork, fixed: Sequence[NDArray[Any]], other: Sequence[NDArray[Any]], against: Against
) -> Difference | None:
    """The first layer that sends something else, and its first step and neuron."""
    for stage, ours, theirs in zip(stages(network), fixed, other, strict=True):
        if found := _difference(stage.name, stage.layer, ours, theirs, against):
            return found
    return None


def first_membrane_difference(
    network: AnyNetwork,
    fixed: Mapping[str, NDArray[Any]],
    other: Mapping[str, NDArray[Any]],
    against: Against,
) -> Difference | None:
    """The same of membrane potentials, by the names of the outputs that a host reads them of."""
    wired, ends = stages(network), endings(network)
    for name, ours in fixed.items():
        stage = wired[ends[name].stage]
        if found := _difference(f"{stage.name} (membrane)", stage.layer, ours, other[name], against):
            return found
    return None


def _difference(
    name: str, layer: Layer, fixed: NDArray[Any], other: NDArray[Any], against: Against
) -> Difference | None:
    wrong = fixed != other
    if not np.any(wrong):
        return None
    place = tuple(int(n) for n in np.argwhere(wrong)[0])
    step, neuron = place[0], place[1:]
    values = float(fixed[place]), float(other[place])
    cause = likely_cause(layer, step, *values, against)
    return Difference(name, step, neuron, *values, int(wrong[step].sum()), cause)


def likely_cause(layer: Layer, step: int, fixed: float, other: float, against: Against) -> str:
    """What most often makes such a layer differ; the layers before it are equal."""
    if layer.delay is not None:
        return "delays: one of the two may ignore or shift them"
    if layer.weight_rec is not None:
        return "recurrent state: the layer's own spikes arrive a step earlier or later"
    if fixed != other and (fixed - other) % STATE_WRAP == 0:
        return "wrap-around: the values agree but for a multiple of 2**24"
    if against == "slayer" and max(abs(fixed), abs(other)) >= FLOAT32_EXACT:
        return "sums beyond 2**24: a float32 convolution cannot hold them exactly"
    if step == 0 and layer.bias is not None:
        return "early bias: one of the two integrates the bias before the first input arrives"
    if against == "slayer" and layer.neuron is not None and layer.neuron.sends_changes:
        return (
            "rounding: a graded spike is kept to 1/4096 of an activation, and the two may cut it differently"
        )
    if against == "slayer" and layer.neuron is not None:
        return "decay: SLAYER's float state and the chip's integer state round differently"
    return "none of the known ones: weights, geometry or neuron of this layer"
