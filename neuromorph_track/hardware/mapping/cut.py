"""Cutting the layers of a network to cores, and measuring what each core holds."""

from __future__ import annotations

from math import ceil

import numpy as np
from numpy.typing import NDArray

from neuromorph_track.hardware.mapping.columns import columns
from neuromorph_track.hardware.mapping.demand import LayerDemand
from neuromorph_track.hardware.mapping.fill import fill
from neuromorph_track.hardware.mapping.limits import Limits, limits_of
from neuromorph_track.hardware.mapping.pieces import pieces
from neuromorph_track.hardware.mapping.placement import Cores, LayerPlacement, Placement
from neuromorph_track.hardware.mapping.reach import own_reach, reach
from neuromorph_track.hardware.profile import HardwareProfile
from neuromorph_track.netx import Stage
from neuromorph_track.netx.graph import Layer

Counts = NDArray[np.int64]


def cut(wired: tuple[Stage, ...], profile: HardwareProfile, host_encoder: bool | None) -> Placement:
    """Place layers by the profile's rule and limits, without looking for problems.

    Parameters and errors as of :func:`neuromorph_track.hardware.mapping.place`.
    """
    limits = limits_of(profile)
    # Cores that each neuron sends to; last layers come first, so that these are known.
    destinations = [np.zeros(stage.layer.neurons, np.int64) for stage in wired]
    placed: list[LayerPlacement] = []
    for index in reversed(range(len(wired))):
        stage = wired[index]
        if on_host(stage.layer, host_encoder):
            placed.append(_off_cores(stage))
            continue
        demand = LayerDemand(stage.layer, limits)
        if profile.mapping.rule == "columns":
            core = columns(demand, limits)
        else:
            core = fill(demand, limits, destinations[index])
        axons_in = _connect(wired, index, core, destinations)
        placed.append(_measured(stage.name, demand, core, axons_in, destinations[index], limits))
    layers = tuple(reversed(placed))
    cores = sum(layer.cores for layer in layers)
    return Placement(profile.id, layers, cores, ceil(cores / limits.cores), ())


def on_host(layer: Layer, host_encoder: bool | None) -> bool:
    """Whether an input layer lies off the cores."""
    assert layer.neuron is not None
    chosen = layer.neuron.kind == "delta" if host_encoder is None else host_encoder
    return layer.kind == "input" and chosen


def _connect(wired: tuple[Stage, ...], index: int, core: Cores, destinations: list[Counts]) -> Counts:
    """Distinct sources of each core; adds the layer's cores to the destinations of those sources."""
    stage, axons_in = wired[index], np.zeros(int(core.max()) + 1, np.int64)
    layer = stage.layer
    if not layer.has_synapses:
        return axons_in
    arriving = np.zeros(stage.synapse_shape, np.int64)
    for part in reach(layer, stage.synapse_shape, core):
        heard = part.nonzero > 0
        axons_in[part.core] += int(heard.sum())
        arriving[part.region] += heard
    if layer.weight_rec is not None:
        for part in own_reach(layer, core):
            axons_in[part.core] += int((part.nonzero > 0).sum())
            destinations[index] += part.nonzero > 0
    first = 0
    for source, shape in zip(stage.sources, stage.shapes, strict=True):
        # Joined channels lie one behind the other; added sources all send to the same place.
        neurons = int(np.prod(shape))
        flat = arriving.reshape(-1)
        destinations[source] += flat[first : first + neurons]
        first += neurons if stage.join == "concat" else 0
    return axons_in


def _measured(
    name: str, demand: LayerDemand, core: Cores, axons_in: Counts, destinations: Counts, limits: Limits
) -> LayerPlacement:
    layer = demand.layer
    counts = np.bincount(core)
    used = {
        "neurons_per_core": int(counts.max()),
        "synapse_words_per_core": _most_words(demand, core),
        "axons_in_per_core": int(axons_in.max()),
        "axons_out_per_core": int(np.bincount(core, destinations).max()),
    }
    return LayerPlacement(
        name=name,
        kind=layer.kind,
        neurons=layer.neurons,
        cores=len(counts),
        core=core,
        tile=_tile(layer, core),
        core_neurons=used["neurons_per_core"],
        synapse_words=used["synapse_words_per_core"],
        weight_bits=max(demand.widths, default=0),
        axons_in=used["axons_in_per_core"],
        axons_out=used["axons_out_per_core"],
        utilisation={name: used[name] / limit for name, limit in limits.by_name().items() if limit},
    )


def _most_words(demand: LayerDemand, core: Cores) -> int:
    if not demand.layer.has_synapses:
        return 0
    if not demand.is_map:
        return demand.of_row(int(np.bincount(core).max())).words
    # Pieces of one form ask for the same.
    forms = {
        (piece.corner[0], piece.mask.shape, piece.mask.tobytes()): piece
        for piece in pieces(core, demand.layer.shape)
    }
    return max(demand.of_piece(piece).words for piece in forms.values())


def _tile(layer: Layer, core: Cores) -> tuple[int, ...]:
    if len(layer.shape) != 3:
        return (int(np.bincount(core).max()),)
    fullest = max(pieces(core, layer.shape), key=lambda piece: int(piece.mask.sum()))
    return fullest.mask.shape


def _off_cores(stage: Stage) -> LayerPlacement:
    layer, nothing = stage.layer, np.zeros(0, np.int32)
    return LayerPlacement(stage.name, layer.kind, layer.neurons, 0, nothing, layer.shape, 0, 0, 0, 0, 0, {})
