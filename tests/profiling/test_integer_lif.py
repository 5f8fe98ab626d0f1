"""What a network of integer LIF neurons costs: priced by its counts, one graded spike as one event."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from neuromorph_track.backends.activity import Activity
from neuromorph_track.backends.fixed import FixedSimulator
from neuromorph_track.hardware import load_profile
from neuromorph_track.netx import Layer, Network, Neuron
from neuromorph_track.profiling import price

STEPS = 4
SAID = "the network sends graded spikes, which this chip does not have: each is priced as one spike"


def network(levels: int) -> Network:
    rng = np.random.default_rng(0)
    inner = Neuron("ilif", "ILIF", 256, 0, 1024, levels=levels)
    layers = (
        Layer("input", (3, 8, 8), neuron=Neuron("ilif", "ILIF", 255 // levels, 0, 4096, levels=levels)),
        Layer("conv", (8, 8, 8), neuron=inner, weight=_weight(rng, 8, 3), padding=(1, 1)),
        Layer("conv", (4, 8, 8), neuron=Neuron("cuba", "CUBA", 1 << 17, 4096, 0), weight=_weight(rng, 4, 8)),
    )
    return Network((*layers[:2], replace(layers[2], padding=(1, 1))))


def _weight(rng: np.random.Generator, outputs: int, inputs: int) -> np.ndarray:
    return rng.integers(-30, 60, (outputs, inputs, 3, 3)).astype(np.int32)


def activity(levels: int) -> Activity:
    picture = np.random.default_rng(1).integers(0, 256, (1, 3, 8, 8)).astype(np.int32)
    frames = np.repeat(picture, 3 * STEPS, 0)
    return FixedSimulator(network(levels), reset_interval=STEPS).run(frames).activity.per_frame(STEPS)


@pytest.mark.parametrize(("levels", "bits"), [(1, 0), (8, 4), (255, 8)])
def test_graded_spikes_are_said_where_a_chip_has_none(levels: int, bits: int) -> None:
    counted = activity(levels)
    assert [layer.message_bits for layer in counted.layers] == [bits, bits, 0]
    for chip, has_them in (("loihi2-oheogulch", True), ("loihi1", False)):
        report = price(counted, load_profile(chip), network=network(levels))
        assert (SAID in report.caveats) == (not has_them and levels > 1)


def test_a_spike_is_one_event_whatever_it_carries() -> None:
    counted = activity(8)
    binary = tuple(replace(layer, graded=False, message_bits=0) for layer in counted.layers)
    chip = load_profile("loihi2-oheogulch")
    graded, plain = (
        price(each, chip).steady_state.dynamic for each in (counted, replace(counted, layers=binary))
    )
    assert graded == plain
