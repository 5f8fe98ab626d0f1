"""What TrackTrack can be told, and what it knows of each track."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from neuromorph_track.association.kalman import MotionNoise
from neuromorph_track.association.ranges import (
    require_chance,
    require_counts,
    require_fractions,
    require_order,
)
from neuromorph_track.association.table import TrackTable
from neuromorph_track.association.tracktrack_cost import SPAN


@dataclass(frozen=True)
class TrackTrackSettings:
    """Settings of :class:`~neuromorph_track.association.tracktrack.TrackTracker`; the defaults are the
    authors' for MOT17.

    Attributes
    ----------
    high_score, low_score : float
        Detections of at least ``high_score`` are high, those between the two low; what is below is not looked
        at.
    new_track_score : float
        A track begins only at an unmatched detection of at least this score.
    gate, gate_step : float
        A pair must cost less than ``gate`` in the first round of a matching, and less by ``gate_step`` in
        each further one.
    least_iou : float
        A pair that overlaps by this or less is never made.
    low_penalty, suppressed_penalty : float
        What a low detection costs more, and a high one that non-maximum suppression would have removed.
    score_weight, angle_weight, appearance_weight : float
        Of the three terms beside the overlap. That of appearance is its share in both, where both sides have
        an embedding.
    begin_iou : float
        No track begins at a detection that overlaps a track, or a surer detection, by more than this.
    confirm_after : int
        Detections, in frames without a gap, that make a track known.
    max_lost : int
        Frames a track is kept without a detection; the authors take two seconds.
    hold_size : bool
        Whether tracks that are new or not seen keep their size; the authors do so on DanceTrack only.
    camera : bool
        Whether the camera's motion is estimated from the boxes where none is given, see
        :mod:`neuromorph_track.association.camera`; the authors take it from the pictures.
    camera_chance : float
        How probable it may be that noise alone shows the motion that is taken for the camera's.
    noise : MotionNoise
        Of the Kalman filter. The authors leave no noise to a detection of score 1.

    Raises
    ------
    InputError
        When a number is out of range, or the three scores are not in order.
    """

    high_score: float = 0.6
    low_score: float = 0.1
    new_track_score: float = 0.7
    gate: float = 0.7
    gate_step: float = 0.05
    least_iou: float = 0.1
    low_penalty: float = 0.2
    suppressed_penalty: float = 0.4
    score_weight: float = 0.1
    angle_weight: float = 0.05
    appearance_weight: float = 0.5
    begin_iou: float = 0.55
    confirm_after: int = 3
    max_lost: int = 60
    hold_size: bool = False
    camera: bool = True
    camera_chance: float = 0.01
    noise: MotionNoise = field(default_factory=lambda: MotionNoise(surest=0.0))

    def __post_init__(self) -> None:
        require_fractions(
            self, "high_score", "low_score", "new_track_score", "gate", "gate_step", "least_iou"
        )
        require_fractions(self, "low_penalty", "suppressed_penalty", "score_weight", "angle_weight")
        require_fractions(self, "appearance_weight", "begin_iou")
        require_chance(self, "camera_chance")
        require_order(self, "low_score", "high_score", "new_track_score")
        require_counts(self, 1, "confirm_after")
        require_counts(self, 0, "max_lost")


@dataclass
class TrackTrackTable(TrackTable):
    """A :class:`~neuromorph_track.association.table.TrackTable`.

    Attributes
    ----------
    seen_box, seen_frame : (N, 3, 4) float64, (N, 3) int64
        The boxes seen last, see :mod:`neuromorph_track.association.observations`.
    ways : (N, 4, 2) float64
        Of the corners, see :func:`~neuromorph_track.association.tracktrack_cost.corner_ways`.
    score_before : (N,) float32
        Of the detection before the one taken last.
    embedding : (N, E) float32
        Appearance, of length 1, or 0 where there is none; E is 0 until embeddings are given.
    """

    seen_box: NDArray[np.float64]
    seen_frame: NDArray[np.int64]
    ways: NDArray[np.float64]
    score_before: NDArray[np.float32]
    embedding: NDArray[np.float32]

    @classmethod
    def empty(cls) -> TrackTrackTable:
        return cls(
            **vars(TrackTable.empty()),
            seen_box=np.zeros((0, SPAN, 4)),
            seen_frame=np.zeros((0, SPAN), np.int64),
            ways=np.zeros((0, 4, 2)),
            score_before=np.zeros(0, np.float32),
            embedding=np.zeros((0, 0), np.float32),
        )
