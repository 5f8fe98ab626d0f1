"""The weakest evidence that a figure rests on."""

from __future__ import annotations

from collections.abc import Iterable

from neuromorph_track.hardware import Evidence, HardwareProfile, weakest
from neuromorph_track.profiling.outcome import Outcome


def dynamic_grade(profile: HardwareProfile, found: Outcome) -> Evidence:
    """Weakest grade among what events, and embedded processors over the frame's time, were paid with."""
    return _weakest(profile, _dynamic_prices(profile, found))


def total_grade(profile: HardwareProfile, found: Outcome) -> Evidence | None:
    """The same with powers, and with the times that they are multiplied by; None without a total."""
    if found.total is None:
        return None
    used = _dynamic_prices(profile, found)
    if found.static is not None:
        used += ["power.static", "power.core", *_times(profile, found)]
    return _weakest(profile, used)


def _dynamic_prices(profile: HardwareProfile, found: Outcome) -> list[str]:
    used = [f"energy.{term}" for term in found.events]
    if found.embedded is not None:
        used += ["power.embedded_cpu", *_times(profile, found)]
    return used


def _times(profile: HardwareProfile, found: Outcome) -> Iterable[str]:
    if found.pace.in_time:
        # A chip that waits for the next frame pays for the frame period, whatever its own speed.
        return ()
    if found.pace.bound == "input and output":
        return ("time.io_value",)
    return (path for path, _ in profile.quantities() if path.startswith("time."))


def _weakest(profile: HardwareProfile, paths: Iterable[str]) -> Evidence:
    given = dict(profile.quantities())
    return weakest(given[path].evidence for path in paths if path in given)
