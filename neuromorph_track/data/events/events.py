"""Events in memory, as columns."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, eq=False)
class Events:
    """Some events in the order in which they happened.

    Attributes
    ----------
    t : (N,) int64
        Microseconds since the recording began, never falling.
    x, y : (N,) int32
        Pixel, from the left and from the top.
    on : (N,) bool
        True where it became brighter.
    """

    t: NDArray[np.int64]
    x: NDArray[np.int32]
    y: NDArray[np.int32]
    on: NDArray[np.bool_]

    def __post_init__(self) -> None:
        lengths = {name: len(getattr(self, name)) for name in ("t", "x", "y", "on")}
        if len(set(lengths.values())) > 1:
            raise ValueError(f"columns of different lengths: {lengths}")

    def __len__(self) -> int:
        return len(self.t)

    def __getitem__(self, rows: slice) -> Events:
        """Views of some rows."""
        return Events(self.t[rows], self.x[rows], self.y[rows], self.on[rows])

    def between(self, start_us: int, stop_us: int) -> Events:
        """Views of those with ``start_us <= t < stop_us``."""
        first, last = np.searchsorted(self.t, (start_us, stop_us), side="left")
        return self[first:last]

    @classmethod
    def none(cls) -> Events:
        """No events."""
        return cls.of((), (), (), ())

    @classmethod
    def of(cls, t: object, x: object, y: object, on: object) -> Events:
        """Columns of any integer kind."""
        return cls(
            np.asarray(t, np.int64),
            np.asarray(x, np.int32),
            np.asarray(y, np.int32),
            np.asarray(on, np.bool_),
        )

    @classmethod
    def joined(cls, parts: Sequence[Events]) -> Events:
        """One after the other."""
        if not parts:
            return cls.none()
        columns = ("t", "x", "y", "on")
        return cls(*(np.concatenate([getattr(part, name) for part in parts]) for name in columns))
