"""A trained chain of integer or binary neurons computes the same in PyTorch and as a network of integers."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from neuromorph_track.backends.fixed import FixedSimulator
from neuromorph_track.errors import InputError
from neuromorph_track.export.integer import integer_network
from neuromorph_track.export.trained import smtrack_with
from neuromorph_track.networks.detector import ConvSpec
from neuromorph_track.networks.smtrack import SmtrackDetector
from neuromorph_track.networks.smtrack_spec import NeuronName, SmtrackSpec
from neuromorph_track.netx import Head, InputSpec, RunContract
from neuromorph_track.netx.validate import validate

LAYERS = tuple(ConvSpec(channels=c, stride=s, dilation=d) for c, s, d in ((8, 2, 1), (12, 2, 1), (16, 1, 2)))
HEIGHT, WIDTH = 32, 48


def contract(steps: int) -> RunContract:
    return RunContract(
        name="small",
        input=InputSpec(height=HEIGHT, width=WIDTH, fraction_bits=8, step=1, low=0, high=255),
        encoder="bias",
        steps_per_frame=steps,
        refresh_every=1,
        head=Head(anchors=((1, 1),), class_activation="sigmoid"),
        classes=("a", "b", "c"),
    )


def trained(neuron: NeuronName, steps: int, levels: int = 4, decay: float = 0.5) -> SmtrackDetector:
    torch.manual_seed(steps)
    spec = SmtrackSpec(layers=LAYERS, steps=steps, neuron=neuron, levels=levels, decay=decay)
    model = SmtrackDetector(spec, 3)
    for _ in range(3):
        model(torch.rand(4, 3, HEIGHT, WIDTH, 1))
    return model.eval()


@pytest.mark.parametrize("steps", [1, 3, 8])
@pytest.mark.parametrize("neuron", ["integer", pytest.param("cuba", marks=pytest.mark.slayer)])
@pytest.mark.parametrize("pipelined", [True, False])
def test_the_last_bit_is_the_same(neuron: NeuronName, steps: int, pipelined: bool) -> None:
    model = trained(neuron, steps)
    frames = torch.rand(2, 3, HEIGHT, WIDTH, 1)
    network = integer_network(model, contract(steps), "small").network
    validate(network)
    values = torch.round(frames[..., 0] * 256).clamp(0, 255).to(torch.int32).numpy()
    simulator = FixedSimulator(network, reset_interval=steps, pipelined=pipelined)
    membrane = simulator.run(np.repeat(values, steps, axis=0)).membrane
    assert membrane is not None
    with torch.no_grad():
        raw = model(frames).raw[..., 0].double().numpy()
    # The mean over the steps is rounded; the sum is not.
    np.testing.assert_array_equal(np.round(raw / model.head_scale()), membrane[steps - 1 :: steps])
    assert np.abs(raw).max() > 1


def test_neurons_without_memory_and_many_levels() -> None:
    network = integer_network(trained("integer", 1, levels=255, decay=0), contract(1), "small").network
    neuron = network.layers[1].neuron
    assert neuron is not None
    assert (neuron.levels, neuron.voltage_decay) == (255, 4096)


def test_a_network_without_spikes_is_refused() -> None:
    with pytest.raises(InputError, match="neuron"):
        integer_network(trained("relu", 1), contract(1), "twin")


def test_the_report_tells_what_rounding_cost() -> None:
    report = integer_network(trained("integer", 1), contract(1), "small").report
    assert [layer.layer for layer in report.layers] == ["1 conv", "2 conv", "3 conv", "4 conv"]
    assert all(layer.weights.clipped == 0 for layer in report.layers)
    assert all(layer.weights.rms_error > 0 for layer in report.layers)


def test_statistics_that_are_none_are_refused() -> None:
    model = trained("integer", 1)
    weights = {**model.state_dict(), "blocks.1.synapse.variance": torch.full((12,), -1.0)}
    with pytest.raises(InputError, match=r"model/blocks\.1\.synapse\.variance: found negative numbers"):
        smtrack_with(model.spec, 3, weights, "x.pt")
