"""Mean flow of boxes against loops and against pictures whose motion is known."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from neuromorph_track.detection.flow import FarnebackShifts, dense_flow, mean_in_boxes


def texture(height: int = 120, width: int = 160) -> NDArray[np.uint8]:
    noise = np.random.default_rng(0).integers(0, 255, (height, width, 3)).astype(np.uint8)
    # Wraps on purpose: edges for the flow to hold on to.
    return np.asarray(cv2.GaussianBlur(noise, (0, 0), 3) * np.uint8(3), np.uint8)


def moved(picture: NDArray[np.uint8], dx: float, dy: float) -> NDArray[np.uint8]:
    height, width = picture.shape[:2]
    matrix = np.array([[1, 0, dx], [0, 1, dy]], float)
    return np.asarray(
        cv2.warpAffine(picture, matrix, (width, height), borderMode=cv2.BORDER_REFLECT), np.uint8
    )


def test_the_mean_of_all_boxes_is_that_of_a_loop() -> None:
    generator = np.random.default_rng(1)
    field = generator.normal(size=(40, 60, 2)).astype(np.float32)
    low = generator.uniform(-10, 55, (50, 2))
    boxes = np.concatenate([low, low + generator.uniform(0, 30, (50, 2))], 1)
    for box, mean in zip(boxes, mean_in_boxes(field, boxes), strict=True):
        left, top = np.maximum(np.floor(box[:2]), 0).astype(int)
        right, bottom = np.maximum(np.ceil(box[2:]), 0).astype(int)
        inside = field[top:bottom, left:right].reshape(-1, 2)
        expected = inside.mean(0, dtype=float) if len(inside) else np.zeros(2)
        np.testing.assert_allclose(mean, expected, atol=1e-9)


@pytest.mark.parametrize(
    "box", [(70, 10, 90, 30), (-30, -30, -5, -5), (5, 5, 5, 5), (20, 20, 10, 10), (10, 50, 20, 90)]
)
def test_a_box_outside_has_not_moved(box: tuple[float, ...]) -> None:
    field = np.ones((40, 60, 2), np.float32)
    assert mean_in_boxes(field, np.array([box], float)).tolist() == [[0, 0]]


@pytest.mark.parametrize(("dx", "dy"), [(0, 0), (3, -2), (-5, 4), (8, 0)])
@pytest.mark.parametrize("longer_side", [80, 160, 1000])
def test_a_moved_picture(dx: float, dy: float, longer_side: int) -> None:
    """In pixels of the frame, whatever the size at which flow is computed."""
    shifts = FarnebackShifts(longer_side)
    picture = texture()
    shifts.see(picture)
    shifts.see(moved(picture, dx, dy))
    boxes = np.array([[40, 30, 90, 80], [60, 40, 120, 100]], np.float32)
    np.testing.assert_allclose(shifts(boxes), [[dx, dy]] * 2, atol=0.6)


def test_flow_is_opencvs() -> None:
    before = np.ascontiguousarray(texture()[..., 0])
    now = np.ascontiguousarray(moved(texture(), 2, 1)[..., 0])
    expected = cv2.calcOpticalFlowFarneback(before, now, None, 0.5, 3, 15, 3, 5, 1.2, 0)  # type: ignore[call-overload]
    np.testing.assert_array_equal(dense_flow(before, now), expected)


def test_nothing_moves_before_there_are_two_frames_of_one_size() -> None:
    shifts = FarnebackShifts()
    box = np.array([[10, 10, 60, 60]], np.float32)
    assert shifts(box).tolist() == [[0, 0]]
    shifts.see(texture())
    assert shifts(box).tolist() == [[0, 0]]
    shifts.see(texture(60, 80))
    assert shifts(box).tolist() == [[0, 0]]


def test_no_boxes_no_work(monkeypatch: pytest.MonkeyPatch) -> None:
    shifts = FarnebackShifts()
    shifts.see(texture())
    shifts.see(texture())
    monkeypatch.delattr(cv2, "calcOpticalFlowFarneback")
    assert shifts(np.zeros((0, 4), np.float32)).shape == (0, 2)
