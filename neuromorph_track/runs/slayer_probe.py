"""Random input that makes a SLAYER model speak, whatever it was trained on."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from neuromorph_track.export.quantise import HIGHEST, LOWEST
from neuromorph_track.export.slayer.part import Part, has_neurons
from neuromorph_track.export.slayer.synaptic import SPIKE_UNIT

Integers = NDArray[np.int32]

# Few spikes, then some, then many: too many can silence a network with inhibition.
RATES = (0.05, 0.3, 0.8)
STEPS_PER_RATE = 16
# Values of the largest map over all steps: SLAYER keeps them all.
LARGEST_PROBE = 1 << 25
# Even sixty-fourths, as SLAYER's input blocks round to, small enough for the sums of a sigma-delta network.
LARGEST_VALUE = 120


class Probe(NamedTuple):
    """Integers ``(T, *shape)``, and how many of them stand for 1 in SLAYER."""

    values: Integers
    unit: int


def model_probe(parts: Sequence[Part], shape: tuple[int, ...], seed: int) -> Probe:
    """Input for the whole model; ``shape`` is what it is fed in one step."""
    first = next(part for part in parts if has_neurons(part))
    largest = max(int(np.prod(size)) for size in (shape, *(part.sends.shape for part in parts)))
    affordable = LARGEST_PROBE // (largest * len(RATES))
    # Enough for the input to come through where SLAYER delays every block.
    late = sum(part.is_late for part in parts)
    return block_probe(first, shape, seed, max(min(affordable, STEPS_PER_RATE), late, 2))


def block_probe(part: Part, shape: tuple[int, ...], seed: int, per_rate: int = STEPS_PER_RATE) -> Probe:
    """Input of the kind that a block's neurons take: values, binary or graded spikes."""
    layer = part.layer
    assert layer is not None
    assert layer.neuron is not None
    rng = np.random.default_rng(seed)
    size = (per_rate, *shape)
    if layer.kind == "input":
        still = rng.integers(-LARGEST_VALUE // 2, LARGEST_VALUE // 2, shape)
        moves = [still + rng.normal(0, rate * LARGEST_VALUE / 4, size).round() for rate in RATES]
        # SLAYER's input blocks would clip more.
        values = np.clip(2 * np.concatenate(moves).astype(np.int32), LOWEST, HIGHEST)
        return Probe(values, part.fed_unit)
    spikes = [rng.random(size) < rate for rate in RATES]
    if not layer.neuron.sends_changes:
        return Probe(np.concatenate(spikes).astype(np.int32), 1)
    changes = [rng.normal(0, SPIKE_UNIT / 2, size).round() * spike for spike in spikes]
    return Probe(np.concatenate(changes).astype(np.int32), SPIKE_UNIT)
