"""Sigma-delta layers over one step are those of Lava's fixed-point models, in whole numbers."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch

from neuromorph_track.networks.integer import IntegerConv
from neuromorph_track.networks.integer.sigma_delta import SigmaDelta, SigmaDeltaConv


@pytest.mark.parametrize("threshold", [1 / 64, 0.1, 1.0])
def test_the_first_change_is_the_activation_cut_to_twelve_bits(threshold: float) -> None:
    """As PySigmaDeltaModelFixed: a state of 18 fraction bits, sent without the last six."""
    states = [-5, 0, 63, 64, 4095, 4096, 25_000, 26_214, 26_624, 262_143, 262_144, 1_000_001]
    currents = torch.tensor(states).float() / (1 << 18)
    sent = SigmaDelta(threshold)(currents[None], 0)[0]
    least = int(threshold * 64) << 12
    expected = [state >> 6 if state >= least else 0 for state in states]
    assert sent.tolist() == expected
    assert len({value > 0 for value in expected}) == 2


def test_the_gradient_is_that_of_a_rectifier() -> None:
    currents = torch.tensor([[-1.0, 0.01, 2.0]], requires_grad=True)
    SigmaDelta(0.5)(currents, 0).sum().backward()
    assert currents.grad is not None
    # Spikes are counted in units of 2**-12; below the threshold the gradient passes too.
    assert currents.grad.tolist() == [[0.0, 4096.0, 4096.0]]


@pytest.mark.parametrize("size", [None, (4, 4)])
def test_a_layer_computes_its_whole_numbers(size: tuple[int, int] | None) -> None:
    torch.manual_seed(3)
    synapse = SigmaDeltaConv(3, 5, 3, unit=1 / 4096, size=size, ceiling=0.0)
    layer = IntegerConv(synapse, SigmaDelta(0.1))
    with torch.no_grad():
        synapse.mean.normal_()
        synapse.variance.uniform_(0.2, 3)
        if synapse.place is not None:
            synapse.place.normal_()
    layer.eval()
    spikes = torch.randint(0, 9000, (2, 3, 4, 4, 1)).float()
    with torch.no_grad():
        sent = layer(spikes)[..., 0]
    weight, bias, units = synapse.integers()
    assert units == 1 << 18
    assert not (weight % 2).any()
    assert bias.shape == (5,) if size is None else (5, 4, 4)
    # Silence makes no spike, or a layer would speak before it hears.
    assert int(bias.max()) <= 0
    assert int(bias.min()) < 0
    sums = torch.nn.functional.conv2d(spikes[..., 0].double(), weight.double(), padding=1)
    state = sums + (bias if size else bias.view(-1, 1, 1)).double() * 4096
    expected = torch.where(state >= int(0.1 * 64) << 12, torch.floor(state / 64), 0)
    assert torch.equal(sent.double(), expected)
    assert 0.1 < float((expected > 0).double().mean()) < 0.9


def test_weights_have_one_binary_point_and_end_where_eight_bits_do() -> None:
    synapse = SigmaDeltaConv(1, 4, 1, unit=1 / 4096, norm=False)
    with torch.no_grad():
        synapse.weight.copy_(torch.tensor([5.0, -5.0, 1 / 32, 0.01]).view(4, 1, 1, 1))
        synapse.shift.copy_(torch.tensor([0.5, -0.25, math.pi, 0.0]))
    weight, bias, _ = synapse.integers()
    assert weight.flatten().tolist() == [254, -256, 2, 0]
    # Of an output a bias may be positive: the host adds it.
    assert bias.tolist() == [32, -16, 201, 0]
    assert synapse.sum_scale(1) == 2.0**-18
    assert np.isclose(synapse.rounded_bias(0)[2].item(), 201 / 64)
