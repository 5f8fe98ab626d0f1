"""What one frame asks of a machine: the network's own work, or that of its dense twin."""

from __future__ import annotations

from dataclasses import dataclass

from neuromorph_track.backends.activity import Activity, LayerActivity
from neuromorph_track.hardware.mapping import Placement
from neuromorph_track.profiling.frames import FrameCounts, first_frame, steady_state
from neuromorph_track.profiling.loads import CoreLoads, Frame, LayerWork


@dataclass(frozen=True)
class Workload:
    """One frame.

    Attributes
    ----------
    counts : tuple of FrameCounts
        One per layer.
    steps : int
        Timesteps.
    by_core : tuple of LayerWork, or None
        Work by core, one per layer, where the network was mapped and spikes are known by neuron.
    twin : bool
        Whether this is the equivalent ANN, in one pass.
    """

    counts: tuple[FrameCounts, ...]
    steps: int
    by_core: tuple[LayerWork, ...] | None
    twin: bool = False

    @property
    def messages(self) -> tuple[float, ...]:
        """Messages that reach each layer; without a mapping a lower bound, one core for each spike."""
        if self.by_core is None:
            return tuple(count.spikes_in for count in self.counts)
        return tuple(float(work.messages.sum()) for work in self.by_core)

    def host_values(self, activity: Activity, dense: bool) -> float:
        """Values that a host hands over and reads for the frame; ``dense`` machines are given all of them."""
        fed = float(activity.input_values)
        if activity.input_events and not (dense or self.twin):
            first = self.counts[0]
            fed = first.spikes_out if activity.layers[0].kind == "input" else first.spikes_in
        return fed + activity.output_values


def workload(
    frame: Frame, activity: Activity, placement: Placement | None, loads: CoreLoads | None
) -> Workload:
    """The first frame, the mean of the others, or the dense twin.

    The twin is the ANN of the same shapes, in one pass: every connection inside the picture is used once,
    and every neuron is updated once and sends one value. No weight of it is known to be zero.

    Raises
    ------
    InputError
        When no frame was counted.
    """
    mapped = None if placement is None or loads is None else loads.work(placement, frame)
    if frame == "twin":
        return Workload(tuple(_dense(layer) for layer in activity.layers), 1, mapped, twin=True)
    counts = first_frame(activity) if frame == "first" else steady_state(activity)
    return Workload(counts, activity.steps_per_frame, mapped)


def _dense(layer: LayerActivity) -> FrameCounts:
    neurons = float(layer.neurons if layer.neuron_updates.any() else 0)
    return FrameCounts(
        spikes_in=float(layer.neurons_in),
        synops=float(layer.macs),
        synops_all=float(layer.macs),
        neuron_updates=neurons,
        neuron_updates_changed=neurons,
        spikes_out=neurons if layer.fires else 0.0,
        synops_nominal=float(layer.nominal_macs),
        payload_bits=0.0,
    )
