"""Axonal delays of SLAYER as synaptic delays of NetX."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from neuromorph_track.export.slayer.part import Part
from neuromorph_track.netx.graph import Integers
from neuromorph_track.netx.validate import MAX_DELAY


def place_delays(parts: Sequence[Part]) -> tuple[Part, ...]:
    """Give the delays of axons to synapses, the only ones that NetX reads, and those of dense layers only.

    A neuron whose inputs all come later fires later by as much, if nothing but its inputs drives it: a
    dense layer without bias and recurrence takes its own delays. Any other's go to the synapses of a
    dense layer behind it; such a part keeps ``axon_delay``, because what its layer sends is not delayed.

    Raises
    ------
    InputError
        When there is no such layer, or the delays of two layers add up to more than the chip's 62 steps.
    """
    placed = list(parts)
    own: dict[int, Integers] = {}
    arriving: dict[int, Integers] = {}
    for index, part in enumerate(parts):
        if part.axon_delay is None:
            continue
        behind = _next_with_synapses(parts, index)
        if _is_driven_by_inputs_only(part):
            own[index] = part.axon_delay
            placed[index] = replace(part, axon_delay=None)
        elif behind is not None and _kind(parts[behind]) == "dense":
            arriving[behind] = part.axon_delay
        else:
            raise part.site.refuse(*_reason(part, None if behind is None else parts[behind]))
    for index in sorted({*own, *arriving}):
        placed[index] = _delayed(placed[index], own.get(index), arriving.get(index))
    return tuple(placed)


def _next_with_synapses(parts: Sequence[Part], index: int) -> int | None:
    for later in range(index + 1, len(parts)):
        layer = parts[later].layer
        if layer is not None and layer.has_synapses:
            return later
    return None


def _is_driven_by_inputs_only(part: Part) -> bool:
    layer = part.layer
    return layer is not None and layer.kind == "dense" and layer.bias is None


def _kind(part: Part) -> str:
    return "nothing" if part.layer is None else part.layer.kind


def _reason(part: Part, behind: Part | None) -> tuple[str, str]:
    kind, layer = _kind(part), part.layer
    why = f"a {kind} layer"
    if kind == "dense" and layer is not None and layer.bias is not None:
        why = "a dense layer with a bias, which the delay of its inputs does not delay"
    to = "as the last layer" if behind is None else f"in front of a {_kind(behind)} layer"
    found = f"axonal delays of {why} {to}"
    return found, "no delay, or a Dense block behind it (through Flatten): NetX delays dense synapses only"


def _delayed(part: Part, own: Integers | None, arriving: Integers | None) -> Part:
    layer = part.layer
    assert layer is not None
    assert layer.weight is not None
    outputs, inputs = layer.weight.shape
    delay = np.zeros((outputs, inputs), np.int32)
    if own is not None:
        delay += own[:, None]
    if arriving is not None:
        delay += arriving[None, :]
    if delay.max() > MAX_DELAY:
        found = f"delays that add up to {delay.max()} steps with those of the block before"
        raise part.site.refuse(found, f"at most {MAX_DELAY} steps in one synapse")
    # As lava-dl writes it where it can.
    compact = own if arriving is None else delay
    return replace(part, layers=(*part.layers[:-1], replace(layer, delay=compact)))
