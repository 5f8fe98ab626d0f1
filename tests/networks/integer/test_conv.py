"""The convolution with fused batch norm: trains as batch norm does, computes with a synapse's integers."""

from __future__ import annotations

import pytest
import torch
from torch import nn
from torch.nn import functional as F

from neuromorph_track.networks.integer import FusedConv


@pytest.fixture
def inputs() -> torch.Tensor:
    generator = torch.Generator().manual_seed(3)
    return torch.randint(0, 5, (6, 3, 12, 10), generator=generator).float()


def trained(inputs: torch.Tensor, **options: float) -> FusedConv:
    torch.manual_seed(1)
    conv = FusedConv(3, 8, 3, stride=2, **options)  # type: ignore[arg-type]
    with torch.no_grad():
        assert conv.gain is not None
        conv.gain.uniform_(-2, 2)
        conv.shift.uniform_(-1, 1)
    for _ in range(200):
        conv(inputs)
    return conv


@pytest.mark.parametrize("unit", [1.0, 1 / 64])
def test_after_training_it_is_the_integers(inputs: torch.Tensor, unit: float) -> None:
    conv = trained(inputs * unit, unit=unit).eval()
    weight, bias, threshold = conv.integers()
    assert weight.abs().max() <= 256
    assert (weight % 2 == 0).all()
    current, told = conv(inputs * unit)
    assert told == threshold
    whole = F.conv2d(inputs.double(), weight.double(), bias.double(), stride=2, padding=1)
    assert torch.equal(current.double() * threshold, whole)


def test_large_weights_make_use_of_eight_bits(inputs: torch.Tensor) -> None:
    weight, _, _ = trained(inputs).eval().integers()
    assert weight.abs().max() > 127


def test_frozen_training_and_evaluation_are_the_same(inputs: torch.Tensor) -> None:
    conv = trained(inputs)
    conv.freeze_norm()
    assert torch.equal(conv.train()(inputs)[0], conv.eval()(inputs)[0])


def test_in_training_it_is_batch_norm_of_the_rounded_weights(inputs: torch.Tensor) -> None:
    conv = trained(inputs)
    weight, _, threshold = conv.integers()
    found, _ = conv(inputs)
    assert conv.gain is not None
    # Whatever the running gain is, the batch's own norm takes it away, but for its sign.
    plain = F.conv2d(inputs, weight.float(), stride=2, padding=1) * conv.gain.sign().view(1, -1, 1, 1)
    eps = 1e-5 * threshold**2
    expected = F.batch_norm(plain, None, None, conv.gain, conv.shift, training=True, eps=eps)
    torch.testing.assert_close(found, expected, rtol=1e-4, atol=1e-4)


def test_running_statistics_are_those_of_the_plain_convolution(inputs: torch.Tensor) -> None:
    conv = trained(inputs)
    plain = F.conv2d(inputs, conv.weight, stride=2, padding=1)
    torch.testing.assert_close(conv.mean, plain.mean((0, 2, 3)), rtol=0.05, atol=0.05)
    torch.testing.assert_close(conv.variance, plain.var((0, 2, 3)), rtol=0.1, atol=0.01)


def test_evaluation_is_near_what_batch_norm_would_do(inputs: torch.Tensor) -> None:
    conv = trained(inputs).eval()
    norm = nn.BatchNorm2d(8).eval()
    assert conv.gain is not None
    norm.load_state_dict(
        {
            "weight": conv.gain.detach(),
            "bias": conv.shift.detach(),
            "running_mean": conv.mean,
            "running_var": conv.variance,
            "num_batches_tracked": torch.tensor(0),
        }
    )
    expected = norm(F.conv2d(inputs, conv.weight, stride=2, padding=1))
    error = (conv(inputs)[0] - expected).abs().max()
    # An error of half a step in each of 27 weights, for spikes of at most 4.
    _, threshold = conv(inputs)
    assert error <= 27 * 4 / threshold + 1 / threshold


def test_gradients_reach_all_parameters_before_and_after_freezing(inputs: torch.Tensor) -> None:
    conv = trained(inputs)
    for frozen in (False, True):
        conv.zero_grad()
        if frozen:
            conv.freeze_norm()
        conv(inputs)[0].square().sum().backward()
        for name, parameter in conv.named_parameters():
            assert parameter.grad is not None, name
            assert parameter.grad.abs().sum() > 0, name


def test_a_gain_of_zero_does_not_spoil_the_running_statistics(inputs: torch.Tensor) -> None:
    conv = trained(inputs)
    with torch.no_grad():
        assert conv.gain is not None
        conv.gain[0] = 0
    for _ in range(50):
        conv(inputs)
    assert torch.isfinite(conv.mean).all()
    assert torch.isfinite(conv.variance).all()
