"""Pictures of events for people."""

from __future__ import annotations

import numpy as np
import pytest

from neuromorph_track.reports.event_view import BRIGHTER, DARKER, GROUND, Background, event_picture
from neuromorph_track.reports.style import rgb


@pytest.mark.parametrize("background", ["white", "dark"])
def test_a_pixel_has_the_colour_of_its_majority(background: Background) -> None:
    counted = np.zeros((2, 1, 4), np.int64)
    # Nothing, one brighter, many darker, more brighter than darker.
    counted[:, 0] = [[0, 0, 9, 4], [0, 1, 1, 5]]
    picture = event_picture(counted, background)
    assert (picture.shape, picture.dtype) == ((1, 4, 3), np.uint8)
    assert picture[0, 0].tolist() == list(GROUND[background])
    pale = 0.7 * np.array(rgb(BRIGHTER)) + 0.3 * np.array(GROUND[background])
    assert np.abs(picture[0, 1] - pale).max() <= 0.5
    assert picture[0, 2].tolist() == list(rgb(DARKER[background]))
    assert picture[0, 3].tolist() == list(rgb(BRIGHTER))
