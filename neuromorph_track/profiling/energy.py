"""Counts x prices: what a run costs on one chip."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from neuromorph_track.backends.activity import Activity
from neuromorph_track.errors import InputError
from neuromorph_track.hardware import HardwareProfile
from neuromorph_track.netx import AnyNetwork
from neuromorph_track.profiling.caveats import caveats, unpriced
from neuromorph_track.profiling.dense_twin import twin_ratio
from neuromorph_track.profiling.draws import Draws, Prices, random_ranks
from neuromorph_track.profiling.energy_report import EnergyReport, Interval, Samples, Term
from neuromorph_track.profiling.events import synops_of
from neuromorph_track.profiling.grades import dynamic_grade, total_grade
from neuromorph_track.profiling.host import host_joules
from neuromorph_track.profiling.loads import CoreLoads
from neuromorph_track.profiling.machine import Machine, machine_for, worth_mapping
from neuromorph_track.profiling.outcome import Outcome, frame_energy, joules, layer_intervals, outcome
from neuromorph_track.profiling.sensitivity import drivers
from neuromorph_track.profiling.workload import Workload, workload

DRAWS = 4096
# An even number has its median between two worlds; fewer than this have no 5th percentile worth the name.
FEWEST_DRAWS = 64


def price(
    activity: Activity,
    profile: HardwareProfile,
    frame_period: float | None = None,
    *,
    network: AnyNetwork | None = None,
    host_seconds: float | None = None,
    seed: int = 0,
    draws: int = DRAWS,
) -> EnergyReport:
    """Estimate the joules and seconds per frame of a run on one chip.

    ::

        events  = sum over layers of (synops x e_synop + updates x e_update + spikes x e_spike
                                      + messages x e_message + synops x weight bits x e_memory_bit)
                  + steps x chips x e_barrier + values in and out x e_io + e_inference
        dynamic = events + t_frame x chips x P_embedded_cpu
        total   = dynamic + t_frame x (chips x P_static + cores x P_core)

    with updates priced apart where they changed a state and where not, if the profile does; and
    ``steps x (MACs x e_mac + layers x e_layer)`` on a dense machine, which simulates the network densely.
    Time is worked out in :func:`neuromorph_track.profiling.timing.pace`; the sampling of prices in
    :class:`neuromorph_track.profiling.draws.Prices`.

    The host's association is not inside ``total``, because it lies outside the chip's boundary; it stands
    beside it (``host``), and the two together in ``with_host``.

    Parameters
    ----------
    activity : Activity
        Counts of at least one frame.
    profile : HardwareProfile
    frame_period : float, optional
        Seconds between frames of an input in real time, 1 / fps: the chip idles until the next frame and
        pays for it. None: frames follow each other as fast as they are computed.
    network : Network or Graph, optional
        What the activity was counted on: it is then mapped to cores. Without it, cores, chips, messages and
        time are bounds from the numbers of neurons and spikes, and the caveats say so.
    host_seconds : float, optional
        What the association of one frame takes on one core of a host, s.
    seed : int
        Of the draws. Draws of one price of one profile follow from this alone, so that two reports with one
        seed meet the same boards.
    draws : int
        Worlds to sample.

    Raises
    ------
    InputError
        When the activity has no frames, another network's layers, or an option is out of range.
    """
    [report] = price_all(
        activity, [profile], frame_period, network=network, host_seconds=host_seconds, seed=seed, draws=draws
    )
    return report


def price_all(
    activity: Activity,
    profiles: Sequence[HardwareProfile],
    frame_period: float | None = None,
    *,
    network: AnyNetwork | None = None,
    host_seconds: float | None = None,
    seed: int = 0,
    draws: int = DRAWS,
    progress: Callable[[], object] = lambda: None,
) -> tuple[EnergyReport, ...]:
    """:func:`price` on many profiles; what they have in common of the mapping is worked out once.

    ``progress`` is called after each of them.
    """
    _check(frame_period, host_seconds, draws)
    loads = None if network is None else CoreLoads(network, activity)
    reports = []
    for profile in profiles:
        mapped = loads is not None and worth_mapping(profile, activity.layers)
        placement = loads.placement(profile) if loads is not None and mapped else None
        machine = machine_for(profile, activity.layers, placement)
        frames = tuple(workload(frame, activity, placement, loads) for frame in ("first", "steady", "twin"))
        host = host_joules(profile, host_seconds, seed, draws)
        reports.append(_report(activity, machine, frames, frame_period, host, seed, draws))
        progress()
    return tuple(reports)


def _check(frame_period: float | None, host_seconds: float | None, draws: int) -> None:
    if frame_period is not None and not 0 < frame_period < float("inf"):
        raise InputError("option", "frame period", f"{frame_period} s", "more than 0 s")
    if host_seconds is not None and not 0 <= host_seconds < float("inf"):
        raise InputError("option", "host seconds", f"{host_seconds} s", "at least 0 s")
    if draws < FEWEST_DRAWS:
        raise InputError("option", "draws", str(draws), f"at least {FEWEST_DRAWS}")


def _report(
    activity: Activity,
    machine: Machine,
    frames: Sequence[Workload],
    frame_period: float | None,
    host: Draws | None,
    seed: int,
    draws: int,
) -> EnergyReport:
    profile = machine.profile
    prices = Prices(profile, random_ranks(profile.id, seed, draws))

    def found_for(frame: Workload, at: Prices) -> Outcome:
        return outcome(activity, frame, machine, at, frame_period)

    first, steady, twin = (found_for(frame, prices) for frame in frames)
    energy = frame_energy(steady, host)
    figure = "dynamic" if steady.total is None else "total"
    return EnergyReport(
        profile=profile.id,
        name=profile.profile.name,
        kind=profile.profile.kind,
        boundary=profile.profile.boundary,
        dense_equivalent=profile.dense,
        first_frame=frame_energy(first, host),
        steady_state=energy,
        layers=layer_intervals(steady, [layer.name for layer in activity.layers], prices),
        terms=_terms(steady, prices),
        counters=_counters(activity, frames[1], machine),
        dynamic_evidence=dynamic_grade(profile, steady),
        total_evidence=total_grade(profile, steady),
        unpriced=unpriced(machine, energy),
        caveats=caveats(activity, machine, frames[1], steady, energy, frame_period),
        chips=machine.chips,
        frame_period=frame_period,
        bound=steady.pace.bound,
        placement=machine.summary(),
        dense_twin=frame_energy(twin, host),
        dense_twin_ratio=twin_ratio(profile, twin, steady),
        sensitivity=drivers(
            profile, lambda at: getattr(found_for(frames[1], at), figure), getattr(steady, figure)
        ),
        samples=_samples(steady, twin, draws),
    )


def _terms(found: Outcome, prices: Prices) -> dict[str, Term]:
    given = dict(prices.profile.quantities())
    return {
        term: Term(
            count, Interval.of_samples(joules({term: count}, prices)), given[f"energy.{term}"].evidence
        )
        for term, count in found.events.items()
    }


def _counters(activity: Activity, frame: Workload, machine: Machine) -> dict[str, float]:
    profile = machine.profile
    if profile.dense:
        return {}
    on_chip = [index for index, hosted in enumerate(machine.hosted) if not hosted]
    synops = sum(synops_of(activity.layers[index], frame, index, profile) for index in on_chip)
    updates = sum(frame.counts[index].neuron_updates for index in on_chip)
    passes = profile.counting.neuron_update_passes
    return {"synops": synops / frame.steps, "neuron_updates": passes * updates / frame.steps}


def _samples(steady: Outcome, twin: Outcome, draws: int) -> Samples:
    def spread(values: Draws | None) -> Draws | None:
        return None if values is None else np.broadcast_to(values, draws)

    return Samples(spread(steady.dynamic), spread(steady.total), spread(twin.dynamic), spread(twin.total))
