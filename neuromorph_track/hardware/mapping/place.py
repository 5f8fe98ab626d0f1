"""Placing a network on the cores of a chip."""

from __future__ import annotations

from dataclasses import replace

from neuromorph_track.hardware.mapping.board import board_problems
from neuromorph_track.hardware.mapping.cut import cut
from neuromorph_track.hardware.mapping.placement import Placement
from neuromorph_track.hardware.mapping.problems import layer_problems
from neuromorph_track.hardware.profile import HardwareProfile
from neuromorph_track.netx import AnyNetwork, stages


def place(network: AnyNetwork, profile: HardwareProfile, *, host_encoder: bool | None = None) -> Placement:
    """Estimate which core holds which neurons, by the profile's rule and limits.

    Parameters
    ----------
    network : Network or Graph
    profile : HardwareProfile
        With ``resources.cores`` and ``resources.neurons_per_core``.
    host_encoder : bool or None
        Whether input layers run on the host. By default as in Intel's PilotNet runs: delta encoders do,
        input neurons that are fed a bias lie on cores.

    Returns
    -------
    Placement
        Also where the network does not fit: then with problems, and the cores that it would take.

    Raises
    ------
    InputError
        When the profile has no cores to map to.
    """
    wired = stages(network)
    placement = cut(wired, profile, host_encoder)
    problems = layer_problems(wired, placement.layers, profile)
    problems += board_problems(wired, placement, profile, host_encoder)
    return replace(placement, problems=tuple(problems))
