"""What a host hears of a layer inside: its spikes, added up."""

from __future__ import annotations

import numpy as np
import pytest

from neuromorph_track.backends.fixed import FixedSimulator
from neuromorph_track.errors import InputError
from neuromorph_track.export.zoo import load_network


@pytest.mark.parametrize("engine", ["events", "dense"])
@pytest.mark.parametrize("pipelined", [False, True])
def test_heard_is_the_sum_of_what_was_sent(engine: str, pipelined: bool) -> None:
    """In chunks of any length; the spikes that fill the pipeline are in it too."""
    network = load_network("scenes-nano")
    generator = np.random.default_rng(0)
    values = generator.integers(-100, 100, (4, *network.input_shape)).astype(np.int32)
    whole = FixedSimulator(network, pipelined=pipelined, engine=engine, listen_to="2 conv")  # type: ignore[arg-type]
    steps = whole.run(values, record=True)
    assert steps.spikes is not None
    assert steps.heard is not None
    sent = steps.spikes[2].cumsum(0)
    before = steps.heard[0] - sent[0]
    np.testing.assert_array_equal(steps.heard, sent + before)
    # Before the first input a layer says its bias; where all layers start together nothing was said.
    assert bool(before.any()) == pipelined

    whole.reset()
    parts = [whole.run(part).heard for part in (values[:1], values[1:])]
    np.testing.assert_array_equal(np.concatenate(parts), steps.heard)  # type: ignore[arg-type]


def test_of_sigma_delta_neurons_it_is_the_activation() -> None:
    """Within the threshold of a change that is not worth a spike, and a unit for each spike's rounding."""
    network = load_network("scenes-nano")
    values = np.random.default_rng(1).integers(-100, 100, (3, *network.input_shape)).astype(np.int32)
    simulator = FixedSimulator(network, engine="dense", listen_to="1 conv")
    heard = simulator.run(values).heard
    neuron = simulator.layers[1].runner.neuron  # type: ignore[union-attr]
    activation = (neuron.sigma + neuron.bias).clamp(min=0).numpy()  # type: ignore[union-attr]
    assert heard is not None
    assert np.abs((heard[-1] << 6) - activation).max() <= neuron.threshold + 64 * len(values) + 64
    assert activation.max() > 100 * 64


@pytest.mark.parametrize("name", ["8 conv", "0 nothing", ""])
def test_a_layer_that_does_not_speak_is_refused(name: str) -> None:
    """The head only accumulates."""
    with pytest.raises(InputError, match="1 conv"):
        FixedSimulator(load_network("scenes-nano"), listen_to=name)
