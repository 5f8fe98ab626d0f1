"""Activity of another framework: the counts of spikes that were recorded elsewhere."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from neuromorph_track.backends.activity import Activity, NeuronSpikes
from neuromorph_track.backends.layer_counter import LayerCounter, arrived_at
from neuromorph_track.errors import InputError
from neuromorph_track.netx import AnyNetwork, Layer, Network, Stage, chains, stages
from neuromorph_track.netx.validate import validate

Counts = NDArray[np.int64]
Recorded = NDArray[Any]


def count_recorded(
    network: AnyNetwork | Sequence[Layer],
    spikes: Sequence[Recorded],
    changed: Sequence[NDArray[np.bool_]] | None = None,
    *,
    steps_per_frame: int = 1,
) -> Activity:
    """Counts of a run of any framework, from the spikes that it recorded.

    What the layers' neurons compute does not matter here, so ``Neuron("cuba", "LIF", 1)`` stands for any
    neuron with binary spikes and ``Neuron("sigma_delta", "SDNN", 1)`` for one with graded ones; of float
    weights only the support matters: ``(weight != 0).astype(np.int32)``. A convolution and two layers::

        layers = [
            Layer("input", (2, 16, 16)),
            Layer("conv", (8, 16, 16), neuron, support, padding=(1, 1)),
            Layer("flatten", (2048,)),
            Layer("dense", (10,), neuron, other_support),
        ]
        activity = count_recorded(layers, [fed, hidden, out], steps_per_frame=8)

    Parameters
    ----------
    network : Network, Graph or sequence of Layer
    spikes : sequence of ``(T, *shape)`` arrays
        What was fed, then what each layer with neurons sent, in the network's order; all that is not zero
        is a spike. T is a whole number of frames.
    changed : sequence of ``(T, *shape)`` bool, or None
        For each layer with neurons, whether a step left a neuron another state than before. None where
        that was not recorded: all updates are then counted as changing the state, as many as can be.
    steps_per_frame : int
        Steps of a frame, or of a sample. Samples may lie one behind the other, unless the network is
        recurrent: there a step hears its layer's step before.

    Returns
    -------
    Activity
        One entry per frame.

    Raises
    ------
    InputError
        When the layers do not fit each other, or the arrays not the layers.

    Examples
    --------
    Two steps of three inputs into one neuron; the weight in the middle is zero:

    >>> from neuromorph_track.netx import Neuron
    >>> support = np.array([[1, 0, 1]], np.int32)
    >>> layer = Layer("dense", (1,), Neuron("cuba", "LIF", 1), support)
    >>> activity = count_recorded([layer], [np.array([[1, 1, 0], [0, 1, 1]]), np.array([[0], [1]])])
    >>> activity.total("synops").tolist(), activity.total("synops_all").tolist()
    ([1, 1], [2, 2])
    """
    if not isinstance(network, AnyNetwork):
        network = Network(tuple(network), "layers")
    for chain in chains(network):
        validate(chain)
        _refuse(chain)
    wired = stages(network)
    arrays = _checked(network, wired, spikes, steps_per_frame)
    steps = len(arrays[0])
    moved = _changed(wired, changed, steps)
    layers = []
    for stage, sent, own in zip(wired, arrays[1:], moved, strict=True):
        arrived = arrived_at(stage, arrays[1:], arrays[0], steps)
        layers.append(LayerCounter(stage)(arrived, sent, own, 0))
    by_neuron = _by_neuron(wired, arrays[1:], steps_per_frame)
    whole = replace(Activity.of(network), layers=tuple(layers), by_neuron=by_neuron)
    return whole.per_frame(steps_per_frame)


def _refuse(chain: Network) -> None:
    if not any(layer.neuron is not None for layer in chain.layers):
        raise InputError(
            chain.source, "layers", f"{len(chain.layers)} without neurons", "a layer with neurons"
        )
    for index, layer in enumerate(chain.layers):
        if layer.kind == "average" or (layer.has_synapses and layer.neuron is None):
            found = f"{layer.kind!r} {'without neurons' if layer.has_synapses else 'layer'}"
            expected = "layers of synapses with neurons, input and flatten"
            raise InputError(chain.source, f"layer/{index}", found, expected)


def _checked(
    network: AnyNetwork, wired: Sequence[Stage], spikes: Sequence[Recorded], steps_per_frame: int
) -> list[Recorded]:
    if steps_per_frame < 1:
        raise InputError("recording", "steps_per_frame", str(steps_per_frame), "at least 1")
    if len(spikes) != 1 + len(wired):
        expected = f"{1 + len(wired)}: what was fed, then {', '.join(stage.name for stage in wired)}"
        raise InputError("recording", "spikes", f"{len(spikes)} arrays", expected)
    arrays = [np.asarray(part) for part in spikes]
    steps = len(arrays[0]) if arrays[0].ndim else 0
    if not steps or steps % steps_per_frame:
        found, expected = f"{steps} steps", f"whole frames of {steps_per_frame} steps"
        raise InputError("recording", "spikes", found, expected)
    shapes = [network.input_shape, *(stage.layer.shape for stage in wired)]
    names = ["input", *(stage.name for stage in wired)]
    for name, part, shape in zip(names, arrays, shapes, strict=True):
        if part.shape != (steps, *shape):
            expected = f"({steps}, *{shape})"
            raise InputError("recording", f"spikes/{name}", f"shape {part.shape}", expected)
    return arrays


def _changed(wired: Sequence[Stage], changed: Sequence[NDArray[np.bool_]] | None, steps: int) -> list[Counts]:
    if changed is None:
        return [np.full(steps, stage.layer.neurons, np.int64) for stage in wired]
    if len(changed) != len(wired):
        expected = f"{len(wired)}: {', '.join(stage.name for stage in wired)}"
        raise InputError("recording", "changed", f"{len(changed)} arrays", expected)
    for stage, part in zip(wired, changed, strict=True):
        found = f"{part.dtype} {part.shape}"
        if part.dtype != np.bool_ or part.shape != (steps, *stage.layer.shape):
            expected = f"bool ({steps}, *{stage.layer.shape})"
            raise InputError("recording", f"changed/{stage.name}", found, expected)
    return [part.reshape(steps, -1).sum(1, dtype=np.int64) for part in changed]


def _by_neuron(wired: Sequence[Stage], sent: Sequence[Recorded], steps_per_frame: int) -> NeuronSpikes:
    first, rest = [], []
    for stage, part in zip(wired, sent, strict=True):
        assert stage.layer.neuron is not None
        spiked = (part != 0).reshape(len(part), -1) & stage.layer.neuron.fires
        first.append(spiked[:steps_per_frame].sum(0, dtype=np.int64))
        rest.append(spiked[steps_per_frame:].sum(0, dtype=np.int64))
    return NeuronSpikes(tuple(first), tuple(rest))
