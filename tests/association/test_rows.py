"""Tracks as rows and back, to the last bit."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from neuromorph_track.association.rows import COLUMNS, from_rows, to_rows
from neuromorph_track.data.detections import Tracks
from neuromorph_track.errors import InputError

MOST = 5
finite = st.floats(width=32, allow_nan=False, allow_infinity=False)


@st.composite
def tracks(draw: st.DrawFn) -> Tracks:
    count = draw(st.integers(0, MOST))
    return Tracks(
        xyxy=draw(arrays.arrays(np.float32, (count, 4), elements=finite)),
        score=draw(arrays.arrays(np.float32, count, elements=st.floats(0, 1, width=32))),
        class_id=draw(arrays.arrays(np.int64, count, elements=st.integers(0, 9999))),
        track_id=draw(arrays.arrays(np.int64, count, elements=st.integers(1, 2**53))),
    )


@given(tracks())
def test_there_and_back(given_tracks: Tracks) -> None:
    rows = to_rows(given_tracks, MOST)
    assert rows.shape == (MOST, len(COLUMNS))
    assert rows.dtype == np.float64
    assert not rows[len(given_tracks) :].any()
    found = from_rows(rows, len(given_tracks))
    for name in ("xyxy", "score", "class_id", "track_id"):
        np.testing.assert_array_equal(getattr(found, name), getattr(given_tracks, name), strict=True)


def test_the_columns() -> None:
    one = Tracks(
        np.array([[1, 2, 3, 4]], np.float32), np.array([0.5], np.float32), np.array([7]), np.array([9])
    )
    named = dict(zip(COLUMNS, to_rows(one, 2)[0].tolist(), strict=True))
    assert named == {"id": 9, "left": 1, "top": 2, "right": 3, "bottom": 4, "score": 0.5, "class": 7}


def test_too_many() -> None:
    three = Tracks(np.zeros((3, 4), np.float32), np.zeros(3, np.float32), np.zeros(3, int), np.arange(3))
    with pytest.raises(InputError, match="max_tracks: found 3 tracks in one frame, expected at most 2"):
        to_rows(three, 2)
