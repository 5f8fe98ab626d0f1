"""From exact counts to priced events: how often a frame pays each price of a profile."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from neuromorph_track.backends.activity import Activity, LayerActivity
from neuromorph_track.hardware import HardwareProfile
from neuromorph_track.profiling.machine import Machine
from neuromorph_track.profiling.workload import Workload

Events = dict[str, float]
"""Name of a price in ``[energy]`` -> how often it is paid in one frame."""


def synops_of(layer: LayerActivity, workload: Workload, index: int, profile: HardwareProfile) -> float:
    """Synops of a layer in one frame by the profile's own definition; 0 on a dense machine."""
    count = workload.counts[index]
    if profile.counting.synop == "nonzero_weight":
        return count.synops
    if profile.counting.synop == "all_weights_edge_aware":
        return count.synops_all
    if profile.counting.synop == "nominal":
        return count.spikes_in * layer.nominal_macs / max(1, layer.neurons_in)
    return 0.0


def layer_events(layers: Sequence[LayerActivity], workload: Workload, machine: Machine) -> tuple[Events, ...]:
    """Events of each layer in one frame; only those that the profile prices, none of a layer on the host."""
    profile = machine.profile
    pictured = first_synapses(layers) if profile.counting.first_layer == "macs" else None
    found: list[Events] = []
    for index, layer in enumerate(layers):
        if machine.hosted[index]:
            found.append({})
            continue
        count = workload.counts[index]
        in_macs = profile.dense or index == pictured or (workload.twin and profile.energy.mac is not None)
        synops = 0.0 if in_macs else synops_of(layer, workload, index, profile)
        macs = _macs(layer, profile) * workload.steps if in_macs else 0.0
        events = {
            "synop": synops,
            "mac": macs,
            "layer": float(workload.steps if profile.dense and layer.weights else 0),
            "neuron_update": count.neuron_updates,
            "neuron_update_active": count.neuron_updates_changed,
            "neuron_update_idle": count.neuron_updates - count.neuron_updates_changed,
            "spike_out": count.spikes_out,
            "message": workload.messages[index],
            "memory_bit": (synops + macs) * weight_bits(profile),
        }
        found.append(dict(_priced(events, profile)))
    return tuple(found)


def frame_events(workload: Workload, activity: Activity, chips: int, profile: HardwareProfile) -> Events:
    """Events of one frame that belong to no layer."""
    handed = workload.host_values(activity, profile.dense)
    events = {"barrier": float(workload.steps * chips), "io_value": handed, "inference": 1.0}
    return dict(_priced(events, profile))


def first_synapses(layers: Sequence[LayerActivity]) -> int | None:
    """Index of the first layer with synapses."""
    return next((index for index, layer in enumerate(layers) if layer.weights and layer.macs), None)


def weight_bits(profile: HardwareProfile) -> float:
    """Bits that one synop or MAC fetches; 0 where the profile does not say."""
    width = profile.resources.weight_bits
    return 0.0 if width is None else width.si[1]


def total(parts: Sequence[Events]) -> Events:
    """All events together, each price once."""
    found: Events = {}
    for events in parts:
        for term, number in events.items():
            found[term] = found.get(term, 0.0) + number
    return found


def _macs(layer: LayerActivity, profile: HardwareProfile) -> int:
    """Papers take every output to have its whole kernel; a machine computes what lies inside the picture."""
    nominal = profile.counting.synop == "nominal" or profile.counting.first_layer == "macs"
    return layer.nominal_macs if nominal else layer.macs


def _priced(events: Events, profile: HardwareProfile) -> Iterator[tuple[str, float]]:
    for term, number in events.items():
        if getattr(profile.energy, term) is not None:
            yield term, number
