"""Where the layers of a network lie on a chip."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Cores = NDArray[np.int32]


class Problem(NamedTuple):
    """Why a network, or one layer of it, does not fit, and what would make it fit."""

    layer: str
    found: str
    expected: str
    remedy: str


@dataclass(frozen=True)
class LayerPlacement:
    """One layer on its cores.

    Attributes
    ----------
    name : str
        As in activity: ``3 conv``.
    kind : str
    neurons : int
    cores : int
        0 where the layer runs off the cores (a delta encoder on the host).
    core : (neurons,) int32
        Which of the layer's cores holds each neuron, in (C, H, W) order; empty where ``cores`` is 0.
    tile : tuple of int
        Box around the neurons of the fullest core: ``(C, H, W)`` of a map, ``(N,)`` of a plain layer.
    core_neurons : int
        Neurons of the fullest core.
    synapse_words : int
        64-bit words of weights on the fullest core; zero weights take their place as others do.
    weight_bits : int
        After ``optimize_weight_bits``; 0 without synapses.
    axons_in, axons_out : int
        Of the fullest core: distinct sources that reach it with a non-zero weight, and pairs of a neuron and
        a core that it reaches so. Loihi 2 does not spend an axon on each in a convolution.
    utilisation : dict of float
        Share of each limited resource on the fullest core, by the profile's name
        (``neurons_per_core``, ``synapse_words_per_core`` ...); only those the profile limits.
    """

    name: str
    kind: str
    neurons: int
    cores: int
    core: Cores
    tile: tuple[int, ...]
    core_neurons: int
    synapse_words: int
    weight_bits: int
    axons_in: int
    axons_out: int
    utilisation: dict[str, float]


@dataclass(frozen=True)
class Placement:
    """A network on a chip or board.

    Attributes
    ----------
    profile : str
        Id of the hardware profile.
    layers : tuple of LayerPlacement
        One per stage, in the order of the network's activity.
    cores, chips : int
        In use.
    problems : tuple of Problem
        Empty where the network fits.
    """

    profile: str
    layers: tuple[LayerPlacement, ...]
    cores: int
    chips: int
    problems: tuple[Problem, ...]

    @property
    def fits(self) -> bool:
        return not self.problems
