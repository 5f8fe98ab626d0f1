"""The camera's motion from boxes: found where it is there, and only there."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from neuromorph_track.association.camera import FEWEST_PAIRS, camera_motion
from neuromorph_track.association.tracker import TwoStageTracker
from neuromorph_track.data.detections import Detections

CHANCE = 0.01
PICTURE = np.array([1920.0, 1080.0])


def crowd(generator: np.random.Generator, count: int) -> np.ndarray:
    """Upright boxes anywhere in the picture: centre, width, height."""
    height = generator.uniform(80, 200, count)
    centre = generator.uniform(0, 1, (count, 2)) * PICTURE
    return np.column_stack([centre, 0.4 * height, height])


def seen_after(
    boxes: np.ndarray, generator: np.random.Generator, shift: np.ndarray, scale: float, jitter: float
) -> np.ndarray:
    """Where a camera that moved sees the boxes, in another order."""
    noise = generator.normal(0, jitter, boxes.shape) * boxes[:, 3:]
    moved = np.column_stack([scale * boxes[:, :2] + shift, scale * boxes[:, 2:]]) + noise
    return moved[generator.permutation(len(moved))]


@given(
    seed=st.integers(0, 2**32 - 1),
    count=st.integers(12, 60),
    shift=st.tuples(st.floats(-20, 20), st.floats(-20, 20)),
    scale=st.floats(0.995, 1.005),
)
def test_finds_shift_and_scale_among_outliers(
    seed: int, count: int, shift: tuple[float, float], scale: float
) -> None:
    generator = np.random.default_rng(seed)
    boxes = crowd(generator, count)
    found = seen_after(boxes, generator, np.array(shift), scale, jitter=0.002)
    outliers = generator.random(count) < 0.2
    found[outliers, :2] += generator.normal(0, 60, (outliers.sum(), 2))
    # What is not detected, and what is new.
    found = np.concatenate([found[count // 10 :], crowd(generator, count // 10)])
    motion = camera_motion(boxes, found, CHANCE)
    # Of a dozen boxes some are outliers, and a motion near their jitter is drawn towards none.
    faint = np.hypot(*shift) + 1000 * abs(scale - 1) < 10
    if motion is None:
        assert faint
        motion = np.eye(2, 3)
    assert (motion[0, 1], motion[1, 0]) == (0, 0)
    assert motion[0, 0] == motion[1, 1]
    corners = np.array([[0, 0, 1], [*PICTURE, 1]])
    wanted = corners[:, :2] * scale + shift
    assert np.abs(corners @ motion.T - wanted).max() < (16 if faint else 8)


@given(st.integers(0, 2**32 - 1))
def test_a_camera_at_rest_hardly_ever_moves(seed: int) -> None:
    generator = np.random.default_rng(seed)
    still = np.zeros(2)
    moved = 0
    for _ in range(30):
        boxes = crowd(generator, int(generator.integers(4, 40)))
        motion = camera_motion(boxes, seen_after(boxes, generator, still, 1.0, jitter=0.03), CHANCE)
        moved += motion is not None
    assert moved <= 5


def test_objects_that_move_each_in_its_own_way_are_no_camera() -> None:
    generator = np.random.default_rng(3)
    for _ in range(50):
        boxes = crowd(generator, 20)
        own_ways = np.column_stack([generator.normal(0, 30, (20, 2)), np.zeros((20, 2))])
        motion = camera_motion(boxes, boxes + own_ways, CHANCE)
        # Where chance makes one out, it is small beside the ways of the objects.
        assert motion is None or np.abs(motion[:, 2]).max() < 30


@pytest.mark.parametrize("count", range(FEWEST_PAIRS))
def test_too_few_boxes_tell_nothing(count: int) -> None:
    boxes = crowd(np.random.default_rng(0), count)
    assert camera_motion(boxes, boxes + np.array([10, 0, 0, 0]), CHANCE) is None
    many = crowd(np.random.default_rng(1), 10)
    assert camera_motion(boxes, many, CHANCE) is None


@pytest.mark.parametrize("size", [(0, 0), (0, 50), (50, 0), (-5, -5)])
def test_boxes_without_an_area_are_left_out(size: tuple[float, float]) -> None:
    boxes = crowd(np.random.default_rng(0), 20)
    flat = boxes.copy()
    flat[::2, 2:] = size
    shift = np.array([6.0, -4, 0, 0])
    motion = camera_motion(flat, flat + shift, CHANCE)
    assert motion is not None
    np.testing.assert_allclose(motion[:, 2], shift[:2], atol=0.5)


def test_is_the_same_whatever_comes_first() -> None:
    generator = np.random.default_rng(5)
    boxes = crowd(generator, 30)
    found = seen_after(boxes, generator, np.array([9.0, 3]), 1.001, jitter=0.01)
    first = camera_motion(boxes, found, CHANCE)
    again = camera_motion(boxes[::-1], found[::-1], CHANCE)
    assert first is not None
    assert again is not None
    np.testing.assert_allclose(first, again, rtol=1e-9)


def standing(shift: float) -> Detections:
    """Six that stand still, before a camera that moved by ``shift`` pixels."""
    left = 100.0 * np.arange(6) + shift
    top = np.array([50.0, 80, 30, 90, 60, 40])
    xyxy = np.column_stack([left, top, left + 20, top + 50]).astype(np.float32)
    return Detections(xyxy, np.full(6, 0.8, np.float32), np.zeros(6, np.int64))


def test_a_jerk_of_the_camera_is_followed_and_a_lost_track_taken_along() -> None:
    tracker = TwoStageTracker()
    for _ in range(5):
        tracker.update(standing(0))
    # The first is hidden while the camera jerks by more than a width.
    tracker.update(standing(24)[1:])
    assert tracker.update(standing(24)).track_id.tolist() == [1, 2, 3, 4, 5, 6]


def test_a_given_warp_goes_before_the_estimate() -> None:
    tracker = TwoStageTracker()
    for _ in range(5):
        tracker.update(standing(0)[:2])
    # Two boxes are too few to estimate from.
    warp = np.array([[1.0, 0, 60], [0, 1, 0]])
    assert tracker.update(standing(60)[:2], warp=warp).track_id.tolist() == [1, 2]
