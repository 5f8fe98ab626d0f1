"""The mean look of tracks, and which tracklet continues which track."""

from __future__ import annotations

from itertools import permutations

import numpy as np
import pytest
from numpy.typing import NDArray

from neuromorph_track.association.smot.bank import EmbeddingBank
from neuromorph_track.errors import InputError


def unit(*vectors: list[float]) -> NDArray[np.float64]:
    array = np.array(vectors, float)
    return array / np.maximum(np.linalg.norm(array, axis=1, keepdims=True), 1e-12)


def bank_of(looks: NDArray[np.float64]) -> EmbeddingBank:
    bank = EmbeddingBank()
    bank.append(len(looks))
    bank.take(np.arange(len(looks)), looks)
    return bank


def test_running_mean() -> None:
    generator = np.random.default_rng(0)
    seen = generator.normal(size=(20, 3, 5))
    bank = EmbeddingBank()
    bank.append(3)
    for looks in seen:
        bank.take(np.arange(3), looks)
    np.testing.assert_allclose(bank.mean, seen.mean(0))
    assert bank.taken.tolist() == [20] * 3


def test_a_look_of_zeros_is_none() -> None:
    bank = bank_of(unit([1, 0], [0, 1]))
    bank.take(np.array([0, 1]), np.array([[0.0, 0.0], [1.0, 0.0]]))
    assert bank.taken.tolist() == [1, 2]
    np.testing.assert_allclose(bank.mean, [[1, 0], [0.5, 0.5]])


@pytest.mark.parametrize("seed", range(8))
def test_links_are_the_best_assignment(seed: int) -> None:
    """Against every way to pair, for the distances below the gate."""
    generator = np.random.default_rng(seed)
    old, new = (unit(*generator.normal(size=(count, 3)).tolist()) for count in (4, 5))
    classes, new_classes = generator.integers(0, 2, 4), generator.integers(0, 2, 5)
    same, waits, gate = classes[:, None] == new_classes, generator.random(4) < 0.8, 0.9
    track, tracklet = bank_of(old).link(waits, classes, new, new_classes, gate)
    allowed = same & waits[:, None] & (1 - old @ new.T < gate)
    gain = np.where(allowed, gate - (1 - old @ new.T), 0)
    best = max(sum(gain[i, j] for i, j in enumerate(order)) for order in permutations(range(5), 4))
    assert allowed[track, tracklet].all()
    assert len(set(track)) == len(set(tracklet)) == len(track)
    assert gain[track, tracklet].sum() == pytest.approx(best)


def test_nothing_is_linked_beyond_the_gate() -> None:
    bank = bank_of(unit([1, 0]))
    one = np.zeros(1, np.int64)
    near = unit([1, 0.1])
    distance = 1 - near[0, 0]
    for gate, links in ((distance + 1e-6, 1), (distance - 1e-6, 0), (0.0, 0)):
        assert len(bank.link(np.array([True]), one, near, one, gate)[0]) == links


def test_too_many_to_compare_are_refused() -> None:
    count = 5000
    bank = bank_of(np.ones((count, 1)))
    classes = np.zeros(count, np.int64)
    with pytest.raises(InputError, match="to link"):
        bank.link(np.ones(count, bool), classes, np.ones((count, 1)), classes, 0.1)


def test_a_bank_of_another_length_is_refused() -> None:
    bank = bank_of(unit([1, 0]))
    bank.check(np.zeros((3, 2)))
    bank.check(None)
    with pytest.raises(InputError, match="embeddings"):
        bank.check(np.zeros((3, 4)))


@pytest.mark.parametrize("missing", ["looks", "looks_taken"])
def test_state(missing: str) -> None:
    bank = bank_of(unit([1, 0], [1, 1]))
    state = bank.to_arrays()
    again = EmbeddingBank.from_arrays(state, 2)
    np.testing.assert_array_equal(again.mean, bank.mean)
    np.testing.assert_array_equal(again.taken, bank.taken)
    with pytest.raises(InputError, match="looks"):
        EmbeddingBank.from_arrays(state, 3)
    del state[missing]
    with pytest.raises(InputError, match=missing):
        EmbeddingBank.from_arrays(state, 2)
