"""Layers whose states could leave 24 bits are named, and the simulator shows that they do."""

from __future__ import annotations

import numpy as np
import pytest

from neuromorph_track.backends.fixed import FixedSimulator
from neuromorph_track.export.slayer.range import range_notes
from neuromorph_track.netx import Layer, Network, Neuron

LIMIT = 1 << 23


def dense(weight: int, decays: tuple[int, int], threshold: int = 1 << 17, bias: int | None = None) -> Layer:
    values = np.full((1, 10), weight, np.int32)
    biases = None if bias is None else np.full(1, bias, np.int32)
    return Layer("dense", (1,), neuron=Neuron("cuba", "CUBA", threshold, *decays), weight=values, bias=biases)


@pytest.mark.parametrize(
    ("layer", "words"),
    [
        (dense(100, (4096, 4096)), None),
        (dense(100, (4096, 0)), "potential is clipped"),
        (dense(100, (0, 4096)), "current wraps"),
        (dense(100, (12, 4096)), "2.6 times"),
        (dense(100, (4096, 10)), "3.1 times"),
        # What fires is held from above.
        (dense(100, (4096, 0), threshold=60), None),
        (dense(-100, (4096, 0), threshold=60), "after 132 steps"),
        (dense(0, (4096, 0)), None),
        (dense(0, (4096, 0), bias=-9), "after 14,564 steps"),
    ],
)
def test_what_could_leave_the_range_is_named(layer: Layer, words: str | None) -> None:
    notes = range_notes(layer)
    assert (words in notes[0]) if words else notes == ()


@pytest.mark.parametrize("weight", [100, -100])
def test_a_potential_without_decay_is_clipped_after_the_steps_that_are_named(weight: int) -> None:
    layer = dense(weight, (4096, 0))
    spikes = np.ones((140, 10), np.int32)
    membrane = FixedSimulator(Network((layer,)), pipelined=False).run(spikes).membrane
    assert membrane is not None
    steps = 1 + int(np.argmax(np.abs(membrane[:, 0]) == LIMIT - 1))
    assert f"after {steps} steps" in range_notes(layer)[0]
