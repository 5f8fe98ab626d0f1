"""The weakest evidence that a figure rests on."""

from __future__ import annotations

from collections.abc import Iterable

from neuromorph_track.hardware import Evidence, HardwareProfile, weakest
from neuromorph_track.profiling.outcome import Outcome

_POWERS = ("power.static", "power.core", "power.embedded_cpu")


def dynamic_grade(profile: HardwareProfile, found: Outcome) -> Evidence:
    """Weakest grade among the prices that the frame's events were paid with."""
    return _weakest(profile, (f"energy.{term}" for term in found.events))


def total_grade(profile: HardwareProfile, found: Outcome) -> Evidence | None:
    """The same with powers, and with the times that they are multiplied by; None without a total."""
    if found.total is None:
        return None
    used = [f"energy.{term}" for term in found.events]
    if found.static is not None:
        used += [*_POWERS, *_times(profile, found)]
    return _weakest(profile, used)


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
