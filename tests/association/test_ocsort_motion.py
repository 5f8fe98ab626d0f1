"""Directions and the re-update of OC-SORT against the matrix filter run along a drawn line."""

from __future__ import annotations

import numpy as np
import pytest

from neuromorph_track.association import area
from neuromorph_track.association.ocsort_motion import consistency, direction, re_update
from tests.association.slow.matrix import MatrixFilter
from tests.association.slow.ocsort import MEASURED, STEP, STEP_VELOCITY, measured


def test_re_update_is_a_run_along_the_line() -> None:
    generator = np.random.default_rng(4)
    corner = generator.uniform(0, 200, (12, 2))
    last = np.concatenate([corner, corner + generator.uniform(20, 60, (12, 2))], axis=1)
    found = last + np.repeat(generator.normal(0, 40, (12, 2)), 2, axis=1).reshape(12, 4)[:, [0, 2, 0, 2]]
    found[:, 2:] += generator.uniform(0, 20, (12, 2))
    gap = generator.integers(1, 9, 12)
    before = area.initiate(last)
    before[1, :, :3] = generator.normal(0, 3, (12, 3))
    after = re_update(before, last, found, gap)
    for track in range(12):
        plain = MatrixFilter(measured(last[track]), np.full(4, 10.0), np.full(4, 1e4), moving=3)
        plain.mean[4:] = before[1, track, :3]
        for step in range(1, gap[track] + 1):
            plain.predict(STEP, STEP_VELOCITY)
            box = last[track] + step / gap[track] * (found[track] - last[track])
            plain.correct(measured(box), MEASURED)
        np.testing.assert_allclose(after[0, track], plain.mean[:4], rtol=1e-8)
        np.testing.assert_allclose(after[1, track, :3], plain.mean[4:], rtol=1e-8, atol=1e-8)
        np.testing.assert_allclose(after[2, track], np.diag(plain.covariance)[:4], rtol=1e-8)


def test_re_update_leaves_what_it_was_given() -> None:
    box = np.array([[0.0, 0, 10, 20]])
    before = area.initiate(box)
    kept = before.copy()
    re_update(before, box, box + 30, np.array([3]))
    np.testing.assert_array_equal(before, kept)
    assert re_update(before[:, :0], box[:0], box[:0], np.zeros(0, np.int64)).shape == (5, 0, 4)


@pytest.mark.parametrize(
    ("move", "worth"), [((5, 0), 0.5), ((-5, 0), -0.5), ((0, 5), 0), ((5, 5), 0.25), ((0, 0), 0)]
)
def test_straight_on_is_worth_most(move: tuple[float, float], worth: float) -> None:
    box = np.array([[0.0, 0, 10, 20]])
    heading = np.array([[1.0, 0]])
    way = direction(box, box + np.tile(move, 2))
    assert consistency(heading, way)[0] == pytest.approx(worth, abs=1e-3)
    assert consistency(0 * heading, way)[0] == pytest.approx(0, abs=1e-9)
