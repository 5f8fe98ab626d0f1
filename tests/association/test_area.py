"""SORT's filter in closed form against the one with 7x7 matrices."""

from __future__ import annotations

import numpy as np

from neuromorph_track.association import area
from tests.association.slow.matrix import MatrixFilter, corners
from tests.association.slow.ocsort import MEASURED, STEP, STEP_VELOCITY, measured


def random_boxes(generator: np.random.Generator, count: int) -> np.ndarray:
    place, size = generator.uniform(0, 500, (count, 2)), generator.uniform(20, 90, (count, 2))
    return np.array([corners(row) for row in np.concatenate([place, size], axis=1)])


def test_equals_the_matrix_filter_over_random_runs() -> None:
    generator = np.random.default_rng(8)
    start = random_boxes(generator, 20)
    moments = area.initiate(start)
    plain = [MatrixFilter(measured(box), np.full(4, 10.0), np.full(4, 1e4), moving=3) for box in start]
    for frame in range(30):
        frames = 1 + frame % 3
        area.predict(moments, frames)
        for single in plain:
            single.predict(STEP, STEP_VELOCITY, frames)
        seen = np.flatnonzero(generator.random(20) < 0.7)
        boxes = start[seen] + generator.normal(0, 2, (len(seen), 4))
        area.correct(moments, seen, boxes)
        for track, box in zip(seen, boxes, strict=True):
            plain[track].correct(measured(box), MEASURED)
        mean = np.stack([single.mean for single in plain])
        np.testing.assert_allclose(moments[0], mean[:, :4], rtol=1e-8)
        np.testing.assert_allclose(moments[1, :, :3], mean[:, 4:], rtol=1e-8, atol=1e-8)
        variance = np.stack([np.diag(single.covariance) for single in plain])
        np.testing.assert_allclose(moments[2], variance[:, :4], rtol=1e-8)
        np.testing.assert_allclose(moments[4, :, :3], variance[:, 4:], rtol=1e-8)
        assert not moments[[1, 3, 4], :, 3].any()


def test_an_area_does_not_shrink_away() -> None:
    moments = area.initiate(np.array([[0.0, 0, 10, 10], [0, 0, 10, 10]]))
    moments[1, :, 2] = [-30, -60]
    area.predict(moments, frames=2)
    assert moments[0, :, 2].tolist() == [40, 100]


def test_boxes_come_back_and_are_never_inside_out() -> None:
    start = np.array([[1.0, 2, 4, 10], [5, 5, 5, 5], [5, 5, 9, 5], [9, 9, 5, 5]])
    moments = area.initiate(start)
    np.testing.assert_allclose(
        area.boxes(moments), [[1, 2, 4, 10], [5, 5, 5, 5], [7, 5, 7, 5], [7, 7, 7, 7]], atol=1e-6
    )
    moments[0, :, 2] = -5
    boxes = area.boxes(moments)
    np.testing.assert_array_equal(boxes[:, 2:], boxes[:, :2])
