"""Floats to even integers, by hand and as SLAYER does it."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from neuromorph_track.export.quantise import clipped, even_integers, normalised_weight


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (0.0, 0),
        (1.0, 64),
        (-0.5, -32),
        (1 / 64, 0),  # half a step: ties go to the even multiple of it
        (3 / 64, 4),
        (5 / 64, 4),
        (-3 / 64, -4),
        (1.01 / 64, 2),
        (100.0, 6400),
    ],
)
def test_by_hand(value: float, expected: int) -> None:
    found = even_integers(torch.tensor([value]))
    assert found.tolist() == [expected]
    assert found.dtype == np.int32


def test_clipping_to_8_bits() -> None:
    assert clipped(np.array([-300, -256, -2, 0, 254, 256], np.int32)).tolist() == [
        -256,
        -256,
        -2,
        0,
        254,
        254,
    ]


def test_normalised_weight() -> None:
    """Two rows of norm 5 and 13, wanted at length 1 and 2."""
    v = torch.tensor([[3.0, 4.0], [5.0, 12.0]]).reshape(2, 2, 1, 1, 1)
    g = torch.tensor([1.0, 2.0]).reshape(2, 1, 1, 1, 1)
    expected = torch.tensor([[0.6, 0.8], [10 / 13, 24 / 13]])
    torch.testing.assert_close(normalised_weight(g, v).reshape(2, 2), expected)


@pytest.mark.slayer
def test_as_slayer_quantises() -> None:
    from lava.lib.dl import slayer

    neuron = slayer.neuron.sigma_delta.Neuron(threshold=0.1, activation=torch.relu)
    steps = torch.arange(-600, 600) / 64 / 4
    values = torch.cat([steps, torch.randn(10_000, generator=torch.Generator().manual_seed(0))])
    found = clipped(even_integers(values)) / 64
    np.testing.assert_array_equal(found, neuron.quantize_8bit(values).numpy())
