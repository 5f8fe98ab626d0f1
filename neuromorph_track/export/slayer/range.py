"""States that could leave the chip's 24 bits, where SLAYER's floats go on."""

from __future__ import annotations

import math

import numpy as np

from neuromorph_track.export.slayer.neurons import FULL_DECAY, STATE_BITS
from neuromorph_track.netx import Layer
from neuromorph_track.netx.graph import Integers

STATE_RANGE = 1 << 23


def range_notes(layer: Layer) -> tuple[str, ...]:
    """Whether spikes at every input in every step would drive a CUBA layer's states out of range.

    The bound: a current settles at ``sum / current_decay``, a potential that does not fire at
    ``(current + bias) / voltage_decay``; without a decay they grow for ever.
    """
    neuron = layer.neuron
    if neuron is None or neuron.kind != "cuba" or layer.weight is None or not layer.has_synapses:
        return ()
    sums = _largest_sum(layer.weight) + (0 if layer.weight_rec is None else _largest_sum(layer.weight_rec))
    driven = float(sums << STATE_BITS)
    current = _settled(driven, neuron.current_decay)
    if current >= STATE_RANGE:
        return (_note("current wraps", driven, current),)
    if neuron.fires and not _inhibits(layer):
        return ()
    bias = 0 if layer.bias is None else int(np.abs(layer.bias).max()) << STATE_BITS
    potential = _settled(current + bias, neuron.voltage_decay)
    return (_note("potential is clipped", current + bias, potential),) if potential >= STATE_RANGE else ()


def _largest_sum(weight: Integers) -> int:
    """Largest sum of one neuron's weights of one sign, which binary spikes apply at once."""
    rows = weight.reshape(len(weight), -1).astype(np.int64)
    return int(max(rows.clip(min=0).sum(1).max(), -rows.clip(max=0).sum(1).min()))


def _inhibits(layer: Layer) -> bool:
    """Whether something drives the potential down, where no threshold holds it."""
    parts = (layer.weight, layer.weight_rec, layer.bias)
    return any(part is not None and bool(np.any(part < 0)) for part in parts)


def _settled(driven: float, decay: int) -> float:
    return driven * FULL_DECAY / decay if decay else (math.inf if driven else 0.0)


def _note(what: str, driven: float, settled: float) -> str:
    where = "on the chip at 2^23, and not in SLAYER: with spikes at every input in every step"
    if math.isinf(settled):
        return f"its {what} {where}, after {math.ceil(STATE_RANGE / driven):,} steps, as it does not decay"
    return f"its {what} {where}, it would reach {settled / STATE_RANGE:.1f} times as much"
