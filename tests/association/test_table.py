"""The columns of live tracks stay together."""

from __future__ import annotations

import numpy as np
import pytest

from neuromorph_track.association import kalman
from neuromorph_track.association.table import TrackTable
from neuromorph_track.errors import InputError


def table(*identities: int) -> TrackTable:
    count = len(identities)
    left = np.array(identities, float)
    return TrackTable(
        moments=kalman.initiate(np.stack([left, left, left + 5, left + 5], axis=1), kalman.MotionNoise()),
        track_id=np.array(identities),
        class_id=np.array(identities) + 10,
        score=np.array(identities, np.float32) / 100,
        hits=np.ones(count, np.int64),
        unseen=np.zeros(count, np.int64),
        detection=np.arange(count),
        confirmed=np.ones(count, bool),
    )


def test_append_and_keep_move_whole_rows() -> None:
    tracks = TrackTable.empty()
    tracks.append(table(1, 2))
    tracks.append(table(3))
    tracks.keep(np.array([True, False, True]))
    assert tracks.track_id.tolist() == [1, 3]
    assert tracks.class_id.tolist() == [11, 13]
    assert tracks.boxes()[:, 0].tolist() == [1, 3]
    assert {name: column.dtype for name, column in tracks.to_arrays().items()} == {
        name: column.dtype for name, column in TrackTable.empty().to_arrays().items()
    }


def test_arrays_are_copies_both_ways() -> None:
    tracks = table(1, 2)
    arrays = tracks.to_arrays()
    arrays["track_id"][0] = 99
    assert tracks.track_id[0] == 1
    other = TrackTable.from_arrays(arrays)
    arrays["track_id"][0] = 7
    assert other.track_id[0] == 99


@pytest.mark.parametrize(
    ("name", "column", "found"),
    [
        ("score", None, "nothing"),
        ("hits", np.zeros(3), r"shape \(3,\)"),
        ("moments", np.zeros((4, 2, 4)), r"shape \(4, 2, 4\)"),
        ("track_id", np.zeros((2, 1)), r"shape \(2, 1\)"),
    ],
)
def test_refuses_what_is_no_table(name: str, column: np.ndarray | None, found: str) -> None:
    arrays = table(1, 2).to_arrays()
    if column is None:
        del arrays[name]
    else:
        arrays[name] = column
    with pytest.raises(InputError, match=f"{name}: found {found}"):
        TrackTable.from_arrays(arrays)
