"""What runs beside the chip: the association, on a host."""

from __future__ import annotations

from neuromorph_track.hardware import HardwareProfile, list_profiles, load_profile
from neuromorph_track.profiling.draws import Draws, Prices, random_ranks

HOST = "desktop-cpu"


def host_joules(profile: HardwareProfile, seconds: float | None, seed: int, draws: int) -> Draws | None:
    """Energy of a busy core of the host for ``seconds``, J, in each world.

    The power is the profile's own, or else that of the built-in :data:`HOST`. None without seconds, or where
    neither says.
    """
    if seconds is None:
        return None
    if profile.power.host is None:
        if HOST not in list_profiles():
            return None
        profile = load_profile(HOST)
    power = Prices(profile, random_ranks(profile.id, seed, draws)).at("power.host")
    return None if power is None else power * seconds
