"""The tracks of a frame as an array of fixed shape, which is what a port of Lava carries."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from neuromorph_track.data.detections import Tracks
from neuromorph_track.errors import InputError

# Corners as in `Tracks`: a width would not always give the right edge back to the last bit.
COLUMNS = ("id", "left", "top", "right", "bottom", "score", "class")
# The number of tracks at a step that ends no frame.
NO_FRAME = -1


def to_rows(tracks: Tracks, most: int) -> NDArray[np.float64]:
    """Rows of :data:`COLUMNS`, (most, 7) float64; those behind the last track are zero.

    Raises
    ------
    InputError
        When there are more tracks than rows.
    """
    if len(tracks) > most:
        raise InputError("association", "max_tracks", f"{len(tracks)} tracks in one frame", f"at most {most}")
    rows = np.zeros((most, len(COLUMNS)))
    columns = (tracks.track_id, *tracks.xyxy.T, tracks.score, tracks.class_id)
    rows[: len(tracks)] = np.stack(columns, axis=1)
    return rows


def from_rows(rows: NDArray[Any], count: int) -> Tracks:
    """The first ``count`` rows as tracks; which detections they took is not known."""
    kept = rows[:count]
    return Tracks(
        xyxy=kept[:, 1:5].astype(np.float32),
        score=kept[:, 5].astype(np.float32),
        class_id=kept[:, 6].astype(np.int64),
        track_id=kept[:, 0].astype(np.int64),
    )
