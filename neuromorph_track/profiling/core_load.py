"""What spikes ask of each core: messages that arrive, and synops."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from neuromorph_track.errors import InputError
from neuromorph_track.hardware.mapping import LayerPlacement, Placement
from neuromorph_track.hardware.mapping.reach import Reach, own_reach, reach
from neuromorph_track.netx import AnyNetwork, Stage, stages

Counts = NDArray[np.int64]


class LayerLoad(NamedTuple):
    """Work of one layer's cores; every array has one entry per core, ``(cores,)`` int64.

    Attributes
    ----------
    name : str
    messages : int
        Spikes that arrive, each once for every core of this layer that it reaches with a non-zero weight.
    messages_in : (cores,)
        The same by core.
    synops, synops_all : (cores,)
        Weights applied, without and with those that are zero.
    neurons : (cores,)
    """

    name: str
    messages: int
    messages_in: Counts
    synops: Counts
    synops_all: Counts
    neurons: Counts


def core_load(
    network: AnyNetwork,
    placement: Placement,
    spikes: Sequence[Counts],
    *,
    fed: Counts | None = None,
) -> tuple[LayerLoad, ...]:
    """Work of every core for the spikes that each neuron sent.

    The synops of a layer's cores add up to the synops that a backend counts for the layer. Of a recurrent
    layer the spikes of the last timestep count here, although they arrive in the next.

    Parameters
    ----------
    network : Network or Graph
    placement : ``hardware.mapping.Placement``
        Of this network.
    spikes : sequence of (neurons,) int64
        How often each neuron spiked, layer by layer as in :func:`neuromorph_track.netx.stages`, in
        (C, H, W) order.
    fed : int64 array, optional
        How often each input was fed a spike, for a network whose first layers have synapses.

    Returns
    -------
    tuple of LayerLoad
        One per layer; its arrays are empty for a layer that lies off the cores.

    Raises
    ------
    InputError
        When spikes do not belong to this network, or ``fed`` is missing.
    """
    return core_loads(network, placement, [spikes], fed=fed)[0]


def core_loads(
    network: AnyNetwork,
    placement: Placement,
    frames: Sequence[Sequence[Counts]],
    *,
    fed: Counts | None = None,
) -> tuple[tuple[LayerLoad, ...], ...]:
    """:func:`core_load` of several frames at once: what takes long, which weight lies where, they share."""
    wired = stages(network)
    for spikes in frames:
        _check(network.source, wired, placement, spikes, fed)
    found = []
    for index, (stage, placed) in enumerate(zip(wired, placement.layers, strict=True)):
        arriving = [_stacked(frames, source) for source in stage.sources]
        if not arriving and fed is not None:
            arriving = [np.stack([np.asarray(fed, np.int64).reshape(-1)] * len(frames))]
        found.append(_layer_loads(stage, placed, arriving, _stacked(frames, index)))
    return tuple(zip(*found, strict=True))


def _stacked(frames: Sequence[Sequence[Counts]], index: int) -> Counts:
    return np.stack([np.asarray(spikes[index], np.int64).reshape(-1) for spikes in frames])


def _layer_loads(
    stage: Stage, placed: LayerPlacement, arriving: list[Counts], own: Counts
) -> list[LayerLoad]:
    """One load for each frame; spikes are ``(frames, neurons)``."""
    layer, counts = stage.layer, np.zeros((len(own), 3, placed.cores), np.int64)
    if placed.cores and layer.has_synapses:
        heard = _joined(stage, arriving)
        for part in reach(layer, stage.synapse_shape, placed.core):
            everywhere = (slice(None), *part.region)
            _add(counts[:, :, part.core], heard[everywhere], part)
        if layer.weight_rec is not None:
            for part in own_reach(layer, placed.core):
                _add(counts[:, :, part.core], own, part)
    neurons = np.bincount(placed.core, minlength=placed.cores).astype(np.int64)
    return [LayerLoad(stage.name, int(each[0].sum()), each[0], each[1], each[2], neurons) for each in counts]


def _add(counts: Counts, spikes: Counts, part: Reach) -> None:
    flat = spikes.reshape(len(spikes), -1)
    meets = (np.asarray(part.nonzero > 0, np.int64), part.nonzero, part.all)
    counts += flat @ np.stack([weights.reshape(-1) for weights in meets], 1)


def _joined(stage: Stage, arriving: list[Counts]) -> Counts:
    """Spikes as the layer's synapses hear them; each source sends messages of its own."""
    if len(arriving) == 1:
        heard = arriving[0]
    elif stage.join == "concat":
        heard = np.concatenate(arriving, axis=1)
    else:
        heard = np.sum(arriving, axis=0)
    return np.asarray(heard, np.int64).reshape(-1, *stage.synapse_shape)


def _check(
    source: str,
    wired: Sequence[Stage],
    placement: Placement,
    spikes: Sequence[Counts],
    fed: Counts | None,
) -> None:
    names = [stage.name for stage in wired]
    if [layer.name for layer in placement.layers] != names:
        raise InputError(source, "placement", "that of another network", f"layers {', '.join(names)}")
    found = tuple(np.size(layer) for layer in spikes)
    expected = tuple(stage.layer.neurons for stage in wired)
    if found != expected:
        raise InputError(source, "spikes", f"layers of {found} neurons", f"{expected}")
    for stage in wired:
        inputs = int(np.prod(stage.synapse_shape))
        if not stage.sources and stage.layer.has_synapses and (fed is None or np.size(fed) != inputs):
            what = "nothing" if fed is None else f"{np.size(fed)} inputs"
            raise InputError(source, "fed", what, f"spikes of the {inputs} inputs that {stage.name} hears")
