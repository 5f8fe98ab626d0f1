"""What OC-SORT can be told, and what it knows of each track."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from neuromorph_track.association.ranges import SOURCE, require_counts, require_fractions, require_order
from neuromorph_track.association.table import TrackTable
from neuromorph_track.errors import InputError

# Boxes that are kept of each track, and so the most that `delta_t` can be.
KEPT = 6


@dataclass(frozen=True)
class OcSortSettings:
    """Settings of :class:`~neuromorph_track.association.ocsort.OcSortTracker`; the defaults are the authors'.

    Attributes
    ----------
    high_score : float
        Detections below this are not looked at, but for the stage of ``byte_stage``.
    iou_gate : float
        Least overlap of a pair, in every stage.
    inertia : float
        Weight of going straight on beside the overlap.
    delta_t : int
        Frames over which the way of a track is measured, 1 to 6.
    min_hits : int
        Detections in a row, the first of a track not counted, after which it is shown; again after each gap.
        In that many first frames of a sequence all are shown.
    max_lost : int
        Frames a track is kept without a detection.
    byte_stage : bool
        Whether tracks that are left are matched with detections between ``low_score`` and ``high_score``.
    low_score : float

    Raises
    ------
    InputError
        When a number is out of range.
    """

    high_score: float = 0.6
    iou_gate: float = 0.3
    inertia: float = 0.2
    delta_t: int = 3
    min_hits: int = 3
    max_lost: int = 30
    byte_stage: bool = False
    low_score: float = 0.1

    def __post_init__(self) -> None:
        require_fractions(self, "high_score", "iou_gate", "inertia", "low_score")
        require_order(self, "low_score", "high_score")
        require_counts(self, 0, "min_hits", "max_lost")
        if self.delta_t not in range(1, KEPT + 1):
            raise InputError(SOURCE, "delta_t", repr(self.delta_t), f"an integer from 1 to {KEPT}")


@dataclass
class OcSortTable(TrackTable):
    """A :class:`~neuromorph_track.association.table.TrackTable`; the motion is that of
    :mod:`neuromorph_track.association.area`.

    Attributes
    ----------
    seen_box, seen_frame : (N, 6, 4) float64, (N, 6) int64
        The boxes seen last, see :mod:`neuromorph_track.association.observations`.
    settled : (N, 5, 4) float64
        The moments after the newest of them.
    heading : (N, 2) float64
        Unit vector of the way of the track, zero while it has been seen only once.
    streak : (N,) int64
        Detections in a row, the first of the track not counted.
    """

    seen_box: NDArray[np.float64]
    seen_frame: NDArray[np.int64]
    settled: NDArray[np.float64]
    heading: NDArray[np.float64]
    streak: NDArray[np.int64]

    @classmethod
    def empty(cls) -> OcSortTable:
        return cls(
            **vars(TrackTable.empty()),
            seen_box=np.zeros((0, KEPT, 4)),
            seen_frame=np.zeros((0, KEPT), np.int64),
            settled=np.zeros((0, 5, 4)),
            heading=np.zeros((0, 2)),
            streak=np.zeros(0, np.int64),
        )
