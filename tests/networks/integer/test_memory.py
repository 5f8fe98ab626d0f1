"""Synapses that are written: as sums in whole numbers, and with the weights that a host would write."""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np
import pytest
import torch
from scipy.signal import correlate2d

from neuromorph_track.networks.integer.memory import THRESHOLD, KernelSynapse, MemorySynapse, WrittenSynapse
from neuromorph_track.netx import KernelSpec, Layer, MemorySpec
from neuromorph_track.netx.memory import written_weights

HEADS, KEYS, VALUES = 2, 3, 4


def memory_synapse(gain: torch.Tensor) -> MemorySynapse:
    """One whose gains, in thresholds per unit of the memory, are as given."""
    synapse = MemorySynapse(HEADS, KEYS, VALUES).eval()
    return with_gain(synapse, gain)


def with_gain(synapse: WrittenSynapse, gain: torch.Tensor) -> WrittenSynapse:
    with torch.no_grad():
        assert synapse.gain is not None
        synapse.gain.copy_(gain)
        # Whatever 1 / sqrt(variance + epsilon) is rounded to, it is one.
        synapse.variance.fill_(1 - 1e-5)
        assert torch.equal(synapse.folded_scale(), synapse.gain)
    return synapse


def by_hand(gain: float, held: int, lowest: int) -> int:
    """``2 round(g M / 2)``, halves up, clipped, in exact fractions."""
    half = Fraction(gain) * held * Fraction(THRESHOLD, 2)
    return min(max(2 * math.floor(half + Fraction(1, 2)), lowest), 254)


# 1/512: each unit of the memory is a quarter of a step, so that every other one is a tie.
@pytest.mark.parametrize("gain", [1 / 512, 1 / 256, 3 / 512, 0.0123, 1.0, 0.0, -0.01])
def test_weights_are_those_that_the_host_writes_and_halves_go_up(gain: float) -> None:
    gains = torch.full((HEADS * VALUES,), gain)
    memory = torch.arange(HEADS * KEYS * VALUES).view(1, HEADS, KEYS, VALUES)
    synapse = memory_synapse(gains)
    whole = torch.round(synapse.rounded(memory.float()) * THRESHOLD).detach()
    assert torch.equal(whole, synapse.rounded(memory.float()) * THRESHOLD)
    given = float(gains[0])
    expected = [by_hand(given, int(held), 0) for held in memory.flatten()]
    assert whole.flatten().tolist() == expected
    blank = np.zeros((HEADS * (VALUES + KEYS), KEYS, 1, 1), np.int32)
    layer = Layer("conv", (HEADS * KEYS, 5, 5), weight=blank, groups=HEADS)
    told = tuple(map(float, synapse.gains()))
    host = MemorySpec(layer=1, heads=HEADS, keys=KEYS, values=VALUES, gains=told)
    written = written_weights(layer, host, memory[0].numpy()).weight[..., 0, 0]
    grouped = written.reshape(HEADS, VALUES + KEYS, KEYS)[:, :VALUES]
    np.testing.assert_array_equal(grouped.transpose(0, 2, 1), whole[0].numpy())


@pytest.mark.parametrize("gain", [1 / 512, -1 / 512, 3 / 256, -0.7])
def test_kernels_have_both_signs_and_halves_go_up(gain: float) -> None:
    channels, kernel = 2, 3
    sums = torch.arange(channels * 9).view(1, channels, kernel, kernel)
    synapse = with_gain(KernelSynapse(channels, kernel).eval(), torch.full((channels,), gain))
    whole = (synapse.rounded(sums.float()) * THRESHOLD).detach()
    assert whole.flatten().tolist() == [by_hand(gain, int(held), -256) for held in sums.flatten()]
    layer = Layer(
        "conv",
        (channels, 5, 5),
        weight=np.zeros((2 * channels, 1, kernel, kernel), np.int32),
        groups=channels,
    )
    host = KernelSpec(layer=1, kernel=kernel, gains=tuple(map(float, synapse.gains())))
    written = written_weights(layer, host, sums[0].numpy()).weight
    np.testing.assert_array_equal(written.reshape(channels, 2, kernel, kernel)[:, 0], whole[0].numpy())


def test_a_float_that_rounds_to_a_half_is_not_rounded_twice() -> None:
    """0.49999998 of a step in exact numbers is 1/2 in float32 once it is multiplied."""
    rng = np.random.default_rng(0)
    gains = torch.from_numpy(rng.uniform(0, 0.01, HEADS * VALUES).astype(np.float32))
    memory = torch.from_numpy(rng.integers(0, 1 << 20, (64, HEADS, KEYS, VALUES)))
    # Gains such that the exact products lie as near to halves as float32 can say.
    near = (memory[0, 0, 0].double() / 2**13).floor() * 2 + 1
    gains[:VALUES] = (near / (memory[0, 0, 0].double() * THRESHOLD)).float()
    synapse = memory_synapse(gains)
    whole = (synapse.rounded(memory.float()) * THRESHOLD).detach()
    for head in range(HEADS):
        for value in range(VALUES):
            gain = float(gains[head * VALUES + value])
            expected = [by_hand(gain, int(held), 0) for held in memory[:, head, :, value].flatten()]
            assert whole[:, head, :, value].flatten().tolist() == expected


@pytest.fixture
def asked() -> tuple[torch.Tensor, torch.Tensor]:
    generator = torch.Generator().manual_seed(1)
    x = torch.randint(0, 9, (5, HEADS * KEYS, 4, 6), generator=generator).float()
    memory = torch.randint(0, 300, (5, HEADS, KEYS, VALUES), generator=generator).float()
    return x, memory


def test_a_memory_is_asked_head_by_head(asked: tuple[torch.Tensor, torch.Tensor]) -> None:
    x, memory = asked
    synapse = memory_synapse(torch.linspace(0.0005, 0.004, HEADS * VALUES))
    with torch.no_grad():
        synapse.shift.copy_(torch.linspace(-1, 1, HEADS * VALUES))
    found = synapse(x, memory) * THRESHOLD
    weight = (synapse.rounded(memory) * THRESHOLD).to(torch.int64).numpy()
    bias = synapse.whole_bias().numpy()
    spikes = x.to(torch.int64).numpy()
    for n in range(5):
        for channel in range(HEADS * VALUES):
            head, value = divmod(channel, VALUES)
            total = np.full((4, 6), bias[channel])
            for key in range(KEYS):
                total += weight[n, head, key, value] * spikes[n, head * KEYS + key]
            np.testing.assert_array_equal(found[n, channel].detach().numpy(), total)


def test_a_kernel_is_looked_for() -> None:
    generator = torch.Generator().manual_seed(2)
    x = torch.randint(0, 9, (3, 2, 7, 6), generator=generator).float()
    sums = torch.randint(0, 30, (3, 2, 3, 3), generator=generator).float()
    synapse = with_gain(KernelSynapse(2, 3).eval(), torch.tensor([0.01, -0.02]))
    found = synapse(x, sums).detach() * THRESHOLD
    weight = (synapse.rounded(sums) * THRESHOLD).detach()
    for n in range(3):
        for channel in range(2):
            wanted = correlate2d(x[n, channel].numpy(), weight[n, channel].numpy(), mode="same")
            np.testing.assert_array_equal(found[n, channel].numpy(), wanted)


def test_statistics_begin_with_those_of_the_first_batch(asked: tuple[torch.Tensor, torch.Tensor]) -> None:
    x, memory = asked
    synapse = MemorySynapse(HEADS, KEYS, VALUES, spread=2.0).train()
    sent = synapse(x, memory)
    sums = torch.einsum("nhkij,nhkv->nhvij", x.unflatten(1, (HEADS, KEYS)), memory).flatten(1, 2)
    deviation = sums.std((0, 2, 3), unbiased=False)
    torch.testing.assert_close(synapse.mean, sums.mean((0, 2, 3)))
    torch.testing.assert_close(synapse.variance.sqrt(), deviation)
    # What is sent has the spread that was asked for, but for what is added to a variance.
    torch.testing.assert_close(sent.std((0, 2, 3), unbiased=False), torch.full((8,), 2.0), rtol=2e-3, atol=0)
    before = synapse.mean.clone()
    synapse(x * 2, memory)
    assert bool(synapse.begun)
    torch.testing.assert_close(synapse.mean, before * 1.05, rtol=0.02, atol=0)


def test_frozen_training_and_evaluation_are_the_same(asked: tuple[torch.Tensor, torch.Tensor]) -> None:
    synapse = MemorySynapse(HEADS, KEYS, VALUES).train()
    synapse(*asked)
    synapse.freeze_norm()
    assert torch.equal(synapse.train()(*asked), synapse.eval()(*asked))


@pytest.mark.parametrize("frozen", [False, True])
def test_gradients_reach_memory_queries_and_gains(
    asked: tuple[torch.Tensor, torch.Tensor], frozen: bool
) -> None:
    x, memory = (each.clone().requires_grad_() for each in asked)
    synapse = MemorySynapse(HEADS, KEYS, VALUES).train()
    synapse(*asked)
    if frozen:
        synapse.freeze_norm()
    synapse(x, memory).square().sum().backward()
    assert synapse.gain is not None
    for each in (x, memory, synapse.gain, synapse.shift):
        assert each.grad is not None
        assert torch.isfinite(each.grad).all()
        assert each.grad.abs().sum() > 0


def test_no_gradient_through_a_weight_that_is_clipped() -> None:
    synapse = memory_synapse(torch.full((HEADS * VALUES,), 0.01))
    memory = torch.full((1, HEADS, KEYS, VALUES), 50.0)
    memory[0, 0] = 5000.0
    memory.requires_grad_()
    synapse.rounded(memory).sum().backward()
    assert memory.grad is not None
    assert float(memory.grad[0, 0].abs().max()) == 0
    assert float(memory.grad[0, 1].abs().min()) > 0


def test_an_empty_memory_spoils_nothing(asked: tuple[torch.Tensor, torch.Tensor]) -> None:
    x, memory = asked
    synapse = MemorySynapse(HEADS, KEYS, VALUES).train()
    for _ in range(3):
        assert torch.isfinite(synapse(x, torch.zeros_like(memory))).all()
    assert torch.isfinite(synapse.gains()).all()
    assert torch.isfinite(synapse(x, memory)).all()


def test_clipped_weights_do_not_drive_the_gain_up() -> None:
    """Of a memory far larger than the first the weights are clipped; the statistics are of what it is."""
    synapse = MemorySynapse(HEADS, KEYS, VALUES, spread=2.0).train()
    torch.manual_seed(0)
    x = torch.randint(0, 5, (8, HEADS * KEYS, 6, 6)).float()
    memory = torch.randint(1, 50, (8, HEADS, KEYS, VALUES)).float()
    synapse(x, memory)
    deviation = synapse.variance.sqrt()
    for _ in range(200):
        synapse(x, 1000 * memory)
    assert float(synapse.rounded(1000 * memory).detach().max()) <= 254 / THRESHOLD
    torch.testing.assert_close(synapse.variance.sqrt(), 1000 * deviation, rtol=1e-2, atol=0)


def test_a_memory_that_says_nothing_does_not_drown_the_others() -> None:
    """Its gradient is that of currents whose spread is a tenth of a threshold, not a thousandth."""
    synapse = MemorySynapse(HEADS, KEYS, VALUES).train()
    torch.manual_seed(0)
    x = torch.randint(0, 5, (8, HEADS * KEYS, 6, 6)).float()
    memory = torch.randint(1, 50, (8, HEADS, KEYS, VALUES)).float()
    # Not zero, of which not every release of PyTorch's clamp gives a gradient.
    memory[..., 0] = 1e-6
    synapse(x, memory)
    with torch.no_grad():
        # Other batches had templates that spoke.
        synapse.variance.fill_(float(synapse.variance.max()))
    memory.requires_grad_()
    sent = synapse(x, memory)
    (sent * torch.randn_like(sent)).sum().backward()
    assert memory.grad is not None
    silent, others = (float(each.norm()) for each in (memory.grad[..., 0], memory.grad[..., 1:]))
    assert 0 < silent < 20 * others
