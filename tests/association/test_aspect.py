"""ByteTrack's filter in closed form against the one with 8x8 matrices."""

from __future__ import annotations

import numpy as np

from neuromorph_track.association import aspect
from tests.association.slow.bytetrack import measured, variances
from tests.association.slow.matrix import MatrixFilter, assert_same_moments, corners


def random_boxes(generator: np.random.Generator, count: int) -> np.ndarray:
    place, size = generator.uniform(0, 500, (count, 2)), generator.uniform(20, 90, (count, 2))
    return np.array([corners(row) for row in np.concatenate([place, size], axis=1)])


def test_equals_the_matrix_filter_over_random_runs() -> None:
    generator = np.random.default_rng(7)
    start = random_boxes(generator, 20)
    moments = aspect.initiate(start)
    plain = []
    for box in start:
        height = box[3] - box[1]
        noise = variances(height, 2 / 20, 1e-2), variances(height, 10 / 160, 1e-5)
        plain.append(MatrixFilter(measured(box), *noise))
    for frame in range(30):
        frames = 1 + frame % 3
        aspect.predict(moments, frames)
        for single in plain:
            height = single.mean[3]
            single.predict(variances(height, 1 / 20, 1e-2), variances(height, 1 / 160, 1e-5), frames)
        seen = np.flatnonzero(generator.random(20) < 0.7)
        boxes = start[seen] + generator.normal(0, 2, (len(seen), 4))
        aspect.correct(moments, seen, boxes)
        for track, box in zip(seen, boxes, strict=True):
            plain[track].correct(measured(box), variances(plain[track].mean[3], 1 / 20, 1e-1))
        assert_same_moments(moments, [(single.mean, single.covariance) for single in plain])


def test_boxes_come_back_and_are_never_inside_out() -> None:
    start = np.array([[1.0, 2, 4, 10], [5, 5, 5, 5], [5, 5, 9, 5], [9, 9, 5, 5]])
    moments = aspect.initiate(start)
    np.testing.assert_allclose(
        aspect.boxes(moments), [[1, 2, 4, 10], [5, 5, 5, 5], [7, 5, 7, 5], [7, 7, 7, 7]], atol=1e-6
    )
    assert (moments[2] > 0).all()
    moments[0, :, 2] = -1
    boxes = aspect.boxes(moments)
    np.testing.assert_array_equal(boxes[:, 2], boxes[:, 0])


def test_no_boxes() -> None:
    moments = aspect.initiate(np.zeros((0, 4), np.float32))
    aspect.predict(moments)
    assert aspect.boxes(moments).shape == (0, 4)
