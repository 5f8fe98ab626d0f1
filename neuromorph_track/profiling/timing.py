"""How long a frame takes: the busiest core's phases, input and output, and the pace of the input."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from neuromorph_track.backends.activity import Activity, LayerActivity
from neuromorph_track.hardware import HardwareProfile, quantile
from neuromorph_track.profiling.draws import PLACEMENT, Draws, Prices
from neuromorph_track.profiling.energy_report import Bound
from neuromorph_track.profiling.events import synops_of
from neuromorph_track.profiling.loads import LayerWork
from neuromorph_track.profiling.machine import Machine
from neuromorph_track.profiling.workload import Workload


class Pace(NamedTuple):
    """Seconds of one frame in each world; None where the profile does not say.

    Attributes
    ----------
    step, compute, frame, latency : (draws,) or None
        As in :class:`neuromorph_track.profiling.energy_report.FrameEnergy`.
    unpaced : (draws,) or None
        From one frame to the next if the input came as fast as it is taken.
    bound : str
        What sets the pace in most worlds.
    in_time : bool
        Whether real time sets the pace in at least 95 % of them.
    """

    step: Draws | None = None
    compute: Draws | None = None
    frame: Draws | None = None
    latency: Draws | None = None
    unpaced: Draws | None = None
    bound: Bound = "unknown"
    in_time: bool = False


def pace(
    activity: Activity, workload: Workload, machine: Machine, prices: Prices, frame_period: float | None
) -> Pace:
    """Time one frame.

    ::

        t_step  = max(tick, barrier + max over cores of (synops x t_synop + neurons x t_update
                                                         + messages x t_message))
        compute = steps x t_step
        io      = values in and out x t_io
        frame   = max(compute, io, frame period)

    and for a dense machine ``compute = steps x (MACs x t_mac + layers x t_layer) + t_call``. The load of a
    core is its mean over the frame's steps and the run's frames: where activity comes in bursts, time is
    underestimated.

    Latency. A frame is handed over, then takes ``steps + depth`` timesteps to show in the output; the
    machine makes ``steps`` of them for each frame, so the later ones are made for the frames that follow::

        n       = steps + depth
        latency = io + (n - 1) // steps x frame + ((n - 1) % steps + 1) x t_step

    With ``frame == compute`` that is ``n x t_step + io``. In real time a pipeline of many layers with one
    step a frame therefore answers frames later, which extra, empty timesteps would shorten (uncounted here).
    """
    profile = machine.profile
    step = step_time(activity.layers, workload, machine, prices)
    if step is None:
        # A machine whose speed is not known is taken to keep up with its input.
        return Pace() if frame_period is None else Pace(frame=np.array([frame_period]), in_time=True)
    compute = step * workload.steps + (prices.or_zero("time.inference") if profile.dense else 0.0)
    io = workload.host_values(activity, profile.dense) * prices.or_zero("time.io_value")
    unpaced = np.maximum(compute, io)
    frame = np.maximum(unpaced, frame_period or 0.0)
    whole, rest = divmod(workload.steps + (0 if profile.dense else activity.depth) - 1, workload.steps)
    latency = io + compute if profile.dense else io + whole * frame + (rest + 1) * step
    ticking = profile.time.step is not None and _mostly(step <= prices.or_zero("time.step"))
    bound: Bound = "tick" if ticking else "compute"
    if _mostly(io > compute):
        bound = "input and output"
    if frame_period is not None and _mostly(unpaced < frame_period):
        bound = "real time"
    in_time = frame_period is not None and float(np.mean(unpaced <= frame_period)) >= 0.95
    return Pace(step, compute, frame, latency, unpaced, bound, in_time)


def step_time(
    layers: Sequence[LayerActivity], workload: Workload, machine: Machine, prices: Prices
) -> Draws | None:
    """Seconds of one timestep, or None where the profile has no times."""
    if machine.profile.dense:
        mac = prices.at("time.mac")
        if mac is None:
            return None
        started = prices.or_zero("time.layer") * sum(layer.weights > 0 for layer in layers)
        return mac * sum(layer.macs for layer in layers) + started
    tick, synop = prices.at("time.step"), prices.at("time.synop")
    if synop is None:
        # A machine with a tick is taken to keep it.
        return tick
    if workload.by_core is not None:
        work = busiest_core(core_work(layers, workload, workload.by_core, machine.profile), prices)
    else:
        work = quantile(*busiest_core_bounds(layers, workload, machine, prices), prices.ranks(PLACEMENT))
    return np.maximum(work + prices.or_zero("time.barrier"), prices.or_zero("time.step"))


def core_work(
    layers: Sequence[LayerActivity],
    workload: Workload,
    by_core: Sequence[LayerWork],
    profile: HardwareProfile,
) -> NDArray[np.float64]:
    """Synops, neurons and messages of every core in one timestep, ``(cores, 3)``."""
    rows = []
    for index, (layer, work) in enumerate(zip(layers, by_core, strict=True)):
        synops = work.synops * synops_of(layer, workload, index, profile)
        updates = work.neurons * workload.counts[index].neuron_updates
        rows.append(np.stack((synops, updates, work.messages), axis=1) / workload.steps)
    return np.concatenate(rows)


def busiest_core(work: NDArray[np.float64], prices: Prices) -> Draws:
    """Seconds of the core that works longest, in each world."""
    rates = [prices.or_zero(f"time.{event}") for event in ("synop", "neuron_update", "message")]
    seconds = np.zeros(1)
    for row in _front(work):
        seconds = np.maximum(seconds, sum(count * rate for count, rate in zip(row, rates, strict=True)))
    return seconds


def busiest_core_bounds(
    layers: Sequence[LayerActivity], workload: Workload, machine: Machine, prices: Prices
) -> tuple[Draws, Draws, Draws]:
    """Low, middle and high seconds of the busiest core where it is not known which neurons share one.

    Low: all work spread evenly over every core of the chips. Middle: the heaviest layer spread evenly over
    its cores. High: one core of that layer gets all its synops, or as many as its neurons have synapses.
    """
    synop, update = prices.or_zero("time.synop"), prices.or_zero("time.neuron_update")
    total, middle, high = np.zeros(1), np.zeros(1), np.zeros(1)
    for index, layer in enumerate(layers):
        if machine.hosted[index]:
            continue
        synops = synops_of(layer, workload, index, machine.profile) / workload.steps
        updates = workload.counts[index].neuron_updates / workload.steps
        cores = max(1, machine.layer_cores[index])
        work = synops * synop + updates * update
        total = total + work
        middle = np.maximum(middle, work / cores)
        # A full core holds this share of the neurons, and no more synapses than reach them.
        share = min(1.0, _neurons_per_core(layer, machine.profile) / max(1, layer.neurons))
        crowded = min(synops, layer.macs * share) if layer.macs else synops
        high = np.maximum(high, np.maximum(work / cores, crowded * synop + updates * share * update))
    held = machine.profile.resources.cores
    everywhere = total / (1.0 if held is None else held.si[1] * machine.chips)
    return np.minimum(everywhere, middle), middle, high


def _front(work: NDArray[np.float64]) -> list[NDArray[np.float64]]:
    """Rows that no other row exceeds in every column: only they can be the busiest at some prices."""
    found: list[NDArray[np.float64]] = []
    for row in np.unique(work, axis=0)[::-1]:
        if not any((other >= row).all() for other in found):
            found.append(row)
    return found


def _neurons_per_core(layer: LayerActivity, profile: HardwareProfile) -> float:
    per_core = profile.resources.neurons_per_core
    return layer.neurons if per_core is None else per_core.si[1]


def _mostly(worlds: NDArray[np.bool_]) -> bool:
    return bool(np.mean(worlds) > 0.5)
