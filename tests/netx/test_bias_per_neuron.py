"""A bias for each neuron of a convolution, in files and in what is told of them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import h5py
import numpy as np
import pytest

from neuromorph_track.errors import InputError
from neuromorph_track.netx import Layer, Network, read_net, write_net
from neuromorph_track.netx.describe import describe
from neuromorph_track.netx.validate import validate
from tests.netx.test_read_write import same


@pytest.fixture
def placed(chain: Network) -> Network:
    """The chain with a bias for each neuron of its convolution: four channels, three rows, two columns."""
    bias = np.arange(-8, 16, dtype=np.int32).reshape(4, 3, 2)
    first, conv, _, dense = chain.layers
    conv = replace(conv, shape=bias.shape, bias=bias)
    weight = np.ones((3, 24), np.int32)
    wide = replace(first, shape=(2, 6, 4))
    return Network((wide, conv, Layer("flatten", (24,)), replace(dense, weight=weight)))


def test_a_bias_per_neuron_lies_in_lava_s_order(placed: Network, tmp_path: Path) -> None:
    write_net(placed, tmp_path / "x.net")
    assert same(read_net(tmp_path / "x.net"), placed)
    with h5py.File(tmp_path / "x.net") as file:
        stored = file["layer/1/bias"][()]
    assert stored.shape == (2, 3, 4)
    assert stored[1, 2, 3] == placed.layers[1].bias[3, 2, 1] == 15


@pytest.mark.parametrize("shape", [(4, 3, 2), (2, 3, 5), (3, 2, 4), (2, 12)])
def test_a_bias_in_another_order_is_refused(placed: Network, tmp_path: Path, shape: tuple[int, ...]) -> None:
    write_net(placed, tmp_path / "x.net")
    with h5py.File(tmp_path / "x.net", "r+") as file:
        del file["layer/1/bias"]
        file["layer/1/bias"] = np.zeros(shape)
    with pytest.raises(InputError, match=r"layer/1/bias: found shape .*, one per neuron"):
        read_net(tmp_path / "x.net")


def test_a_bias_per_neuron_is_told(chain: Network, placed: Network) -> None:
    told = describe(placed)
    assert [layer["biases"] for layer in told["layers"]] == [0, 24, 0, 0]
    assert told["notes"] == ["A bias for each neuron, not for each channel: 1 conv."]
    assert describe(chain)["notes"] == []


@pytest.mark.parametrize("shape", [(4, 1, 1), (4, 3, 1), (2, 3, 4), (24,)])
def test_other_biases_are_refused(placed: Network, shape: tuple[int, ...]) -> None:
    layers = list(placed.layers)
    layers[1] = replace(layers[1], bias=np.zeros(shape, np.int32))
    with pytest.raises(InputError, match=r"expected \(4,\), one per channel, or \(4, 3, 2\), one per neuron"):
        validate(Network(tuple(layers)))
