from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from neuromorph_track.backends.activity import Activity, LayerActivity
from neuromorph_track.profiling import summarise


def test_first_frame_steady_state_and_density(two_layers: Activity) -> None:
    summary = summarise(two_layers)
    first = summary.layers[0]
    assert first.first_frame.synops == 900
    assert first.steady_state.synops == 200
    assert first.density == pytest.approx(6 / 600)
    assert summary.warnings == ()
    assert (summary.frames, summary.steps_per_frame) == (3, 1)
    assert summary.to_dict()["frames"] == 3


ALIVE = {"spikes_in": 5, "spikes_out": 5}


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (ALIVE, []),
        ({**ALIVE, "spikes_in": [0, 0, 1]}, []),
        ({**ALIVE, "spikes_in": 0}, ["received no spike"]),
        ({**ALIVE, "spikes_out": 0}, ["sent no spike"]),
        ({"spikes_in": 0, "spikes_out": 0}, ["received no spike", "sent no spike"]),
        ({**ALIVE, "spikes_out": 20}, ["every neuron"]),
        ({**ALIVE, "spikes_out": [20, 20, 19]}, []),
        ({**ALIVE, "spikes_out": 20, "neuron": "sigma"}, []),
        ({"kind": "input", "neuron": "delta", "spikes_in": 0, "spikes_out": 5}, []),
        ({"kind": "input", "neuron": "delta", "spikes_in": 0, "spikes_out": 0}, ["sent no spike"]),
        ({"kind": "flatten", "neuron": "none", "spikes_in": 0, "spikes_out": 0}, []),
    ],
)
def test_warnings(make_layer: Callable[..., LayerActivity], given: dict[str, Any], words: list[str]) -> None:
    # Ten neurons in two timesteps can send 20 spikes a frame.
    warnings = summarise(Activity((make_layer(**given),), steps_per_frame=2)).warnings
    assert len(warnings) == len(words)
    for warning, word in zip(warnings, words, strict=True):
        assert word in warning
        assert "1 conv" in warning
