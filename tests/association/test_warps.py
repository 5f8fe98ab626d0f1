"""What a motion of the camera does to boxes, directions and filters."""

from __future__ import annotations

import numpy as np

from neuromorph_track.association import kalman
from neuromorph_track.association.kalman import MotionNoise
from neuromorph_track.association.warps import warp_boxes, warp_directions, warp_moments

SHIFT_AND_ZOOM = np.array([[1.5, 0, 10], [0, 1.5, -20]])
QUARTER_TURN = np.array([[0.0, -1, 100], [1, 0, 0]])


def test_boxes_go_along_with_their_corners() -> None:
    box = np.array([[0.0, 0, 10, 20]])
    np.testing.assert_allclose(warp_boxes(box, SHIFT_AND_ZOOM), [[10, -20, 25, 10]])
    # A turned box stays as wide and as high as it was.
    np.testing.assert_allclose(warp_boxes(box, QUARTER_TURN), [[85, -5, 95, 15]])
    np.testing.assert_array_equal(warp_boxes(box, np.eye(2, 3)), box)


def test_directions_turn_and_keep_their_length() -> None:
    ways = np.array([[1.0, 0], [0, 0.5]])
    np.testing.assert_allclose(warp_directions(ways, SHIFT_AND_ZOOM), ways)
    np.testing.assert_allclose(warp_directions(ways, QUARTER_TURN), [[0, 1], [-0.5, 0]])
    assert np.isfinite(warp_directions(ways, np.zeros((2, 3)))).all()


def test_filters_go_along_as_if_they_had_begun_in_the_new_picture() -> None:
    generator = np.random.default_rng(0)
    corner = generator.uniform(0, 300, (6, 2))
    boxes = np.concatenate([corner, corner + generator.uniform(20, 60, (6, 2))], axis=1)
    moved = warp_boxes(boxes, SHIFT_AND_ZOOM)
    before, after = (kalman.initiate(start, MotionNoise()) for start in (boxes, moved))
    for moments, seen in ((before, boxes), (after, moved)):
        kalman.predict(moments, MotionNoise())
        kalman.correct(moments, np.arange(6), seen + (seen[:, 2:3] - seen[:, :1]), np.ones(6), MotionNoise())
    warp_moments(before, SHIFT_AND_ZOOM, (1, 1))
    np.testing.assert_allclose(before, after, rtol=1e-9, atol=1e-9)


def test_ratios_stay_and_areas_grow_twice() -> None:
    moments = np.ones((5, 1, 4))
    warp_moments(moments, SHIFT_AND_ZOOM, (2, 0))
    np.testing.assert_allclose(moments[0, 0], [11.5, -18.5, 2.25, 1])
    np.testing.assert_allclose(moments[1, 0], [1.5, 1.5, 2.25, 1])
    np.testing.assert_allclose(moments[2:, 0], [[2.25, 2.25, 2.25**2, 1]] * 3)


def test_a_turn_swaps_what_is_known_of_the_axes() -> None:
    moments = np.zeros((5, 1, 4))
    moments[:, 0, 0], moments[:, 0, 1] = 2.0, 3.0
    warp_moments(moments, QUARTER_TURN, (1, 1))
    np.testing.assert_allclose(moments[0, 0, :2], [97, 2])
    np.testing.assert_allclose(moments[1, 0, :2], [-3, 2])
    np.testing.assert_allclose(moments[2:, 0, :2], [[3, 2]] * 3)
