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
    assert first.changed == pytest.approx(60 / 600)
    # 6 of 20 neurons before it, 500 weights for all of them.
    assert first.steady_state.synops_nominal == pytest.approx(6 / 20 * 500)
    assert summary.warnings == ()
    assert (summary.frames, summary.steps_per_frame) == (3, 1)
    assert summary.to_dict()["frames"] == 3


ALIVE = {"spikes_in": 5, "spikes_out": 5}


@pytest.mark.parametrize(
    ("given", "flags"),
    [
        (ALIVE, []),
        ({**ALIVE, "spikes_in": [0, 0, 1]}, []),
        ({**ALIVE, "spikes_in": 0}, ["dead input"]),
        ({**ALIVE, "spikes_out": 0}, ["silent"]),
        ({"spikes_in": 0, "spikes_out": 0}, ["dead input", "silent"]),
        ({**ALIVE, "spikes_out": 20}, ["saturated"]),
        # The steps that fill the pipeline count with the first frame.
        ({**ALIVE, "spikes_out": [30, 20, 20]}, ["saturated"]),
        ({**ALIVE, "spikes_out": 20, "neuron": "ilif", "graded": True}, ["saturated"]),
        ({**ALIVE, "spikes_out": 20, "neuron": "ilif", "graded": True, "kind": "input"}, []),
        ({**ALIVE, "spikes_out": 20, "neuron": "ilif", "kind": "input"}, ["saturated"]),
        ({**ALIVE, "spikes_out": [20, 20, 19]}, []),
        ({**ALIVE, "spikes_out": 0, "neuron": "sigma", "fires": False}, []),
        ({**ALIVE, "spikes_out": 0, "neuron": "cuba", "fires": False}, []),
        ({"spikes_in": 0, "neuron": "cuba", "fires": False}, ["dead input"]),
        ({"kind": "input", "neuron": "delta", "spikes_in": 0, "spikes_out": 5}, []),
        ({"kind": "input", "neuron": "delta", "spikes_in": 0, "spikes_out": 0}, ["silent"]),
        ({"kind": "flatten", "neuron": "none", "spikes_in": 0, "spikes_out": 0}, []),
    ],
)
def test_flags(make_layer: Callable[..., LayerActivity], given: dict[str, Any], flags: list[str]) -> None:
    # Ten neurons in two timesteps can send 20 spikes a frame.
    summary = summarise(Activity((make_layer(**given),), steps_per_frame=2))
    assert list(summary.layers[0].flags) == flags
    assert len(summary.warnings) == len(flags)
    for warning, flag in zip(summary.warnings, flags, strict=True):
        assert warning.startswith(f"{flag.upper()}: ")
        assert "1 conv" in warning
        assert "3 frames" in warning


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"spikes_in": 5, "spikes_out": 0}, "is its threshold too high?"),
        ({"spikes_in": 0, "spikes_out": 0}, "nothing arrived"),
        ({"kind": "input", "neuron": "delta", "spikes_out": 0}, "is its input blank?"),
    ],
)
def test_why_a_layer_may_be_silent(
    make_layer: Callable[..., LayerActivity], given: dict[str, Any], said: str
) -> None:
    warnings = summarise(Activity((make_layer(**given),), steps_per_frame=2)).warnings
    assert warnings[-1] == f"SILENT: layer 1 conv sent no spike in 3 frames; {said}"
