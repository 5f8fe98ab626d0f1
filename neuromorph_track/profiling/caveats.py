"""What a price leaves out, and what a reader of it must know."""

from __future__ import annotations

from collections.abc import Iterator

from neuromorph_track.backends.activity import Activity
from neuromorph_track.hardware import HardwareProfile
from neuromorph_track.profiling.draws import DEFAULT_SPREAD
from neuromorph_track.profiling.energy_report import FrameEnergy
from neuromorph_track.profiling.machine import Machine, has_cores
from neuromorph_track.profiling.outcome import Outcome
from neuromorph_track.profiling.workload import Workload


def unpriced(machine: Machine, energy: FrameEnergy) -> tuple[str, ...]:
    """What such a machine also spends energy on, and what the figures do not contain."""
    profile = machine.profile
    scopes = {quantity.scope for _, quantity in profile.quantities()}
    if "all_in_total" in scopes:
        return ()
    missing = [] if "all_in_dynamic" in scopes else [*_events(machine), *_processors(machine, energy)]
    if profile.power.static is None:
        missing.append("static power")
    elif energy.static is None:
        missing.append("static energy (no time per frame)")
    return tuple(missing)


def _events(machine: Machine) -> Iterator[str]:
    profile, prices = machine.profile, machine.profile.energy
    if not profile.dense:
        if prices.neuron_update is None and prices.neuron_update_active is None:
            yield "neuron updates"
        if prices.spike_out is None:
            yield "spike generation"
    if has_cores(profile) and _many_cores(profile):
        if prices.message is None:
            yield "messages between cores"
        # Which core lies where is not known, priced or not.
        yield "hops between routers"
        if prices.barrier is None:
            yield "timestep barrier"
    if machine.chips > 1:
        yield "links between chips"
    if profile.profile.kind == "dense":
        if prices.memory_bit is None:
            yield "memory"
        yield "control and clock"
    if profile.profile.kind in ("gpu", "cpu"):
        if prices.layer is None:
            yield "overhead per layer"
        if prices.inference is None:
            yield "overhead per call"
    if prices.io_value is None:
        yield "input and output"
    if any(machine.hosted):
        yield "encoding on the host"


def _processors(machine: Machine, energy: FrameEnergy) -> Iterator[str]:
    if has_cores(machine.profile) and energy.embedded is None:
        priced = machine.profile.power.embedded_cpu is not None
        yield "embedded processors" + (" (no time per frame)" if priced else "")


def _many_cores(profile: HardwareProfile) -> bool:
    return profile.resources.cores is None or profile.resources.cores.si[1] > 1


def caveats(
    activity: Activity,
    machine: Machine,
    frame: Workload,
    found: Outcome,
    energy: FrameEnergy,
    frame_period: float | None,
) -> tuple[str, ...]:
    """Sentences about this run on this chip; the last four arguments are those of a steady frame."""
    return (
        *_placement_caveats(machine, frame),
        *_run_caveats(activity, machine.profile),
        *_time_caveats(machine.profile, found, energy, frame_period),
        *_spread_caveats(machine.profile),
    )


def _placement_caveats(machine: Machine, frame: Workload) -> Iterator[str]:
    if not has_cores(machine.profile):
        return
    summary = machine.summary()
    assert summary is not None
    yield from (f"DOES NOT FIT: {problem}" for problem in summary.problems)
    if machine.placement is None:
        yield "not mapped to cores: cores, chips and time are bounds from the numbers of neurons alone"
    elif frame.by_core is None:
        yield "spikes are not known by neuron: the load of the busiest core is a bound"
    if frame.by_core is None and machine.profile.energy.message is not None:
        yield "messages are a lower bound, one destination core for each spike"


def _run_caveats(activity: Activity, profile: HardwareProfile) -> Iterator[str]:
    if activity.frames == 1:
        yield "one frame: the steady state is the first frame"
    if profile.dense and activity.steps_per_frame > 1:
        yield f"simulated densely: every connection in each of {activity.steps_per_frame} timesteps"
    if not profile.counting.graded_spikes and any(layer.graded for layer in activity.layers):
        yield "the network sends graded spikes, which this chip does not have: each is priced as one spike"
    elif profile.profile.kind == "event_driven" and any(layer.neuron == "ilif" for layer in activity.layers):
        yield "integer LIF neurons are priced as this chip's own: nobody has written a program for its cores"


def _time_caveats(
    profile: HardwareProfile, found: Outcome, energy: FrameEnergy, frame_period: float | None
) -> Iterator[str]:
    if energy.throughput is not None and frame_period is not None:
        slow = 1 / energy.throughput.p50
        if slow > frame_period:
            late = f"a frame takes {slow * 1e3:.4g} ms"
            yield f"{late}, the next one comes after {frame_period * 1e3:.3g} ms"
    if found.pace.bound == "unknown" and frame_period is not None and profile.power.static is not None:
        yield "no time per event is given: the machine is taken to keep up with its input"
    if energy.static is not None and energy.total is not None and found.pace.bound == "input and output":
        share = 100 * energy.static.p50 / energy.total.p50
        yield f"input and output set the pace: {share:.0f} % of the energy is static"
    floor = profile.power.measurement_floor
    if floor is None or energy.dynamic is None or energy.frame_time is None:
        return
    power = energy.dynamic.p50 / energy.frame_time.p50
    if power < floor.si[1]:
        dynamic = f"{power * 1e3:.2g} mW dynamic"
        yield f"{dynamic} is below the {floor.si[1] * 1e3:.2g} mW that the board's meter resolves"


def _spread_caveats(profile: HardwareProfile) -> Iterator[str]:
    if profile.profile.kind != "dense" and profile.spread.chip is None:
        factor = f"a factor of {DEFAULT_SPREAD:g} (P95 by P5)"
        yield f"boards are taken to differ by {factor}, as on Loihi 2: nothing is published for this one"
