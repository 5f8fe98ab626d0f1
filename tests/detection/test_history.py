"""What the steps of a frame show."""

from __future__ import annotations

import numpy as np
import pytest

from neuromorph_track.detection.history import History, cosine, filled

# Alike are 1, 2 and 3; 4 differs from all.
PICTURES = np.array([[9, 0], [9, 1], [9, 2], [0, 9], [1, 9]], np.uint8)


def test_alike_pictures_stay_and_the_last_stands_for_all_before_another_one() -> None:
    np.testing.assert_array_equal(filled(PICTURES[:3], 0.9), PICTURES[:3])
    np.testing.assert_array_equal(filled(PICTURES[1:5], 0.9), PICTURES[[4, 4, 3, 4]])


def test_cosine() -> None:
    black = np.zeros((2, 2), np.uint8)
    assert cosine(black, black) == 1
    assert cosine(black, black + 1) == 0
    assert cosine(np.array([3, 0]), np.array([4, 4])) == pytest.approx(np.sqrt(0.5))


@pytest.mark.parametrize("cuts", [(5,), (1, 4), (2, 2, 1)])
def test_a_video_is_the_same_in_any_chunks(cuts: tuple[int, ...]) -> None:
    history, shown, first = History(3, 0.9), [], 0
    for length in cuts:
        shown.append(history(PICTURES[first : first + length]))
        first += length
    steps = np.concatenate(shown).reshape(5, 3, 2)
    expected = [[0, 0, 0], [0, 0, 1], [0, 1, 2], [3, 3, 3], [4, 3, 4]]
    np.testing.assert_array_equal(steps, PICTURES[np.array(expected)])


def test_without_a_likeness_pictures_are_repeated_and_a_reset_forgets() -> None:
    np.testing.assert_array_equal(History(2, None)(PICTURES[:2]), PICTURES[[0, 0, 1, 1]])
    history = History(2, 0.9)
    history(PICTURES[:1])
    history.reset()
    np.testing.assert_array_equal(history(PICTURES[1:2]), PICTURES[[1, 1]])
