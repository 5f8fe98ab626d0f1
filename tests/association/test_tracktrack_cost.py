"""The terms of TrackTrack's cost against loops over corners and frames."""

from __future__ import annotations

from math import pi

import numpy as np
import pytest

from neuromorph_track.association.observations import first_seen, remember
from neuromorph_track.association.tracktrack_cost import (
    appearance_distance,
    blend,
    corner_angles,
    corner_directions,
    corner_ways,
)
from tests.association.slow import tracktrack as slow


def random_boxes(generator: np.random.Generator, count: int) -> np.ndarray:
    corner = generator.uniform(0, 100, (count, 2))
    return np.concatenate([corner, corner + generator.uniform(5, 60, (count, 2))], axis=1).astype(np.float32)


def test_directions_and_angles_equal_the_loops() -> None:
    generator = np.random.default_rng(2)
    first, second, third = (random_boxes(generator, 40).astype(float) for _ in range(3))
    second[0] = first[0]
    ways, to = corner_directions(first, second), corner_directions(second, third)
    for row in range(40):
        np.testing.assert_allclose(ways[row], slow.corner_directions(first[row], second[row]), atol=1e-12)
        plain = slow.corner_angle(
            slow.corner_directions(first[row], second[row]), slow.corner_directions(second[row], third[row])
        )
        assert corner_angles(ways[row : row + 1], to[row : row + 1])[0] == pytest.approx(plain)


def test_ways_equal_the_loops_over_the_last_three_frames() -> None:
    generator = np.random.default_rng(3)
    start = random_boxes(generator, 8)
    seen_box, seen_frame = first_seen(start, 1, 3)
    history = [{1: box.astype(float)} for box in start]
    for frame in range(2, 25):
        now = random_boxes(generator, 8)
        ways = corner_ways(seen_box, seen_frame, now, frame)
        for track, past in enumerate(history):
            np.testing.assert_allclose(ways[track], slow.corner_ways(past, frame, now[track].astype(float)))
        seen = np.flatnonzero(generator.random(8) < 0.6)
        remember(seen_box, seen_frame, seen, now[seen], frame)
        for track in seen:
            history[track][frame] = now[track].astype(float)


@pytest.mark.parametrize(("move", "angle"), [((5, 0), 0), ((-5, 0), 1), ((0, 5), 0.5)])
def test_along_across_and_against(move: tuple[float, float], angle: float) -> None:
    box = np.array([[0.0, 0, 10, 20]])
    ways = corner_directions(box, box + np.tile([7.0, 0], 2))
    to = corner_directions(box, box + np.tile(move, 2))
    assert corner_angles(ways, to)[0] == pytest.approx(angle, abs=1e-2)
    assert corner_angles(0 * ways, to)[0] == pytest.approx(0.5)
    assert pi * corner_angles(ways, to)[0] <= pi


def test_appearance_where_both_have_one() -> None:
    first = np.array([[1, 0], [1, 0], [1, 0], [0, 0]], np.float32)
    second = np.array([[1, 0], [0, 1], [-1, 0], [1, 0]], np.float32)
    distance, known = appearance_distance(first, second)
    assert distance[:3].tolist() == [0, 1, 1]
    assert known.tolist() == [True, True, True, False]


def test_a_surer_detection_changes_the_appearance_more() -> None:
    before = np.tile(np.array([[1, 0]], np.float32), (2, 1))
    now = np.tile(np.array([[0, 1]], np.float32), (2, 1))
    mixed = blend(before, now, np.array([0.2, 1.0], np.float32))
    assert mixed[1] == pytest.approx(np.array([0.95, 0.05]) / np.hypot(0.95, 0.05))
    assert 0 < mixed[0, 1] < mixed[1, 1]
    np.testing.assert_allclose(np.linalg.norm(mixed, axis=1), 1, rtol=1e-6)
    nothing = np.zeros((2, 2), np.float32)
    np.testing.assert_allclose(blend(before, nothing, np.ones(2, np.float32)), before)
    np.testing.assert_allclose(blend(nothing, now, np.ones(2, np.float32)), now)
    assert not blend(nothing, nothing, np.ones(2, np.float32)).any()
