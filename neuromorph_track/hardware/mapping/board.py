"""A network that needs more chips than a board has, and what would make it fit."""

from __future__ import annotations

from collections.abc import Iterator
from math import ceil

from neuromorph_track.hardware.load import load_profile
from neuromorph_track.hardware.locate import list_profiles
from neuromorph_track.hardware.mapping.cut import cut, on_host
from neuromorph_track.hardware.mapping.halved import halved
from neuromorph_track.hardware.mapping.limits import limits_of
from neuromorph_track.hardware.mapping.placement import Placement, Problem
from neuromorph_track.hardware.profile import HardwareProfile
from neuromorph_track.netx import Stage

MOST_HALVINGS = 3


def board_problems(
    wired: tuple[Stage, ...], placement: Placement, profile: HardwareProfile, host_encoder: bool | None
) -> list[Problem]:
    """Too many chips for the profile's board, if they are."""
    limits = limits_of(profile)
    if limits.chips is None or placement.chips <= limits.chips:
        return []
    remedies = [
        *_other_boards(placement, profile),
        *_host_encoder(wired, placement, limits.cores * limits.chips, host_encoder),
        *_smaller_input(wired, profile, host_encoder),
    ]
    if not remedies:
        remedies = [f"{ceil(placement.chips / limits.chips):,} such boards, if they can be joined"]
    found = f"needs {_counted(placement.cores, 'core')}, {_counted(placement.chips, 'chip')}"
    expected = f"{_counted(limits.chips, 'chip')} of {_counted(limits.cores, 'core')}"
    return [Problem("", found, expected, f"would fit: {', or '.join(remedies)}")]


def _other_boards(placement: Placement, profile: HardwareProfile) -> Iterator[str]:
    """Built-in profiles with more of the same chips."""
    for name in list_profiles():
        other = load_profile(name)
        chips = other.resources.chips
        same = other.mapping == profile.mapping and _core(other) == _core(profile)
        if same and chips is not None and chips.si[1] >= placement.chips:
            yield f"profile {name} ({_counted(int(chips.si[1]), 'chip')})"


def _core(profile: HardwareProfile) -> list[float | None]:
    """What decides how many cores and chips a network takes."""
    held = profile.resources
    parts = (
        held.cores,
        held.neurons_per_core,
        held.synapse_words_per_core,
        held.axons_in_per_core,
        held.axons_out_per_core,
    )
    return [None if part is None else part.si[1] for part in parts]


def _host_encoder(
    wired: tuple[Stage, ...], placement: Placement, room: int, host_encoder: bool | None
) -> Iterator[str]:
    inputs = [
        layer.cores
        for stage, layer in zip(wired, placement.layers, strict=True)
        if stage.layer.kind == "input" and not on_host(stage.layer, host_encoder)
    ]
    left = placement.cores - sum(inputs)
    if inputs and left <= room:
        yield f"an encoder on the host ({_counted(left, 'core')})"


def _smaller_input(
    wired: tuple[Stage, ...], profile: HardwareProfile, host_encoder: bool | None
) -> Iterator[str]:
    """The largest input that fits, of those with sides a half, a quarter or an eighth as long."""
    limits, smaller = limits_of(profile), wired
    for _ in range(MOST_HALVINGS):
        found = halved(smaller)
        if found is None:
            return
        smaller = found
        placement = cut(smaller, profile, host_encoder)
        if limits.chips is not None and placement.chips <= limits.chips:
            _, height, width = smaller[0].input_shape
            yield f"an input of {width} x {height} ({_counted(placement.cores, 'core')})"
            return


def _counted(number: int, noun: str) -> str:
    return f"{number:,} {noun}" + ("" if number == 1 else "s")
