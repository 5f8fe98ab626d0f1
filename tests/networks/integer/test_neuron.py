"""The integer LIF neuron against its definition, in loops and in integers."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from neuromorph_track.networks.integer import IntegerLif
from neuromorph_track.networks.integer.neuron import _step_by_step, levels_of


def in_integers(current: np.ndarray, threshold: int, levels: int, keep: int) -> np.ndarray:
    """Spikes (T, N) of currents (T, N) in units of a weight, as docs/smtrack.md has it."""
    spikes = np.zeros_like(current)
    for neuron in range(current.shape[1]):
        v = 0
        for step in range(len(current)):
            kept = abs(v) * keep // 4096
            v = (kept if v >= 0 else -kept) + int(current[step, neuron]) * 64
            s = min(max((v + threshold * 32) // (threshold * 64), 0), levels)
            v -= s * threshold * 64
            spikes[step, neuron] = s
    return spikes


@pytest.mark.parametrize("threshold", [1, 16, 100, 4096])
@pytest.mark.parametrize(("levels", "decay"), [(1, 0.5), (4, 0.25), (255, 0.9), (4, 0.0)])
def test_floats_are_the_integers(threshold: int, levels: int, decay: float) -> None:
    generator = np.random.default_rng(threshold + levels)
    whole = generator.integers(-3 * threshold, (levels + 2) * threshold + 1, (9, 200))
    neuron = IntegerLif(levels, decay)
    sent = neuron(torch.from_numpy((whole / threshold).astype(np.float32)), threshold)
    np.testing.assert_array_equal(sent.numpy(), in_integers(whole, threshold, levels, neuron.keep))


@pytest.mark.parametrize("kind", [torch.float16, torch.bfloat16])
def test_half_precision_keeps_the_grid_of_the_potential(kind: torch.dtype) -> None:
    """64 thresholds of 4096 are more than a float16 holds."""
    currents = torch.tensor([[0.75], [0.5], [-1.5], [2.0]])
    neuron = IntegerLif(4, 0.25)
    assert torch.equal(neuron(currents.to(kind), 4096).float(), neuron(currents, 4096))


def test_soft_reset_keeps_what_was_too_much() -> None:
    # u = 0.75, 0.25 * (0.75 - 1) + 0.5 = 0.4375, 0.25 * 0.4375 + 0.5 = 0.609375
    sent = IntegerLif(4, 0.25)(torch.tensor([[0.75], [0.5], [0.5]]), 64)
    assert sent.flatten().tolist() == [1, 0, 1]


def test_half_a_threshold_is_a_spike_and_a_large_current_the_largest() -> None:
    potential = torch.tensor([-7.0, 0.0, 0.49, 0.5, 1.5, 2.49, 3.5, 4.0, 90.0])
    assert levels_of(potential, 4).tolist() == [0, 0, 0, 1, 2, 2, 4, 4, 4]


def test_gradient_is_one_between_silence_and_the_largest_spike() -> None:
    potential = torch.tensor([-0.1, 0.0, 0.2, 4.0, 4.1], requires_grad=True)
    levels_of(potential, 4).sum().backward()
    assert potential.grad is not None
    assert potential.grad.tolist() == [0, 1, 1, 1, 0]


def test_gradient_reaches_earlier_steps_through_the_potential_alone() -> None:
    current = torch.tensor([[0.3], [0.3]], requires_grad=True)
    sent = IntegerLif(4, 0.25)(current, 64)
    sent[1].sum().backward()
    assert current.grad is not None
    assert current.grad.flatten().tolist() == [0.25, 1.0]


def test_what_a_spike_carried_away_is_not_felt_later() -> None:
    current = torch.tensor([[0.3, -0.3, 9.0], [0.3, 0.3, 0.3]], requires_grad=True)
    sent = IntegerLif(4, 0.25, through_reset=True)(current, 64)
    sent[1].sum().backward()
    assert current.grad is not None
    # Of the one that was silent below zero, and of the one that could not say more, all that is left is felt.
    assert current.grad.tolist() == [[0, 0.25, 0.25], [1, 1, 1]]


def test_a_gradient_through_many_steps_is_as_large_as_what_it_is_of() -> None:
    """A constant current of 1 makes a spike a step, of 1.01 of it 1.01: by the sum, 4 of it."""
    for through_reset, gain in ((True, 1), (False, 1 / (1 - 0.75))):
        current = torch.full((64, 1), 1.0, requires_grad=True)
        IntegerLif(4, 0.75, through_reset)(current, 64).mean().backward()
        assert current.grad is not None
        assert float(current.grad.sum()) == pytest.approx(gain, rel=0.05)


def by_autograd(
    currents: torch.Tensor, levels: int, decay: float, grid: int, through_reset: bool = False
) -> torch.Tensor:
    """The definition, one operation after the other, differentiated by PyTorch."""
    rest, sent = torch.zeros_like(currents[0]), []
    for current in currents:
        kept = rest * decay
        potential = kept + (torch.trunc(kept.detach() * grid) / grid - kept.detach()) + current
        sent.append(levels_of(potential, levels))
        rest = potential - (sent[-1] if through_reset else sent[-1].detach())
    return torch.stack(sent)


# More neurons than one block of the compiled loop holds, and not a multiple of it.
@pytest.mark.parametrize("shape", [(5, 3, 7, 11, 13), (2, 1), (9, 4099)])
@pytest.mark.parametrize(("levels", "decay", "threshold"), [(7, 0.75, 64), (1, 0.5, 16), (255, 0.9, 4096)])
@pytest.mark.parametrize("through_reset", [False, True])
def test_the_compiled_loop_is_the_definition_to_the_last_bit(
    shape: tuple[int, ...], levels: int, decay: float, threshold: int, through_reset: bool
) -> None:
    generator = torch.Generator().manual_seed(len(shape))
    whole = torch.randn(shape, generator=generator) * (levels + 2) * threshold / 2
    currents, told = torch.round(whole) / threshold, torch.randn(shape, generator=generator)
    neuron = IntegerLif(levels, decay, through_reset)
    exact = neuron.keep / 4096
    found, wanted = (currents.clone().requires_grad_() for _ in range(2))
    sent, defined = (
        neuron(found, threshold),
        by_autograd(wanted, levels, exact, threshold * 64, through_reset),
    )
    assert torch.equal(sent, defined)
    (sent * told).sum().backward()
    (defined * told).sum().backward()
    assert found.grad is not None
    assert wanted.grad is not None
    # PyTorch adds what came later and takes it away again.
    torch.testing.assert_close(found.grad, wanted.grad, atol=1e-5 * through_reset, rtol=0)
    spikes, inside = torch.empty(shape), torch.empty(shape, dtype=torch.bool)
    _step_by_step(currents, levels, exact, threshold * 64, spikes, inside)
    assert torch.equal(spikes, sent)


def test_what_is_no_number_stays_none() -> None:
    """A fault in training is told by what is not finite: a spike of 0 would hide it."""
    sent = IntegerLif(4, 0.5)(torch.tensor([[1.0, float("nan")], [1.0, 1.0]]), 64)
    assert sent.isnan().tolist() == [[False, True], [False, True]]
