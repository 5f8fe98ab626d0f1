"""Fan-out against a loop over spikes and weights."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from neuromorph_track.netx import Layer, Neuron, connections, fan_out
from neuromorph_track.netx.fanout import neurons_in, nominal_macs, recurrent_fan_out
from neuromorph_track.netx.validate import conv_shape

NEURON = Neuron("sigma_delta", "SDNN", 6)


@st.composite
def convolutions(draw: st.DrawFn) -> tuple[Layer, tuple[int, int, int]]:
    """A conv layer with any stride, padding, dilation and groups, and the shape of its input."""
    groups = draw(st.integers(1, 3))
    inputs, outputs = groups * draw(st.integers(1, 2)), groups * draw(st.integers(1, 2))
    kernel = draw(st.tuples(st.integers(1, 4), st.integers(1, 4)))
    dilation = draw(st.tuples(st.integers(1, 3), st.integers(1, 3)))
    padding = draw(st.tuples(st.integers(0, 3), st.integers(0, 3)))
    stride = draw(st.tuples(st.integers(1, 3), st.integers(1, 3)))
    reach = [d * (k - 1) + 1 for d, k in zip(dilation, kernel, strict=True)]
    size = [
        draw(st.integers(max(1, r - 2 * p), max(1, r - 2 * p) + 5))
        for r, p in zip(reach, padding, strict=True)
    ]
    generator = np.random.default_rng(draw(st.integers(0, 2**16)))
    weight = generator.integers(-2, 3, (outputs, inputs // groups, *kernel)).astype(np.int32)
    layer = Layer(
        "conv",
        (1, 1, 1),
        neuron=NEURON,
        weight=weight,
        stride=stride,
        padding=padding,
        dilation=dilation,
        groups=groups,
    )
    shape = conv_shape(layer, *size)
    sized = Layer(
        "conv",
        shape,
        neuron=NEURON,
        weight=weight,
        stride=stride,
        padding=padding,
        dilation=dilation,
        groups=groups,
    )
    return sized, (inputs, size[0], size[1])


def count_by_loop(layer: Layer, spike: tuple[int, int, int], input_shape: tuple[int, ...]) -> tuple[int, int]:
    """Synops of one spike, non-zero and all, by asking every output position for every weight."""
    assert layer.weight is not None
    outputs, per_group, kernel_h, kernel_w = layer.weight.shape
    channel, row, column = spike
    nonzero = total = 0
    for out in range(outputs):
        first = out // (outputs // layer.groups) * per_group
        if not first <= channel < first + per_group:
            continue
        for y in range(layer.shape[1]):
            for x in range(layer.shape[2]):
                for i in range(kernel_h):
                    for j in range(kernel_w):
                        reads_row = y * layer.stride[0] - layer.padding[0] + i * layer.dilation[0]
                        reads_column = x * layer.stride[1] - layer.padding[1] + j * layer.dilation[1]
                        if (reads_row, reads_column) == (row, column):
                            total += 1
                            nonzero += layer.weight[out, channel - first, i, j] != 0
    return nonzero, total


@settings(max_examples=60)
@given(convolutions(), st.integers(0, 2**16))
def test_conv_fan_out_is_the_loop(case: tuple[Layer, tuple[int, int, int]], seed: int) -> None:
    layer, shape = case
    found = fan_out(layer, shape)
    generator = np.random.default_rng(seed)
    for _ in range(4):
        spike = tuple(int(generator.integers(size)) for size in shape)
        assert (found.nonzero[spike], found.all[spike]) == count_by_loop(layer, spike, shape)


def test_edges_reach_fewer_weights() -> None:
    layer = Layer("conv", (1, 3, 3), neuron=NEURON, weight=np.ones((1, 1, 3, 3), np.int32), padding=(1, 1))
    expected = [[4, 6, 4], [6, 9, 6], [4, 6, 4]]
    np.testing.assert_array_equal(fan_out(layer, (1, 3, 3)).all[0], expected)
    assert connections(layer, (1, 3, 3)) == 49


def test_dense_counts_columns_and_skips_zeros() -> None:
    weight = np.array([[1, 0, 2], [0, 0, 3]], np.int32)
    found = fan_out(Layer("dense", (2,), neuron=NEURON, weight=weight), (3,))
    assert found.nonzero.tolist() == [1, 0, 2]
    assert found.all.tolist() == [2, 2, 2]


def test_a_complex_synapse_counts_both_parts() -> None:
    real, imaginary = np.array([[1, 0]], np.int32), np.array([[1, 1]], np.int32)
    layer = Layer("dense", (1,), neuron=NEURON, weight=real, weight_imag=imaginary)
    assert fan_out(layer, (2,)).nonzero.tolist() == [2, 1]
    assert fan_out(layer, (2,)).all.tolist() == [2, 2]


def test_recurrent_spikes_meet_the_recurrent_weights() -> None:
    own = np.array([[0, 5], [0, 0]], np.int32)
    layer = Layer("dense_rec", (2,), neuron=NEURON, weight=np.ones((2, 3), np.int32), weight_rec=own)
    assert recurrent_fan_out(layer).nonzero.tolist() == [0, 1]
    assert connections(layer, (3,)) == 6 + 4


@pytest.mark.parametrize("groups", [1, 2])
def test_nominal_macs_are_every_output_times_the_whole_kernel(groups: int) -> None:
    weight = np.ones((4, 6 // groups, 3, 2), np.int32)
    layer = Layer("conv", (4, 5, 7), neuron=NEURON, weight=weight, padding=(1, 1), groups=groups)
    assert nominal_macs(layer) == 4 * 5 * 7 * (6 // groups) * 3 * 2
    assert neurons_in(layer, (6, 5, 6)) == 180
    assert connections(layer, (6, 5, 6)) < nominal_macs(layer)


def test_nominal_macs_of_plain_layers() -> None:
    own = np.array([[0, 5], [0, 0]], np.int32)
    dense = Layer("dense", (2,), neuron=NEURON, weight=np.ones((2, 3), np.int32))
    recurrent = Layer("dense_rec", (2,), neuron=NEURON, weight=np.ones((2, 3), np.int32), weight_rec=own)
    assert (nominal_macs(dense), neurons_in(dense, (3,))) == (6, 3)
    assert (nominal_macs(recurrent), neurons_in(recurrent, (3,))) == (6 + 4, 3 + 2)
    fed = Layer("input", (3,), neuron=NEURON)
    assert (nominal_macs(fed), neurons_in(fed, (3,))) == (0, 0)
