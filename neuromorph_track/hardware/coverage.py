"""What a profile prices, and what such a machine also spends energy on."""

from __future__ import annotations

from neuromorph_track.hardware.profile import HardwareProfile
from neuromorph_track.hardware.quantity import Evidence, weakest

_SPIKING = ("synop", "neuron_update", "spike_out", "message", "hop", "barrier", "io_value")
_ARITHMETIC = ("synop", "memory_bit")
_DENSE = ("mac", "memory_bit", "io_value")
_PROCESSOR = ("mac", "io_value", "layer", "inference")


def priced(profile: HardwareProfile) -> tuple[str, ...]:
    """Paths of the prices that are given, e.g. ``energy.synop``."""
    return tuple(path for path, _ in profile.quantities() if _is_price(path))


def unpriced(profile: HardwareProfile) -> tuple[str, ...]:
    """Paths of the prices that such a machine would have and that are not given."""
    scopes = {quantity.scope for _, quantity in profile.quantities()}
    wanted = (
        [] if scopes & {"all_in_dynamic", "all_in_total"} else [f"energy.{term}" for term in _terms(profile)]
    )
    if "all_in_total" not in scopes:
        wanted.append("power.static")
    given = priced(profile)
    if "energy.neuron_update_active" in given:
        given += ("energy.neuron_update",)
    return tuple(path for path in wanted if path not in given)


def weakest_price(profile: HardwareProfile) -> Evidence:
    """The weakest grade of evidence among the prices."""
    return weakest(quantity.evidence for path, quantity in profile.quantities() if _is_price(path))


def _is_price(path: str) -> bool:
    return path.startswith(("energy.", "power.")) and path != "power.measurement_floor"


def _terms(profile: HardwareProfile) -> tuple[str, ...]:
    # What a chip charges for a synop has the fetch of its weight inside, and so has a processor's MAC; the
    # arithmetic of papers and tables has not.
    if not profile.dense:
        return _ARITHMETIC if profile.counting.synop == "nominal" else _SPIKING
    return _DENSE if profile.profile.kind == "dense" else _PROCESSOR
