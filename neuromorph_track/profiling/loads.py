"""A network on the cores of one machine after the other; each question is worked out once."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray

from neuromorph_track.backends.activity import Activity, Counts
from neuromorph_track.errors import InputError
from neuromorph_track.hardware import HardwareProfile
from neuromorph_track.hardware.mapping import Placement, place
from neuromorph_track.netx import AnyNetwork, stages
from neuromorph_track.profiling.core_load import LayerLoad, core_loads

Frame = Literal["first", "steady", "twin"]
PerCore = NDArray[np.float64]
_FRAMES: tuple[Frame, ...] = get_args(Frame)
_Key = tuple[object, ...]


@dataclass(frozen=True)
class LayerWork:
    """One frame's work of one layer's cores, each ``(cores,)`` float64, empty for a layer off the cores.

    Attributes
    ----------
    messages : (cores,)
        That arrive at each core.
    synops, neurons : (cores,)
        Each core's share of the layer's synops and of its neurons, 0 to 1.
    """

    messages: PerCore
    synops: PerCore
    neurons: PerCore


class CoreLoads:
    """Placements of a network, and the load of their cores.

    Many profiles cut a network alike, and both answers take long for a large one: placements are kept by
    what they follow from, loads by the cut itself. Where a network hears its input at a synapse, which input
    spiked how often is not recorded, and the spikes are taken to be spread evenly.

    Parameters
    ----------
    network : Network or Graph
    activity : Activity
        Counted on this network. Without spikes by neuron there are placements and no loads.

    Raises
    ------
    InputError
        When the layers are not the network's.
    """

    def __init__(self, network: AnyNetwork, activity: Activity) -> None:
        self.network, self.activity = network, activity
        self._stages = stages(network)
        self._placements: dict[_Key, Placement] = {}
        self._work: dict[_Key, dict[Frame, tuple[LayerWork, ...]]] = {}
        found, expected = ([part.name for part in parts] for parts in (activity.layers, self._stages))
        if found != expected:
            raise InputError(network.source, "activity", f"layers {', '.join(found)}", ", ".join(expected))

    def placement(self, profile: HardwareProfile) -> Placement:
        """Where ``profile`` holds the network."""
        tables = (profile.mapping, profile.resources, profile.counting)
        key = tuple(table.model_dump_json() for table in tables)
        if key not in self._placements:
            self._placements[key] = place(self.network, profile)
        return replace(self._placements[key], profile=profile.id)

    def work(self, placement: Placement, frame: Frame) -> tuple[LayerWork, ...] | None:
        """Work of the first frame, of the mean of the others, or of the dense twin's only pass, by layer."""
        if self.activity.by_neuron is None:
            return None
        cut: _Key = tuple((layer.cores, layer.core.tobytes()) for layer in placement.layers)
        if cut not in self._work:
            self._work[cut] = self._work_out(placement)
        return self._work[cut][frame]

    def _work_out(self, placement: Placement) -> dict[Frame, tuple[LayerWork, ...]]:
        spikes, later = self.activity.by_neuron, self.activity.frames > 1
        assert spikes is not None
        twin = tuple(np.ones_like(layer) for layer in spikes.first)
        sums = (spikes.first, spikes.rest if later else spikes.first, twin)
        inputs = self._inputs()
        fed = None if inputs is None else np.ones(inputs, np.int64)
        loads = core_loads(self.network, placement, sums, fed=fed)
        divisors = (1, max(1, self.activity.frames - 1), 1)
        return {
            frame: tuple(
                _work(load, 1 / divisor if stage.sources else self._rate(at, frame))
                for at, (stage, load) in enumerate(zip(self._stages, parts, strict=True))
            )
            for frame, parts, divisor in zip(_FRAMES, loads, divisors, strict=True)
        }

    def _inputs(self) -> int | None:
        """Inputs of a network that hears them at a synapse."""
        heard = (s for s in self._stages if not s.sources and s.layer.has_synapses)
        return next((int(np.prod(stage.synapse_shape)) for stage in heard), None)

    def _rate(self, at: int, frame: Frame) -> float:
        """Spikes of one input of the layer ``at`` in one frame."""
        if frame == "twin":
            return 1.0
        arrived = self.activity.layers[at].spikes_in
        later = frame == "steady" and self.activity.frames > 1
        return float(arrived[slice(1, None) if later else slice(0, 1)].mean()) / (self._inputs() or 1)


def _work(load: LayerLoad, scale: float) -> LayerWork:
    return LayerWork(load.messages_in * scale, _share(load.synops), _share(load.neurons))


def _share(counts: Counts) -> PerCore:
    return np.asarray(counts / max(1, int(counts.sum())), np.float64)
