"""Joules of each single frame of a run, from its counts and the prices that its report paid."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import fields

import numpy as np
from numpy.typing import NDArray

from neuromorph_track.backends.activity import Activity
from neuromorph_track.hardware import HardwareProfile
from neuromorph_track.profiling.energy_report import EnergyReport, FrameEnergy, Interval
from neuromorph_track.profiling.events import Events, frame_events, layer_events, total
from neuromorph_track.profiling.frames import FrameCounts
from neuromorph_track.profiling.machine import Machine, machine_for
from neuromorph_track.profiling.workload import Workload

Counts = tuple[FrameCounts, ...]
"""Of one frame, layer by layer."""

# What a report was priced by is not what the profile says now, if counts differ by more.
SAME_COUNTING = 1e-6


def frame_joules(
    activity: Activity, priced: Iterable[tuple[EnergyReport, HardwareProfile]]
) -> dict[str, NDArray[np.float64]]:
    """The median energy of each frame, J: dynamic, or total where a price has both inside.

    ::

        raw[f]    = sum over prices of events[f] x P50 of the price + P50 of the embedded processors
        joules[f] = raw[f] x P50 of the report's steady frame / mean of raw[1:]
        joules[0] = P50 of the report's first frame

    so that the frames agree with the report that is shown beside them: the mean of all but the first is its
    P50. Messages are known of the mean frame alone; they are taken to follow the spikes.

    Parameters
    ----------
    activity : Activity
    priced : iterable of (EnergyReport, HardwareProfile)
        Of this run.

    Returns
    -------
    dict of (F,) float64
        By the profile's id; none where the report has no such figure, or the profile prices other events by
        now.
    """
    counts = _counts_by_frame(activity)
    found = {report.profile: _joules(activity, counts, report, profile) for report, profile in priced}
    return {name: joules for name, joules in found.items() if joules is not None}


def _joules(
    activity: Activity, counts: Sequence[Counts], report: EnergyReport, profile: HardwareProfile
) -> NDArray[np.float64] | None:
    figure = "total" if report.steady_state.dynamic is None else "dynamic"
    target, first = (middle(energy, figure) for energy in (report.steady_state, report.first_frame))
    if target is None or first is None:
        return None
    machine = machine_for(profile, activity.layers, None)
    raw = _valued([_events(activity, each, machine, report.chips) for each in counts], report)
    if raw is None:
        return None
    if figure == "dynamic":
        raw = raw + (middle(report.steady_state, "embedded") or 0.0)
    mean = float(raw[1:].mean() if len(raw) > 1 else raw[0])
    found = raw * (target / mean) if mean > 0 else np.full(len(raw), target)
    found[0] = first
    return np.asarray(found, np.float64)


def middle(energy: FrameEnergy, figure: str) -> float | None:
    """P50 of a figure, where it is priced."""
    interval: Interval | None = getattr(energy, figure)
    return None if interval is None else interval.p50


def _counts_by_frame(activity: Activity) -> list[Counts]:
    names = [field.name for field in fields(FrameCounts)]
    by_layer = [
        [FrameCounts(*row) for row in zip(*(getattr(layer, name).tolist() for name in names), strict=True)]
        for layer in activity.layers
    ]
    return list(zip(*by_layer, strict=True))


def _events(activity: Activity, counts: Counts, machine: Machine, chips: int) -> Events:
    work = Workload(counts, activity.steps_per_frame, None)
    by_layer = layer_events(activity.layers, work, machine)
    return total((*by_layer, frame_events(work, activity, chips, machine.profile)))


def _valued(frames: list[Events], report: EnergyReport) -> NDArray[np.float64] | None:
    """Events of each frame at the median prices that the report paid for them."""
    if set(frames[0]) != set(report.terms):
        return None
    value = np.zeros(len(frames))
    for term, paid in report.terms.items():
        events = np.array([frame[term] for frame in frames])
        mean = float(events[1:].mean() if len(events) > 1 else events[0])
        if mean == 0:
            continue
        if term != "message" and not math.isclose(mean, paid.count, rel_tol=SAME_COUNTING):
            return None
        value += events * (paid.energy.p50 / mean)
    return value
