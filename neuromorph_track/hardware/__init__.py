"""Hardware profiles: what one event costs on one chip, as an interval with its evidence and source."""

from neuromorph_track.hardware.load import load_profile, parse_profile
from neuromorph_track.hardware.locate import list_profiles
from neuromorph_track.hardware.profile import HardwareProfile
from neuromorph_track.hardware.quantity import EVIDENCE, Evidence, Quantity, quantile, weakest

__all__ = [
    "EVIDENCE",
    "Evidence",
    "HardwareProfile",
    "Quantity",
    "list_profiles",
    "load_profile",
    "parse_profile",
    "quantile",
    "weakest",
]
