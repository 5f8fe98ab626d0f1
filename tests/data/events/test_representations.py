"""Tensors of events against cases worked by hand and, event by event, against the formulas."""

from __future__ import annotations

import math

import numpy as np
import pytest

from neuromorph_track.data.events import Events, counts, time_surface, to_slayer, voxel_grid
from tests.data.events.files import SIZE, some_events

# Of a sensor of two pixels: on at 0, off at 9, on at 10, on at 15, and one that is too late.
FEW = Events.of([0, 9, 10, 15, 20], [0, 0, 1, 0, 1], [0] * 5, [1, 0, 1, 1, 1])


def test_counts_by_hand() -> None:
    found = counts(FEW, (2, 1), 10, 2)
    assert found.shape == (2, 2, 1, 2)
    # Bin 0: one darker and one brighter event of pixel 0; the event at 10 us is the next bin's.
    assert found[0].tolist() == [[[1, 0]], [[1, 0]]]
    assert found[1].tolist() == [[[0, 0]], [[1, 1]]]


def test_coincident_events_are_summed() -> None:
    same = Events.of([3] * 5, [1] * 5, [0] * 5, [1, 1, 1, 0, 0])
    assert counts(same, (2, 1), 10, 1)[0, :, 0, 1].tolist() == [2, 3]


def test_counts_against_numpys_histogram() -> None:
    events = some_events(2000)
    width, height = SIZE
    sample = np.stack([events.t, events.on, events.y, events.x], axis=1)
    edges = [np.arange(8) * 10_000, [0, 1, 2], np.arange(height + 1), np.arange(width + 1)]
    # The histogram's last bin would be closed at its end.
    expected, _ = np.histogramdd(sample[events.t < 70_000], bins=edges)
    assert np.array_equal(counts(events, SIZE, 10_000, 7), expected)


def test_bins_begin_where_they_are_told_to() -> None:
    assert counts(FEW, (2, 1), 10, 1, start_us=10).sum() == 2
    assert counts(FEW, (2, 1), 5, 1, start_us=16).sum() == 1


def test_voxel_grid_by_hand() -> None:
    assert voxel_grid(FEW, (2, 1), 10, 2)[:, 0, 0].tolist() == [[0, 0], [1, 1]]
    shared = voxel_grid(FEW, (2, 1), 10, 2, bilinear=True)[:, 0, 0]
    # t* = (2 - 1) t / 20 = 0, .45, .5, .75: the darker event at 9 us takes .55 off the first point.
    assert np.allclose(shared, [[1 - 0.55 + 0.25, 0.5], [-0.45 + 0.75, 0.5]])


def test_voxel_grid_against_its_formula() -> None:
    events = some_events(300)
    width, height = SIZE
    expected = np.zeros((5, 1, height, width))
    for t, x, y, on in zip(events.t, events.x, events.y, events.on, strict=True):
        if t < 50_000:
            for point in range(5):
                share = max(0.0, 1 - abs(point - 4 * t / 50_000))
                expected[point, 0, y, x] += share if on else -share
    assert np.allclose(voxel_grid(events, SIZE, 10_000, 5, bilinear=True), expected, atol=1e-6)


def test_time_surface_by_hand() -> None:
    found = time_surface(FEW, (2, 1), 10, 2, decay_us=5)
    assert np.allclose(found[0, 1, 0], [math.exp(-10 / 5), 0])
    assert np.allclose(found[0, 0, 0], [math.exp(-1 / 5), 0])
    # The last event counts, and what came before goes on fading.
    assert np.allclose(found[1, 1, 0], [math.exp(-5 / 5), math.exp(-10 / 5)])
    assert np.allclose(found[1, 0, 0], [math.exp(-11 / 5), 0])


def test_slayers_order() -> None:
    tensor = np.arange(2 * 3 * 4 * 5).reshape(2, 3, 4, 5)
    assert to_slayer(tensor).shape == (1, 3, 4, 5, 2)
    assert to_slayer(tensor)[0, 2, 3, 4, 1] == tensor[1, 2, 3, 4]
    batch = np.stack([tensor, tensor + 1000])
    assert to_slayer(batch)[1, 2, 3, 4, 1] == batch[1, 1, 2, 3, 4]
    with pytest.raises(ValueError, match="3 dimensions"):
        to_slayer(tensor[0])


@pytest.mark.parametrize(("bin_us", "bins"), [(0, 3), (10, 0)])
def test_bins_of_nothing(bin_us: int, bins: int) -> None:
    with pytest.raises(ValueError, match="bins of"):
        counts(FEW, (2, 1), bin_us, bins)
