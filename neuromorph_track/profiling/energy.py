"""Counts x prices: what a run costs on one chip."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from neuromorph_track.backends.activity import Activity, LayerActivity
from neuromorph_track.errors import InputError
from neuromorph_track.hardware import Evidence, HardwareProfile, weakest
from neuromorph_track.profiling.caveats import caveats, unpriced
from neuromorph_track.profiling.energy_report import RANKS, EnergyReport, FrameEnergy, Interval, Term
from neuromorph_track.profiling.frames import FrameCounts, first_frame, steady_state
from neuromorph_track.profiling.timing import Floats, compute_time, fewest_chips, synops_of


def price(activity: Activity, profile: HardwareProfile, frame_period: float | None = None) -> EnergyReport:
    """Estimate the joules per frame of a run on one chip.

    ::

        E_dynamic = sum over layers of (synops x e_synop + updates x e_update + spikes x e_spike)
        E_total   = E_dynamic + chips x P_static x max(t_compute, frame period)

    and for a dense machine ``E_dynamic = steps x MACs x e_mac + e_inference``. Prices of one chip rise and
    fall together (supply voltage, temperature and the board move them all), so all are taken at one shared
    rank of their intervals, :func:`neuromorph_track.hardware.quantile`: at 0.05, 0.5 and 0.95.

    Parameters
    ----------
    activity : Activity
        Counts of at least one frame.
    profile : HardwareProfile
    frame_period : float, optional
        Seconds between frames of an input in real time, 1 / fps: the chip idles until the next frame and
        pays for it. None: frames follow each other as fast as they are computed.

    Raises
    ------
    InputError
        When the activity has no frames or the frame period is not positive.
    """
    if frame_period is not None and not frame_period > 0:
        raise InputError("option", "frame period", f"{frame_period} s", "more than 0 s")
    energies = []
    for counts in (first_frame(activity), steady_state(activity)):
        layers = [
            _layer_events(layer, count, activity.steps_per_frame, profile)
            for layer, count in zip(activity.layers, counts, strict=True)
        ]
        run = _sum(layers) | ({} if profile.energy.inference is None else {"inference": 1.0})
        energies.append(_frame_energy(activity, counts, _joules(run, profile), profile, frame_period))
    first, steady = energies
    return EnergyReport(
        profile=profile.id,
        name=profile.profile.name,
        boundary=profile.profile.boundary,
        dense_equivalent=profile.dense,
        first_frame=first,
        steady_state=steady,
        layers={
            layer.name: Interval.of(_joules(events, profile))
            for layer, events in zip(activity.layers, layers, strict=True)
        },
        terms={
            term: Term(count, Interval.of(_joules({term: count}, profile)), _grade(profile, f"energy.{term}"))
            for term, count in run.items()
        },
        counters=_counters(activity, profile),
        dynamic_evidence=weakest(_grade(profile, f"energy.{term}") for term in run),
        total_evidence=_total_evidence(profile, steady, frame_period),
        unpriced=unpriced(profile, steady),
        caveats=caveats(activity, profile, steady, frame_period),
        chips=fewest_chips(activity, profile),
        frame_period=frame_period,
    )


def _layer_events(
    layer: LayerActivity, count: FrameCounts, steps: int, profile: HardwareProfile
) -> dict[str, float]:
    """How often each price is paid by a layer in one frame; only what the profile prices."""
    events = {
        "synop": synops_of(count, profile),
        "mac": float(layer.macs * steps),
        "neuron_update": count.neuron_updates,
        "spike_out": count.spikes_out,
    }
    return {term: number for term, number in events.items() if getattr(profile.energy, term) is not None}


def _counters(activity: Activity, profile: HardwareProfile) -> dict[str, float]:
    if profile.dense:
        return {}
    steady, steps = steady_state(activity), activity.steps_per_frame
    passes = profile.counting.neuron_update_passes
    return {
        "synops": sum(synops_of(count, profile) for count in steady) / steps,
        "neuron_updates": passes * sum(count.neuron_updates for count in steady) / steps,
    }


def _sum(layers: Sequence[dict[str, float]]) -> dict[str, float]:
    total: dict[str, float] = {}
    for events in layers:
        for term, number in events.items():
            total[term] = total.get(term, 0.0) + number
    return total


def _joules(events: dict[str, float], profile: HardwareProfile) -> Floats:
    """Joules of some events at :data:`RANKS`."""
    energy = np.zeros_like(RANKS)
    for term, number in events.items():
        energy += number * getattr(profile.energy, term).at(RANKS)
    return energy


def _frame_energy(
    activity: Activity,
    counts: Sequence[FrameCounts],
    events: Floats,
    profile: HardwareProfile,
    frame_period: float | None,
) -> FrameEnergy:
    compute = compute_time(activity, counts, profile, RANKS)
    if any(quantity.scope == "all_in_total" for _, quantity in profile.quantities()):
        return FrameEnergy(None, None, Interval.of(events), _interval(compute))
    waits = [] if frame_period is None else [np.full_like(RANKS, frame_period)]
    durations = waits if compute is None else [compute, *waits]
    if profile.power.static is None or not durations:
        return FrameEnergy(Interval.of(events), None, None, _interval(compute))
    static = fewest_chips(activity, profile) * profile.power.static.at(RANKS) * np.max(durations, axis=0)
    return FrameEnergy(
        Interval.of(events), Interval.of(static), Interval.of(events + static), _interval(compute)
    )


def _interval(values: Floats | None) -> Interval | None:
    return None if values is None else Interval.of(values)


def _grade(profile: HardwareProfile, path: str) -> Evidence:
    return dict(profile.quantities())[path].evidence


def _total_evidence(
    profile: HardwareProfile, energy: FrameEnergy, frame_period: float | None
) -> Evidence | None:
    if energy.total is None:
        return None
    used = ["energy"]
    if energy.static is not None:
        compute = energy.compute_time
        in_time = frame_period is not None and (compute is None or compute.p95 <= frame_period)
        # A chip that waits for the next frame pays for the frame period, whatever its own speed.
        used += ["power.static"] if in_time else ["power.static", "time"]
    return weakest(
        quantity.evidence for path, quantity in profile.quantities() if path.startswith(tuple(used))
    )
