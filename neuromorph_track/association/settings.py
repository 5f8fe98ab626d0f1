"""What the two-stage tracker can be told."""

from __future__ import annotations

from dataclasses import dataclass, field

from neuromorph_track.association.kalman import MotionNoise
from neuromorph_track.association.ranges import (
    SOURCE,
    require_chance,
    require_counts,
    require_fractions,
    require_order,
)
from neuromorph_track.errors import InputError

# Doubtful detections go on with a track; a new track needs one that is surer than sure.
LOWEST_SCORE = 0.1
NEW_TRACK_MARGIN = 0.1

FRACTIONS = (
    "high_score",
    "low_score",
    "new_track_score",
    "high_gate",
    "low_gate",
    "tentative_gate",
    "duplicate_iou",
    "instant_score",
)


@dataclass(frozen=True)
class TwoStageSettings:
    """Settings of :class:`~neuromorph_track.association.tracker.TwoStageTracker`.

    Attributes
    ----------
    high_score, low_score : float
        Detections of at least ``high_score`` are matched first, with all tracks; those between
        the two afterwards, with what is left; those below ``low_score`` are not looked at.
    new_track_score : float
        A track begins only at an unmatched detection of at least this score.
    high_gate, low_gate, tentative_gate : float
        A pair must cost less than this in the stage of the high detections (1 - HMIoU times score), of the
        low ones (1 - IoU times the fourth root of the score), and of the tracks not yet confirmed (1 - IoU
        times score).
    duplicate_iou : float
        Of a seen and a lost track that overlap by more than this, the younger is dropped.
    confirm_after : int
        Detections, in frames without a gap, that make a track known. In the first frame of a
        sequence one is enough.
    instant_score : float
        A new track whose first detection has at least this score is known at once.
    max_lost : int
        Frames a track is kept without a detection, whatever the frame rate.
    camera : bool
        Whether the camera's motion is estimated from the boxes where none is given,
        see :mod:`neuromorph_track.association.camera`.
    camera_chance : float
        How probable it may be that noise alone shows the motion that is taken for the camera's.
    noise : MotionNoise
        Of the Kalman filter.

    Raises
    ------
    InputError
        When a number is out of range, or the three scores are not in order.
    """

    high_score: float = 0.6
    low_score: float = 0.1
    new_track_score: float = 0.6
    high_gate: float = 0.9
    low_gate: float = 0.55
    tentative_gate: float = 0.7
    duplicate_iou: float = 0.85
    confirm_after: int = 2
    instant_score: float = 0.85
    max_lost: int = 45
    camera: bool = True
    camera_chance: float = 0.01
    noise: MotionNoise = field(default_factory=MotionNoise)

    def __post_init__(self) -> None:
        require_fractions(self, *FRACTIONS)
        if self.low_score > self.high_score:
            expected = f"at most high_score ({self.high_score})"
            raise InputError(SOURCE, "low_score", repr(self.low_score), expected)
        require_order(self, "high_score", "new_track_score")
        require_counts(self, 1, "confirm_after")
        require_counts(self, 0, "max_lost")
        require_chance(self, "camera_chance")


def tracker_settings(score_threshold: float) -> TwoStageSettings:
    """Settings for a detector whose sure detections start at ``score_threshold``."""
    return TwoStageSettings(
        high_score=score_threshold,
        low_score=min(LOWEST_SCORE, score_threshold),
        new_track_score=min(score_threshold + NEW_TRACK_MARGIN, 1.0),
    )
