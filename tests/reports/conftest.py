"""A small run, priced on every chip that comes with the project."""

from __future__ import annotations

import numpy as np
import pytest

from neuromorph_track.backends.activity import Activity, LayerActivity
from neuromorph_track.hardware import list_profiles, load_profile
from neuromorph_track.profiling import EnergyReport, price


@pytest.fixture
def activity() -> Activity:
    return Activity((layer("0 conv", 4000), layer("1 conv", 1000)), steps_per_frame=1)


def layer(name: str, scale: int) -> LayerActivity:
    """Three frames, the first dense; ``scale`` times 5 neurons, 20 synops for each spike that comes in."""
    return LayerActivity(
        name=name,
        kind="conv",
        neuron="sigma_delta",
        neurons=5 * scale,
        weights=100,
        nonzero_weights=90,
        macs=99 * scale,
        graded=False,
        spikes_in=np.array([9, 1, 2]) * scale,
        synops=np.array([180, 20, 40]) * scale,
        synops_all=np.array([198, 22, 44]) * scale,
        neuron_updates=np.full(3, 5 * scale),
        spikes_out=np.array([3, 1, 0]) * scale,
    )


@pytest.fixture
def reports(activity: Activity) -> list[EnergyReport]:
    return [price(activity, load_profile(name), frame_period=0.04) for name in list_profiles()]
