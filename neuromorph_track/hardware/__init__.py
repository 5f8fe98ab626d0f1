"""Hardware profiles: what one event costs on one chip, as an interval with its evidence and source."""

from neuromorph_track.hardware.load import (
    find_faults,
    load_profile,
    load_profiles,
    parse_profile,
    read_profile,
)
from neuromorph_track.hardware.locate import list_profiles
from neuromorph_track.hardware.profile import HardwareProfile
from neuromorph_track.hardware.quantity import EVIDENCE, Evidence, Quantity, quantile, weakest

__all__ = [
    "EVIDENCE",
    "Evidence",
    "HardwareProfile",
    "Quantity",
    "find_faults",
    "list_profiles",
    "load_profile",
    "load_profiles",
    "parse_profile",
    "quantile",
    "read_profile",
    "weakest",
]
