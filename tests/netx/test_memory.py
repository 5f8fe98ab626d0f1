"""What a template's spikes leave in the weights of the search chain."""

from __future__ import annotations

import math

import numpy as np
import pytest

from neuromorph_track.errors import InputError
from neuromorph_track.netx import (
    Layer,
    MemorySpec,
    Neuron,
    Siamese,
    kernels_of,
    memory_of,
    retrieval_weights,
    written_weights,
)
from neuromorph_track.netx.memory import with_weights
from neuromorph_track.netx.validate import validate
from tests.netx.pairs import CHANNELS, HEADS, KERNEL, KEYS, VALUES, pair


def spikes_of(siamese: Siamese, steps: int = 3, largest: int = 8) -> np.ndarray:
    shape = siamese.template.output_shape
    return np.random.default_rng(1).integers(0, largest + 1, (steps, *shape)).astype(np.int32)


def test_a_memory_is_the_sum_of_products() -> None:
    siamese = pair()
    spikes = spikes_of(siamese)
    found = memory_of(spikes, siamese.contract)
    assert (found.dtype, found.shape) == (np.int64, (HEADS, KEYS, VALUES))
    for head, k, v in np.ndindex(HEADS, KEYS, VALUES):
        total = 0
        for step, y, x in np.ndindex(len(spikes), *spikes.shape[2:]):
            key = int(spikes[step, head * KEYS + k, y, x])
            total += key * int(spikes[step, HEADS * KEYS + head * VALUES + v, y, x])
        assert found[head, k, v] == total


def test_products_of_large_spikes_do_not_overflow() -> None:
    siamese = pair()
    spikes = np.full((64, HEADS * (KEYS + VALUES), 64, 64), 255, np.uint8)
    assert np.all(memory_of(spikes, siamese.contract) == 64 * 64 * 64 * 255**2)


@pytest.mark.parametrize(("side", "first"), [(3, 0), (7, 2), (8, 2)])
def test_kernels_are_the_middle_summed_over_steps(side: int, first: int) -> None:
    spikes = np.random.default_rng(0).integers(0, 9, (3, CHANNELS, side, side + 2)).astype(np.int32)
    found = kernels_of(spikes, pair("correlation").contract)
    assert (found.dtype, found.shape) == (np.int64, (CHANNELS, KERNEL, KERNEL))
    for channel, i, j in np.ndindex(*found.shape):
        assert found[channel, i, j] == sum(int(step[channel, first + i, first + 1 + j]) for step in spikes)


@pytest.mark.parametrize("shape", [(3, 13, 8, 8), (14, 8, 8), (0, 14, 8, 8)])
def test_spikes_of_another_layer_are_refused(shape: tuple[int, ...]) -> None:
    with pytest.raises(InputError, match=r"template: found spikes of shape .*, expected \(T, 14, h, w\)"):
        memory_of(np.zeros(shape, np.int32), pair().contract)


def half_up(value: float) -> int:
    return math.floor(value + 0.5)


@pytest.mark.parametrize("bits", [8, 6, 4])
@pytest.mark.parametrize("retrieval", ["memory", "correlation"])
def test_weights_follow_the_rule(retrieval: str, bits: int) -> None:
    siamese = pair(retrieval)
    spec = siamese.contract.written[1]
    layer = siamese.search.layers[spec.layer]
    sums = np.random.default_rng(2).integers(0, 20_000, (HEADS, KEYS, VALUES))
    if retrieval == "correlation":
        sums = np.random.default_rng(2).integers(0, 60, (CHANNELS, KERNEL, KERNEL))
    found = written_weights(layer, spec, sums, bits)
    assert layer.weight is not None
    assert (found.weight.dtype, found.weight.shape) == (np.int32, layer.weight.shape)
    step = 2 ** (9 - bits)
    highest, lowest = 254 - 254 % step, 0 if retrieval == "memory" else -256
    taken, wanted_all, clipped, written = 0.0, 0.0, 0, np.zeros(layer.weight.shape, bool)
    for at in np.ndindex(*sums.shape):
        if retrieval == "memory":
            head, k, v = at
            gain, place = spec.gains[head * VALUES + v], (head * (VALUES + KEYS) + v, k, 0, 0)
        else:
            gain, place = spec.gains[at[0]], (2 * at[0], 0, *at[1:])
        wanted = gain * int(sums[at])
        rounded = step * half_up(wanted / step)
        assert found.weight[place] == min(max(rounded, lowest), highest)
        written[place] = True
        taken += (found.weight[place] - wanted) ** 2
        wanted_all += wanted**2
        clipped += not lowest <= rounded <= highest
    np.testing.assert_array_equal(found.weight[~written], layer.weight[~written])
    assert 0 < clipped < sums.size
    assert found.clipped == clipped / sums.size
    assert found.error == pytest.approx(math.sqrt(taken / wanted_all))


# Gain, product, and the weight of it: halves go up, as does what is below zero, which no memory keeps.
ROUNDED = [(1.0, 3, 4), (1.0, 5, 6), (0.5, 6, 4), (0.5, 5, 2), (0.5, 1, 0), (1.0, 999, 254), (-1.0, 9, 0)]


@pytest.mark.parametrize(("gain", "product", "weight"), ROUNDED)
def test_by_hand(gain: float, product: int, weight: int) -> None:
    spec = MemorySpec(layer=1, heads=1, keys=1, values=1, gains=(gain,))
    neuron = Neuron("ilif", "ILIF", 64, 0, 4096, levels=8)
    zeros = np.array([0, 64], np.int32).reshape(2, 1, 1, 1)
    found = written_weights(Layer("conv", (2, 1, 1), neuron, zeros), spec, np.full((1, 1, 1), product))
    assert found.weight.reshape(-1).tolist() == [weight, 64]
    assert zeros.reshape(-1).tolist() == [0, 64]


def test_nothing_written_is_no_error() -> None:
    siamese = pair()
    silent = np.zeros((3, *siamese.template.output_shape), np.int32)
    for name, found in retrieval_weights(siamese, silent).items():
        assert (found.error, found.clipped) == (0, 0)
        np.testing.assert_array_equal(found.weight, siamese.search.layers[int(name[0])].weight)


@pytest.mark.parametrize("retrieval", ["memory", "correlation", "blind"])
def test_every_layer_of_a_template(retrieval: str) -> None:
    siamese = pair(retrieval)
    found = retrieval_weights(siamese, spikes_of(siamese))
    assert list(found) == ([] if retrieval == "blind" else ["2 conv", "4 conv"])
    chain = with_weights(siamese.search, {name: written.weight for name, written in found.items()})
    validate(chain)
    for index, layer in enumerate(chain.layers):
        old = siamese.search.layers[index]
        assert (layer is old) == (chain.name(index) not in found)
    if found:
        assert np.count_nonzero(chain.layers[2].weight) > np.count_nonzero(siamese.search.layers[2].weight)
