"""The textbook Kalman filter, with matrices, and the plain forms of what goes with it."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from scipy.optimize import linear_sum_assignment


class MatrixFilter:
    """Constant velocity: the first ``moving`` of the measured quantities have one.

    Parameters
    ----------
    measured, first, first_velocity : (4,) array
        Where it begins, and the variances there.
    moving : int
        Of 4; the last quantities stand still.
    """

    def __init__(
        self, measured: np.ndarray, first: np.ndarray, first_velocity: np.ndarray, moving: int = 4
    ) -> None:
        self.moving = moving
        self.mean = np.concatenate([measured, np.zeros(moving)])
        self.covariance = np.diag(np.concatenate([first, first_velocity[:moving]]))

    def copy(self) -> MatrixFilter:
        other = MatrixFilter(self.mean[:4], np.zeros(4), np.zeros(4), self.moving)
        other.mean, other.covariance = self.mean.copy(), self.covariance.copy()
        return other

    def predict(self, qp: np.ndarray, qv: np.ndarray, frames: int = 1) -> None:
        transition = np.eye(4 + self.moving)
        transition[: self.moving, 4:] = np.eye(self.moving)
        added = np.diag(np.concatenate([qp, qv[: self.moving]]))
        for _ in range(frames):
            self.mean = transition @ self.mean
            self.covariance = transition @ self.covariance @ transition.T + added

    def correct(self, measured: np.ndarray, noise: np.ndarray) -> None:
        observe = np.eye(4, 4 + self.moving)
        innovation_covariance = observe @ self.covariance @ observe.T + np.diag(noise)
        gain = self.covariance @ observe.T @ np.linalg.inv(innovation_covariance)
        self.mean = self.mean + gain @ (measured - observe @ self.mean)
        self.covariance = (np.eye(4 + self.moving) - gain @ observe) @ self.covariance

    def warp(self, warp: np.ndarray, powers: tuple[int, int]) -> None:
        """A shift and a scale only: then no quantity couples with another."""
        scale = warp[0, 0]
        factors = np.array([scale, scale, scale ** powers[0], scale ** powers[1]])
        both = np.diag(np.concatenate([factors, factors[: self.moving]]))
        self.mean = both @ self.mean
        self.mean[:2] += warp[:, 2]
        self.covariance = both @ self.covariance @ both.T


def assert_same_moments(moments: np.ndarray, plain: Sequence[tuple[np.ndarray, np.ndarray]]) -> None:
    """Rows of a filter in closed form against mean and covariance of as many filters of eight quantities.

    The rows are: measured, velocity, variance, covariance of the two, variance of the velocity.
    """
    mean, covariance = (np.stack(part) for part in zip(*plain, strict=True))
    found = moments[:2].transpose(1, 0, 2).reshape(len(plain), 8)
    np.testing.assert_allclose(found, mean, rtol=1e-9, atol=1e-9)
    diagonal = np.einsum("nii->ni", covariance)
    np.testing.assert_allclose(moments[2], diagonal[:, :4], rtol=1e-9)
    np.testing.assert_allclose(moments[4], diagonal[:, 4:], rtol=1e-9)
    coupling = np.stack([covariance[:, axis, axis + 4] for axis in range(4)], axis=1)
    np.testing.assert_allclose(moments[3], coupling, rtol=1e-9, atol=1e-9)


def iou(first: np.ndarray, second: np.ndarray) -> float:
    width = min(first[2], second[2]) - max(first[0], second[0])
    height = min(first[3], second[3]) - max(first[1], second[1])
    if width <= 0 or height <= 0:
        return 0.0
    areas = [(box[2] - box[0]) * (box[3] - box[1]) for box in (first, second)]
    return width * height / (sum(areas) - width * height)


def hmiou(first: np.ndarray, second: np.ndarray) -> float:
    shared = min(first[3], second[3]) - max(first[1], second[1])
    together = max(first[3], second[3]) - min(first[1], second[1])
    return iou(first, second) * shared / together


def centre_and_size(box: np.ndarray) -> np.ndarray:
    return np.array([(box[0] + box[2]) / 2, (box[1] + box[3]) / 2, box[2] - box[0], box[3] - box[1]])


def corners(centred: np.ndarray) -> np.ndarray:
    x, y, width, height = centred
    return np.array([x - width / 2, y - height / 2, x + width / 2, y + height / 2])


def warp_box(box: np.ndarray, warp: np.ndarray) -> np.ndarray:
    return box * warp[0, 0] + np.tile(warp[:, 2], 2)


Cost = Callable[[object, int], float]


def gated(tracks: list, found: list[int], cost: Cost, gate: float) -> list[tuple]:
    """The best assignment where no pair of ``gate`` or more is made and being alone costs ``gate / 2``."""
    rows, columns = len(tracks), len(found)
    costs = np.full((rows + columns, rows + columns), gate / 2)
    costs[rows:, columns:] = 0
    for row, track in enumerate(tracks):
        for column, index in enumerate(found):
            value = cost(track, index)
            costs[row, column] = value if value < gate else 1e6
    chosen = zip(*linear_sum_assignment(costs), strict=True)
    return [(tracks[row], found[column]) for row, column in chosen if row < rows and column < columns]
