"""Small runs whose counts are known."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from neuromorph_track.backends.activity import Activity, LayerActivity

MakeLayer = Callable[..., LayerActivity]


def layer(name: str = "1 conv", frames: int = 3, **given: Any) -> LayerActivity:
    """A layer with the given counts; a single number stands for every frame."""
    fields: dict[str, Any] = {
        "kind": "conv",
        "neuron": "sigma_delta",
        "neurons": 10,
        "weights": 100,
        "nonzero_weights": 90,
        "macs": 400,
        "graded": False,
        "neurons_in": 20,
        "nominal_macs": 500,
        "message_bits": 0,
        **dict.fromkeys(Activity.COUNTS, 0),
    } | given
    for count in Activity.COUNTS:
        fields[count] = np.broadcast_to(np.asarray(fields[count], np.int64), (frames,)).copy()
    return LayerActivity(name=name, **fields)


@pytest.fixture
def make_layer() -> MakeLayer:
    return layer


@pytest.fixture
def two_layers() -> Activity:
    """Three frames of two layers: the first frame is dense, then 100 and 300 synops, 1000 updates."""
    first = layer(
        "1 conv",
        spikes_in=[60, 5, 7],
        synops=[900, 100, 300],
        synops_all=[1000, 120, 330],
        neuron_updates=600,
        neuron_updates_changed=[600, 50, 70],
        spikes_out=[50, 4, 8],
        neurons=600,
        macs=2000,
    )
    second = layer(
        "2 dense",
        kind="dense",
        spikes_in=[50, 4, 8],
        synops=[80, 10, 30],
        synops_all=[80, 10, 30],
        neuron_updates=400,
        neuron_updates_changed=[400, 20, 60],
        spikes_out=[9, 1, 3],
        neurons=400,
        macs=500,
    )
    return Activity((first, second), steps_per_frame=1)
