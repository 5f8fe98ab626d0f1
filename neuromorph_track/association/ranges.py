"""What every tracker's settings ask of their numbers."""

from __future__ import annotations

from itertools import pairwise

from neuromorph_track.errors import InputError

SOURCE = "tracker settings"


def require_fractions(settings: object, *names: str) -> None:
    """Refuse fields that are no number between 0 and 1."""
    for name in names:
        value = getattr(settings, name)
        if not 0 <= value <= 1:
            raise InputError(SOURCE, name, repr(value), "a number between 0 and 1")


def require_chance(settings: object, name: str) -> None:
    """Refuse a field that is no probability between never and always."""
    value = getattr(settings, name)
    if not 0 < value < 1:
        raise InputError(SOURCE, name, repr(value), "a number between 0 and 1, both excluded")


def require_counts(settings: object, least: int, *names: str) -> None:
    """Refuse fields that are no integer of ``least`` or more."""
    for name in names:
        value = getattr(settings, name)
        if not isinstance(value, int) or value < least:
            raise InputError(SOURCE, name, repr(value), f"an integer of {least} or more")


def require_order(settings: object, *names: str) -> None:
    """Refuse fields of which one is below the one before it."""
    for lower, upper in pairwise(names):
        if getattr(settings, upper) < getattr(settings, lower):
            least = f"at least {lower} ({getattr(settings, lower)})"
            raise InputError(SOURCE, upper, repr(getattr(settings, upper)), least)
