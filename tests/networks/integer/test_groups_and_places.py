"""A convolution in groups, and with a bias for each neuron."""

from __future__ import annotations

from copy import deepcopy

import pytest
import torch
from torch.nn import functional as F

from neuromorph_track.networks.integer import FusedConv


def trained(x: torch.Tensor, **options: object) -> FusedConv:
    torch.manual_seed(1)
    conv = FusedConv(4, 8, 3, **options)  # type: ignore[arg-type]
    with torch.no_grad():
        assert conv.gain is not None
        conv.gain.uniform_(-2, 2)
        if conv.place is not None:
            conv.place.uniform_(-1, 1)
    for _ in range(20):
        conv(x)
    return conv


@pytest.fixture
def x() -> torch.Tensor:
    generator = torch.Generator().manual_seed(3)
    return torch.randint(0, 5, (6, 4, 7, 10), generator=generator).float()


@pytest.mark.parametrize("groups", [1, 2, 4])
@pytest.mark.parametrize("size", [None, (7, 10)])
def test_after_training_it_is_the_integers(
    x: torch.Tensor, groups: int, size: tuple[int, int] | None
) -> None:
    conv = trained(x, groups=groups, size=size).eval()
    weight, bias, threshold = conv.integers()
    assert weight.shape == (8, 4 // groups, 3, 3)
    assert bias.shape == ((8,) if size is None else (8, 7, 10))
    whole = F.conv2d(x.double(), weight.double(), padding=1, groups=groups)
    whole += bias.double().view(8, 1, 1) if size is None else bias.double()
    assert torch.equal(conv(x)[0].double() * threshold, whole)
    conv.freeze_norm()
    assert torch.equal(conv.train()(x)[0], conv.eval()(x)[0])


def test_a_place_is_added_after_the_norm(x: torch.Tensor) -> None:
    conv = trained(x, size=(7, 10))
    # A forward pass moves the running statistics, which weights are rounded with.
    plain = deepcopy(conv)
    assert conv.place is not None
    assert plain.place is not None
    place = conv.place.detach()
    with torch.no_grad():
        plain.place.zero_()
    found, without = conv(x)[0], plain(x)[0]
    torch.testing.assert_close(found - without, place.expand_as(found), atol=1e-5, rtol=1e-5)
    # The batch's own statistics are those of what has no place in it.
    torch.testing.assert_close(without.mean((0, 2, 3)), conv.shift.detach(), atol=1e-4, rtol=0)
