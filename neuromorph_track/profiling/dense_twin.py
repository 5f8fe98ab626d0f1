"""The equivalent ANN, once per frame on the same machine, beside the spiking network."""

from __future__ import annotations

from neuromorph_track.hardware import HardwareProfile
from neuromorph_track.profiling.outcome import Outcome
from neuromorph_track.profiling.ratio import EnergyRatio, Figure, ratio_of


def twin_ratio(profile: HardwareProfile, twin: Outcome, network: Outcome) -> EnergyRatio | None:
    """Energy of the twin by that of the network: in total, or dynamic where there is no total.

    None where the network's is 0.
    """
    figure: Figure = "dynamic" if network.total is None or twin.total is None else "total"
    ann, spiking = getattr(twin, figure), getattr(network, figure)
    if not (spiking > 0).all():
        return None
    return ratio_of(
        ann,
        spiking,
        names=("the equivalent ANN in one pass", "the network"),
        figure=figure,
        boundaries=(profile.profile.boundary,) * 2,
    )
