"""Joules and seconds of one frame in every world."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from neuromorph_track.backends.activity import Activity
from neuromorph_track.profiling.draws import Draws, Prices
from neuromorph_track.profiling.energy_report import FrameEnergy, Interval
from neuromorph_track.profiling.events import Events, frame_events, layer_events, total
from neuromorph_track.profiling.machine import Machine
from neuromorph_track.profiling.timing import Pace, pace
from neuromorph_track.profiling.workload import Workload


class Outcome(NamedTuple):
    """What one frame comes to, J and s; None where the profile does not say.

    Attributes
    ----------
    paid, dynamic, static, embedded, total : (draws,) or None
        As in :class:`neuromorph_track.profiling.energy_report.FrameEnergy`, which calls the first ``events``.
    pace : Pace
    layers : tuple of Events
        Events of each layer.
    events : Events
        Events of the frame, those that belong to no layer included.
    """

    paid: Draws | None
    dynamic: Draws | None
    static: Draws | None
    embedded: Draws | None
    total: Draws | None
    pace: Pace
    layers: tuple[Events, ...]
    events: Events


def outcome(
    activity: Activity, workload: Workload, machine: Machine, prices: Prices, frame_period: float | None
) -> Outcome:
    """Price one frame.

    ::

        events   = sum of events x price
        embedded = t_frame x chips x P_embedded_cpu
        dynamic  = events + embedded
        static   = t_frame x (chips x P_static + cores x P_core)
        total    = dynamic + static

    Embedded processors poll for input and output as long as a network is loaded, so they are paid for the
    whole time of a frame, waiting included. An idle board does not pay for them, so a meter's dynamic power,
    a running board's less an idle one's, contains them.
    """
    profile = machine.profile
    layers = layer_events(activity.layers, workload, machine)
    events = total((*layers, frame_events(workload, activity, machine.chips, profile)))
    paid = joules(events, prices)
    timed = pace(activity, workload, machine, prices, frame_period)
    if all_in_total(machine):
        return Outcome(None, None, None, None, paid, timed, layers, events)
    embedded = _over_time(machine.chips, prices.at("power.embedded_cpu"), timed)
    dynamic = paid if embedded is None else paid + embedded
    static = _over_time(machine.chips, prices.at("power.static"), timed)
    core = _over_time(machine.cores, prices.at("power.core"), timed)
    if static is not None and core is not None:
        static = static + core
    everything = None if static is None else dynamic + static
    return Outcome(paid, dynamic, static, embedded, everything, timed, layers, events)


def _over_time(units: float, power: Draws | None, timed: Pace) -> Draws | None:
    return None if power is None or timed.frame is None else units * power * timed.frame


def joules(events: Events, prices: Prices) -> Draws:
    """Joules of some events in each world."""
    return np.asarray(sum((n * prices.energy(term) for term, n in events.items()), np.zeros(1)), np.float64)


def all_in_total(machine: Machine) -> bool:
    """Whether a price has static energy inside."""
    return any(quantity.scope == "all_in_total" for _, quantity in machine.profile.quantities())


def frame_energy(found: Outcome, host: Draws | None) -> FrameEnergy:
    """The intervals of an outcome, with what the host spends beside it."""
    timed = found.pace
    return FrameEnergy(
        events=_interval(found.paid),
        embedded=_interval(found.embedded),
        dynamic=_interval(found.dynamic),
        static=_interval(found.static),
        host=_interval(host),
        total=_interval(found.total),
        with_host=_interval(_together(found.total, host, np.add)),
        step_time=_interval(timed.step),
        compute_time=_interval(timed.compute),
        frame_time=_interval(timed.frame),
        latency=_interval(timed.latency),
        throughput=None if timed.unpaced is None else Interval.of_samples(1 / timed.unpaced),
        energy_delay=_interval(_together(found.total, timed.latency, np.multiply)),
    )


def layer_intervals(found: Outcome, names: Sequence[str], prices: Prices) -> dict[str, Interval]:
    """Energy of each layer's events, J; a layer on the host has none."""
    return {
        name: Interval.of_samples(joules(events, prices))
        for name, events in zip(names, found.layers, strict=True)
        if events
    }


def _interval(samples: Draws | None) -> Interval | None:
    return None if samples is None else Interval.of_samples(samples)


def _together(a: Draws | None, b: Draws | None, operation: np.ufunc) -> Draws | None:
    return None if a is None or b is None else np.asarray(operation(a, b), np.float64)
