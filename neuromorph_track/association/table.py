"""The live tracks of a tracker, as a struct of arrays with one row per track."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from neuromorph_track.association import kalman
from neuromorph_track.association.state import ANY, column

Table = TypeVar("Table", bound="TrackTable")


@dataclass
class TrackTable:
    """One row per live track, oldest identity first.

    Attributes
    ----------
    moments : (5, N, 4) float64
        Motion, see :mod:`neuromorph_track.association.kalman`.
    track_id, class_id : (N,) int64
    score : (N,) float32
        Of the detection taken last.
    hits : (N,) int64
        Detections taken so far.
    unseen : (N,) int64
        Frames since the last one; 0 for a track seen in the newest frame.
    detection : (N,) int64
        Index of the detection taken in the newest frame, -1 where none was.
    confirmed : (N,) bool
        False while a track still has to prove itself.
    """

    moments: NDArray[np.float64]
    track_id: NDArray[np.int64]
    class_id: NDArray[np.int64]
    score: NDArray[np.float32]
    hits: NDArray[np.int64]
    unseen: NDArray[np.int64]
    detection: NDArray[np.int64]
    confirmed: NDArray[np.bool_]

    @classmethod
    def empty(cls) -> TrackTable:
        def integers() -> NDArray[np.int64]:
            return np.zeros(0, np.int64)

        return cls(
            moments=np.zeros((5, 0, 4)),
            track_id=integers(),
            class_id=integers(),
            score=np.zeros(0, np.float32),
            hits=integers(),
            unseen=integers(),
            detection=integers(),
            confirmed=np.zeros(0, bool),
        )

    def __len__(self) -> int:
        return len(self.track_id)

    def boxes(self) -> NDArray[np.float32]:
        """Where the tracks are now, (N, 4) left, top, right, bottom."""
        return kalman.boxes(self.moments)

    def copy(self: Table) -> Table:
        """The same tracks in arrays of their own."""
        return type(self)(**{name: array.copy() for name, array in vars(self).items()})

    def keep(self, mask: NDArray[np.bool_]) -> None:
        """Drop the tracks where ``mask`` (N,) is false."""
        if mask.all():
            return
        for field in fields(self):
            array = getattr(self, field.name)
            setattr(self, field.name, array[:, mask] if field.name == "moments" else array[mask])

    def append(self, other: TrackTable) -> None:
        """Add the tracks of ``other`` at the end."""
        for field in fields(self):
            axis = 1 if field.name == "moments" else 0
            both = (getattr(self, field.name), getattr(other, field.name))
            setattr(self, field.name, np.concatenate(both, axis=axis))

    def to_arrays(self) -> dict[str, NDArray[Any]]:
        """A copy of every column by name."""
        return {field.name: getattr(self, field.name).copy() for field in fields(self)}

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, Any]) -> TrackTable:
        """The reverse of :meth:`to_arrays`; other names in ``arrays`` are not looked at.

        Raises
        ------
        InputError
            When a column is missing, its shape is not the one above, or it holds what no track has.
        """
        length = np.size(arrays.get("track_id", ()))
        columns = {}
        for name, sample in vars(cls.empty()).items():
            # Rows are counted along one axis; another that is empty here is as long as the user's embeddings.
            shape = [size or ANY for size in sample.shape]
            shape[1 if name == "moments" else 0] = length
            columns[name] = column(arrays, name, sample.dtype, tuple(shape))
        return cls(**columns)
