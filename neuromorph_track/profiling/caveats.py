"""What a price leaves out, and what a reader of it must know."""

from __future__ import annotations

from collections.abc import Iterator

from neuromorph_track.backends.activity import Activity
from neuromorph_track.hardware import HardwareProfile
from neuromorph_track.profiling.energy_report import FrameEnergy
from neuromorph_track.profiling.timing import fewest_chips

# Price -> what it pays for, on each kind of machine; then what no price covers yet.
_PRICED = {
    "spiking": {"synop": "synops", "neuron_update": "neuron updates", "spike_out": "spike generation"},
    "dense": {"mac": "MACs"},
    "processor": {"mac": "MACs", "inference": "overhead per call"},
}
_UNCOUNTED = {
    "spiking": ("messages between cores", "timestep barrier", "input and output", "embedded processors"),
    "dense": ("memory", "control and clock", "input and output"),
    "processor": ("input and output",),
}
_MACHINE = {
    "event_driven": "spiking",
    "manycore": "spiking",
    "dense": "dense",
    "gpu": "processor",
    "cpu": "processor",
}


def unpriced(profile: HardwareProfile, energy: FrameEnergy) -> tuple[str, ...]:
    """What such a machine also spends energy on, and what the figures do not contain."""
    scopes = {quantity.scope for _, quantity in profile.quantities()}
    if "all_in_total" in scopes:
        return ()
    missing: list[str] = []
    if "all_in_dynamic" not in scopes:
        machine = _MACHINE[profile.profile.kind]
        prices = profile.energy
        missing += [name for term, name in _PRICED[machine].items() if getattr(prices, term) is None]
        missing += _UNCOUNTED[machine]
    if profile.power.static is None:
        missing.append("static power")
    elif energy.static is None:
        missing.append("static energy (no time per frame)")
    return tuple(missing)


def caveats(
    activity: Activity, profile: HardwareProfile, energy: FrameEnergy, frame_period: float | None
) -> tuple[str, ...]:
    """Sentences about this run on this chip; ``energy`` is that of a steady frame."""
    return tuple(_run_caveats(activity, profile)) + tuple(_time_caveats(profile, energy, frame_period))


def _run_caveats(activity: Activity, profile: HardwareProfile) -> Iterator[str]:
    if activity.frames == 1:
        yield "one frame: the steady state is the first frame"
    if profile.dense and activity.steps_per_frame > 1:
        yield f"the dense twin computes in every one of {activity.steps_per_frame} timesteps"
    if not profile.counting.graded_spikes and any(layer.graded for layer in activity.layers):
        yield "the network sends graded spikes, which this chip does not have: each is priced as one spike"
    chips = fewest_chips(activity, profile)
    if chips > 1:
        yield f"the neurons need at least {chips} chips; links between chips are unpriced"


def _time_caveats(profile: HardwareProfile, energy: FrameEnergy, frame_period: float | None) -> Iterator[str]:
    compute = energy.compute_time
    if compute is None:
        return
    if frame_period is not None and compute.p50 > frame_period:
        late = f"a frame takes {compute.p50 * 1e3:.3g} ms"
        yield f"{late}, the next one comes after {frame_period * 1e3:.3g} ms"
    bounded = frame_period is None or compute.p95 > frame_period
    if bounded and not profile.dense:
        yield "time per frame is bounded without a mapping to cores"
    floor = profile.power.measurement_floor
    duration = max(compute.p50, frame_period or 0.0)
    if floor is not None and energy.dynamic is not None and energy.dynamic.p50 / duration < floor.si[1]:
        dynamic = f"{energy.dynamic.p50 / duration * 1e3:.2g} mW dynamic"
        yield f"{dynamic} is below the {floor.si[1] * 1e3:.2g} mW that the board's meter resolves"
