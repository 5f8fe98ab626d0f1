"""The four small filters against the one with 8x8 matrices they stand for."""

from __future__ import annotations

import numpy as np
import pytest

from neuromorph_track.association import kalman
from neuromorph_track.association.kalman import MotionNoise
from neuromorph_track.errors import InputError
from tests.association.slow.matrix import assert_same_moments

NOISE = MotionNoise()


class MatrixFilter:
    """The textbook Kalman filter: state (x, y, w, h) and its velocity."""

    def __init__(self, measured: np.ndarray) -> None:
        size = np.tile(measured[2:], 2)
        self.mean = np.concatenate([measured, np.zeros(4)])
        std = np.concatenate([2 * NOISE.position * size, 10 * NOISE.velocity * size])
        self.covariance = np.diag(std**2)

    def predict(self) -> None:
        transition = np.eye(8)
        transition[:4, 4:] = np.eye(4)
        size = np.tile(self.mean[2:4], 2)
        added = np.diag(np.concatenate([NOISE.position * size, NOISE.velocity * size]) ** 2)
        self.mean = transition @ self.mean
        self.covariance = transition @ self.covariance @ transition.T + added

    def correct(self, measured: np.ndarray, score: float) -> None:
        observe = np.eye(4, 8)
        doubt = max(1 - score, NOISE.surest)
        noise = doubt * np.diag((NOISE.position * np.tile(self.mean[2:4], 2)) ** 2)
        innovation_covariance = observe @ self.covariance @ observe.T + noise
        gain = self.covariance @ observe.T @ np.linalg.inv(innovation_covariance)
        self.mean = self.mean + gain @ (measured - observe @ self.mean)
        self.covariance = (np.eye(8) - gain @ observe) @ self.covariance


def corners(centred: np.ndarray) -> np.ndarray:
    centre, half = centred[..., :2], centred[..., 2:] / 2
    return np.concatenate([centre - half, centre + half], axis=-1)


def random_boxes(generator: np.random.Generator, count: int) -> np.ndarray:
    return np.concatenate(
        [generator.uniform(0, 500, (count, 2)), generator.uniform(20, 90, (count, 2))], axis=1
    )


def test_equals_the_matrix_filter_over_random_runs() -> None:
    generator = np.random.default_rng(7)
    start = random_boxes(generator, 20)
    moments = kalman.initiate(corners(start), NOISE)
    plain = [MatrixFilter(box) for box in start]
    for _ in range(30):
        kalman.predict(moments, NOISE)
        for single in plain:
            single.predict()
        seen = np.flatnonzero(generator.random(20) < 0.7)
        measured = start[seen] + generator.normal(0, 2, (len(seen), 4))
        score = generator.random(len(seen))
        kalman.correct(moments, seen, corners(measured), score, NOISE)
        for track, box, sure in zip(seen, measured, score, strict=True):
            plain[track].correct(box, sure)
        assert_same_moments(moments, [(single.mean, single.covariance) for single in plain])


def test_several_frames_at_once_equal_single_ones() -> None:
    start = corners(random_boxes(np.random.default_rng(3), 5))
    at_once = kalman.initiate(start, NOISE)
    # Without growth the size, and so the noise of each step, stays the same.
    at_once[1, :, :2] = 4.0
    stepwise = at_once.copy()
    kalman.predict(at_once, NOISE, frames=6)
    for _ in range(6):
        kalman.predict(stepwise, NOISE)
    np.testing.assert_allclose(at_once, stepwise, rtol=1e-12)


def test_a_surer_detection_moves_the_track_further_up_to_the_floor() -> None:
    start = np.array([[0.0, 0, 10, 20]])
    moved = []
    for score in (0.0, 0.3, 0.6, 0.9):
        moments = kalman.initiate(start, NOISE)
        kalman.predict(moments, NOISE)
        kalman.correct(moments, np.array([0]), start + 1.0, np.array([score]), NOISE)
        moved.append(kalman.boxes(moments)[0, 0])
    assert 0 < moved[0] < moved[1] < moved[2] < 1
    assert moved[3] == moved[2]


def test_boxes_come_back_and_are_never_inside_out() -> None:
    start = np.array([[1.0, 2, 4, 10], [0, 0, 0, 0]])
    moments = kalman.initiate(start, NOISE)
    assert (moments[2] > 0).all()
    np.testing.assert_array_equal(kalman.boxes(moments), start)
    moments[0, :, 2:] = -5
    boxes = kalman.boxes(moments)
    assert (boxes[:, 2:] == boxes[:, :2]).all()


def test_no_boxes() -> None:
    moments = kalman.initiate(np.zeros((0, 4), np.float32), NOISE)
    kalman.predict(moments, NOISE)
    assert moments.shape == (5, 0, 4)
    assert kalman.boxes(moments).shape == (0, 4)


def test_a_detection_of_score_1_may_be_believed_fully() -> None:
    noise = MotionNoise(surest=0)
    moments = kalman.initiate(np.array([[0.0, 0, 10, 20]]), noise)
    kalman.correct(moments, np.array([0]), np.array([[1.0, 2, 12, 23]]), np.ones(1), noise)
    assert kalman.boxes(moments).tolist() == [[1, 2, 12, 23]]
    kalman.predict(moments, noise)
    assert (moments[2] > 0).all()


IMPOSSIBLE = [
    (field, value) for field in ("position", "velocity", "surest") for value in (0, -1, 1.5, np.nan)
]


@pytest.mark.parametrize(("field", "value"), [case for case in IMPOSSIBLE if case != ("surest", 0)])
def test_refuses_impossible_noise(field: str, value: float) -> None:
    with pytest.raises(InputError, match=field):
        MotionNoise(**{field: value})
