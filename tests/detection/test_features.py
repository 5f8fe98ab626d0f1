"""Embeddings of boxes against a loop over the cells."""

from __future__ import annotations

import numpy as np
import pytest

from neuromorph_track.detection import Placement
from neuromorph_track.detection.features import BoxFeatures
from neuromorph_track.netx import InputSpec

SPEC = InputSpec(height=32, width=64)
SAME = Placement((1, 1), (0, 0), (64, 32))


def test_the_mean_over_the_cells_whose_centres_lie_inside() -> None:
    """Cells are 4 by 4 pixels; the middle half of a box is taken."""
    generator = np.random.default_rng(0)
    features = generator.integers(0, 100, (5, 8, 16)).astype(np.int32)
    low = generator.uniform(0, [40, 16], (40, 2))
    boxes = np.concatenate([low, low + generator.uniform(10, 16, (40, 2))], 1).astype(np.float32)
    looks = BoxFeatures(SPEC, margin=0.25)(features, boxes, SAME)
    for (left, top, right, bottom), look in zip(boxes, looks, strict=True):
        width, height = right - left, bottom - top
        inside = [
            features[:, row, column]
            for row in range(8)
            for column in range(16)
            if left + width / 4 <= 4 * column + 2 <= right - width / 4
            and top + height / 4 <= 4 * row + 2 <= bottom - height / 4
        ]
        mean = np.mean(inside, axis=0)
        np.testing.assert_allclose(look, mean / np.linalg.norm(mean), atol=1e-6)


@pytest.mark.parametrize(
    "box", [(9, 9, 9.5, 9.5), (60, 28, 64, 32), (-20, -20, -10, -10), (90, 90, 99, 99), (30, 20, 10, 10)]
)
def test_every_box_has_a_cell(box: tuple[float, ...]) -> None:
    """Also one smaller than a cell, outside the frame or turned inside out."""
    looks = BoxFeatures(SPEC)(np.ones((4, 8, 16), np.int32), np.array([box], np.float32), SAME)
    np.testing.assert_allclose(looks, np.full((1, 4), 0.5))


def test_boxes_are_in_pixels_of_the_frame() -> None:
    """A frame of 128x48 at half its size between two bars of 4 pixels."""
    features = np.zeros((2, 8, 16), np.int32)
    features[0] = 1
    features[:, 3:5, 8:10] = [[[0]], [[7]]]
    placement = Placement((0.5, 0.5), (0, 4), (128, 48))
    box = np.array([[64, 16, 80, 32], [0, 0, 20, 20]], np.float32)
    assert BoxFeatures(SPEC)(features, box, placement).tolist() == [[0, 1], [1, 0]]


def test_silence_has_no_look() -> None:
    boxes = np.array([[0, 0, 20, 20]], np.float32)
    assert BoxFeatures(SPEC)(np.zeros((3, 8, 16), np.int32), boxes, SAME).tolist() == [[0, 0, 0]]


def test_no_boxes() -> None:
    assert BoxFeatures(SPEC)(np.ones((3, 8, 16)), np.zeros((0, 4), np.float32), SAME).shape == (0, 3)
