"""What the re-detecting tracker can be told."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, get_args

from neuromorph_track.association.kalman import MotionNoise
from neuromorph_track.association.ranges import SOURCE, require_counts, require_fractions, require_order
from neuromorph_track.errors import InputError

Motion = Literal["none", "kalman", "flow"]
Overlap = Literal["anchor", "box"]
Weighting = Literal["iou", "avg", "max"]
CHOICES = {"motion": Motion, "overlap": Overlap, "weighting": Weighting}


@dataclass(frozen=True)
class SmotSettings:
    """Settings of :class:`~neuromorph_track.association.smot.SmotTracker`.

    The defaults are for grids like ours, where one anchor per cell stands for objects of all sizes and four
    cells at most are trained to answer for one. The paper, whose SSD has anchors of every size that all
    answer, is ``overlap="anchor"``, ``anchors=5``, ``least_overlap=0.1``, ``new_track_score=0.9``,
    ``active_score=0.4``.

    Attributes
    ----------
    new_track_score : float
        A tracklet begins only at a detection of at least this score.
    active_score : float
        A tracklet ends when the vote of its anchors is below this score.
    anchors : int
        Anchors that vote, K of eq. 1; 1 is the paper's single assignment, 5 and 10 its authors' choices.
    overlap : str
        What of a cell has to overlap the expected box: its prior box, ``anchor``; or the ``box`` that it
        tells, where only cells of at least ``active_score`` have one.
    weighting : str
        Weight of an anchor's vote: ``iou`` its overlap with the expected box, ``avg`` the same for all,
        ``max`` all for the one that overlaps most.
    least_overlap : float
        A tracklet ends when none overlaps its expected box by this much, IoU.
    motion : str
        Where a box is expected, eq. 2: ``none`` where it was, ``kalman`` by constant velocity, ``flow`` where
        the picture inside it has gone to (the tracker needs ``shifts``).
    new_track_iou : float
        A tracklet does not begin where one of its class overlaps by this much.
    track_nms : float
        Of two tracklets of a class that overlap by more than this, that of the lower score ends.
    link_distance : float
        A new tracklet is the continuation of a track when their appearances are nearer than this, as one
        minus the cosine; 0 never links.
    remember : int
        Frames for which a track without a tracklet is kept, to be continued.
    noise : MotionNoise
        Of the Kalman filter.

    Raises
    ------
    InputError
        When a value is out of range.
    """

    new_track_score: float = 0.5
    active_score: float = 0.2
    anchors: int = 2
    overlap: Overlap = "box"
    weighting: Weighting = "iou"
    least_overlap: float = 0.3
    motion: Motion = "kalman"
    new_track_iou: float = 0.3
    track_nms: float = 0.6
    link_distance: float = 0.02
    remember: int = 300
    noise: MotionNoise = field(default_factory=MotionNoise)

    def __post_init__(self) -> None:
        fractions = ("new_track_score", "active_score", "least_overlap", "new_track_iou", "track_nms")
        require_fractions(self, *fractions, "link_distance")
        require_order(self, "active_score", "new_track_score")
        require_counts(self, 1, "anchors")
        require_counts(self, 0, "remember")
        for name, kind in CHOICES.items():
            if getattr(self, name) not in get_args(kind):
                raise InputError(
                    SOURCE, name, repr(getattr(self, name)), f"one of {', '.join(get_args(kind))}"
                )
