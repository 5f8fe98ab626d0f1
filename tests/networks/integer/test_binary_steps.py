"""An integer spike as so many binary ones: exact where a layer hears and sends in turns."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st


def graded(v: int, threshold: int, levels: int) -> int:
    """The neuron's spike, in the integers of docs/smtrack.md."""
    return min(max((v + (threshold << 5)) // (threshold << 6), 0), levels)


def binary(v: int, threshold: int, levels: int) -> list[int]:
    """A binary neuron that begins half a threshold up, fires at its threshold and loses it, for D steps."""
    potential, spikes = v + (threshold << 5), []
    for _ in range(levels):
        spikes.append(int(potential >= threshold << 6))
        potential -= spikes[-1] * (threshold << 6)
    return spikes


@given(st.integers(-(1 << 23), (1 << 23) - 1), st.integers(1, 1 << 12), st.integers(1, 40))
def test_as_many_ones_as_the_spike_is_large(v: int, threshold: int, levels: int) -> None:
    assert sum(binary(v, threshold, levels)) == graded(v, threshold, levels)


def test_the_next_layer_has_the_same_sums_once_it_has_heard_all_steps() -> None:
    generator = np.random.default_rng(0)
    potentials = generator.integers(-(1 << 12), 1 << 14, 50)
    weight = generator.integers(-256, 255, (20, 50))
    spikes = np.array([graded(int(v), 32, 4) for v in potentials])
    trains = np.array([binary(int(v), 32, 4) for v in potentials])
    np.testing.assert_array_equal(sum(weight @ step for step in trains.T), weight @ spikes)
    # One message each where the spike is graded, as many as it is large where it is not.
    assert np.count_nonzero(trains) == spikes.sum() > np.count_nonzero(spikes)
