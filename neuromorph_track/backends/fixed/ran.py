"""What a layer's runner gives back."""

from __future__ import annotations

from typing import NamedTuple

from neuromorph_track.backends.activity import Counts
from neuromorph_track.backends.fixed.spikes import Spikes


class Ran(NamedTuple):
    """What a layer did in a chunk of steps.

    Attributes
    ----------
    sent : Spikes
        Of a sigma head: its potentials instead of spikes.
    arrived : (T, 3) int64
        Spikes that arrived, synops over non-zero weights, synops over all weights.
    changed : (T,) int64
        Neurons that a step left another state than before it: another sum, current, potential or level.
        A CUBA or ILIF neuron that spiked is one of them even where its potential was 0 before.
    """

    sent: Spikes
    arrived: Counts
    changed: Counts
