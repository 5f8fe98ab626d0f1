"""The tracks of the re-detecting tracker, and where new ones begin."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from neuromorph_track.association.scores import of_score
from neuromorph_track.association.smot.redetection import same_class_pairs
from neuromorph_track.association.smot.settings import SmotSettings
from neuromorph_track.association.table import TrackTable
from neuromorph_track.data.detections import Detections


@dataclass
class Tracklets(TrackTable):
    """The tracks; one with ``unseen`` above 0 has no tracklet and waits for one to continue it.

    Attributes
    ----------
    box : (N, 4) float32
        Where it was seen last.
    """

    box: NDArray[np.float32]

    @classmethod
    def empty(cls) -> Tracklets:
        return cls(**TrackTable.empty().to_arrays(), box=np.zeros((0, 4), np.float32))

    @classmethod
    def blank(cls, first_id: int, class_id: NDArray[np.int64]) -> Tracklets:
        """Rows for new tracks of these classes (N,), with identities from ``first_id`` on."""
        count = len(class_id)
        none = np.zeros(count, np.int64)
        return cls(
            moments=np.zeros((5, count, 4)),
            track_id=first_id + np.arange(count),
            class_id=class_id,
            score=np.zeros(count, np.float32),
            hits=none,
            unseen=none,
            detection=none,
            confirmed=np.ones(count, bool),
            box=np.zeros((count, 4), np.float32),
        )


def unfollowed(detections: Detections, tracks: Tracklets, settings: SmotSettings) -> NDArray[np.int64]:
    """Indices (K,) of the detections at which a tracklet may begin.

    Those that are sure, that the detector's own suppression left, and that no tracklet of their class
    overlaps by ``new_track_iou``.
    """
    sure = np.flatnonzero(of_score(detections, settings.new_track_score))
    active = np.flatnonzero(tracks.unseen == 0)
    _, place, overlap = same_class_pairs(
        tracks.box[active], tracks.class_id[active], detections.xyxy[sure], detections.class_id[sure]
    )
    free = np.ones(len(sure), bool)
    free[place[overlap >= settings.new_track_iou]] = False
    return sure[free]
