"""Boxes to tracks in two stages: sure detections first, unsure ones with what is left."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from neuromorph_track.association import kalman
from neuromorph_track.association.interface import Embeddings, Warp
from neuromorph_track.association.matching import Matching
from neuromorph_track.association.overlap import measured_pairs
from neuromorph_track.association.scores import of_score
from neuromorph_track.association.settings import TwoStageSettings
from neuromorph_track.association.table import TrackTable
from neuromorph_track.association.table_tracker import Indices, Mask, TableTracker
from neuromorph_track.association.warps import warp_moments
from neuromorph_track.data.detections import Detections

# Of the score in the second stage; 1 would leave hardly a pair below the gate.
UNSURE_POWER = 0.25


@dataclass
class TwoStageTable(TrackTable):
    """A :class:`~neuromorph_track.association.table.TrackTable`.

    Attributes
    ----------
    measured : (N, 4) float32
        The detection taken last: left, top, right, bottom.
    """

    measured: NDArray[np.float32]

    @classmethod
    def empty(cls) -> TwoStageTable:
        return cls(**vars(TrackTable.empty()), measured=np.zeros((0, 4), np.float32))


class TwoStageTracker(TableTracker[TwoStageTable]):
    """Multi-object tracker after ByteTrack (Zhang et al., ECCV 2022).

    With centre, width and height as its motion state, measurement noise by score, HMIoU as the overlap of
    the first stage, and the camera's motion from the boxes. Classes never mix. What is reported lies half-way
    between the filtered box and the detection: half the lag of the one, half the jitter of the other.

    Parameters
    ----------
    settings : TwoStageSettings, optional

    Examples
    --------
    A box moves to the right by two pixels a frame, and keeps its name:

    >>> import numpy as np
    >>> from neuromorph_track.data import Detections
    >>> tracker = TwoStageTracker()
    >>> for left in (10, 12, 14):
    ...     box = np.array([[left, 20, left + 8, 40]], np.float32)
    ...     tracks = tracker.update(Detections(box, np.array([0.9], np.float32), np.zeros(1, np.int64)))
    ...     print(tracks.track_id, tracks.xyxy.round(1))
    [1] [[10. 20. 18. 40.]]
    [1] [[11.9 20.  19.9 40. ]]
    [1] [[13.9 20.  21.9 40. ]]
    """

    def __init__(self, settings: TwoStageSettings | None = None) -> None:
        self.settings = settings or TwoStageSettings()
        super().__init__(TwoStageTable)

    def _predict(self, dt: int) -> None:
        tracks = self._tracks
        # A track that is not seen keeps its size: an error in its growth would run away.
        tracks.moments[1, tracks.unseen > 0, 2:] = 0
        kalman.predict(tracks.moments, self.settings.noise, dt)

    def _move_camera(self, detections: Detections, warp: Warp | None) -> None:
        tracks, settings = self._tracks, self.settings
        if warp is None and settings.camera:
            warp = self._motion_of_boxes(detections, settings.high_score, settings.camera_chance)
        if warp is not None:
            warp_moments(tracks.moments, warp, (1, 1))

    def _match(self, detections: Detections, embeddings: Embeddings | None, dt: int) -> tuple[Indices, Mask]:
        tracks, settings = self._tracks, self.settings
        high = of_score(detections, settings.high_score)
        low = of_score(detections, settings.low_score) & ~high
        seen_before = tracks.detection >= 0

        matching = Matching(tracks.boxes(), tracks.class_id, detections)
        matching.stage(tracks.confirmed, high, 1 - matching.hmiou * matching.score, settings.high_gate)
        # The less sure a doubtful detection is, the better it must lie.
        unsure = 1 - matching.iou * np.power(matching.score, UNSURE_POWER)
        matching.stage(tracks.confirmed & seen_before, low, unsure, settings.low_gate)
        matching.stage(~tracks.confirmed, high, 1 - matching.iou * matching.score, settings.tentative_gate)
        return matching.taken, matching.free & high

    def _correct(
        self,
        matched: Indices,
        chosen: Indices,
        detections: Detections,
        embeddings: Embeddings | None,
        dt: int,
    ) -> None:
        tracks = self._tracks
        measured, score = detections.xyxy[chosen], detections.score[chosen]
        kalman.correct(tracks.moments, matched, measured, score, self.settings.noise)
        tracks.measured[matched] = measured
        tracks.confirmed[matched] |= tracks.hits[matched] + 1 >= self.settings.confirm_after

    def _begin(self, detections: Detections, embeddings: Embeddings | None, free: Indices) -> None:
        settings = self.settings
        chosen = free[detections.score[free] >= settings.new_track_score]
        if not len(chosen):
            return
        measured = detections.xyxy[chosen]
        at_once = settings.confirm_after == 1 or self._calls == 1
        columns = self._newcomers(detections, chosen, kalman.initiate(measured, settings.noise), at_once)
        columns["confirmed"] |= detections.score[chosen] >= settings.instant_score
        self._tracks.append(TwoStageTable(**columns, measured=measured))

    def _drop(self) -> None:
        """Remove tracks that failed their trial, were lost too long, or follow the object of another."""
        tracks, settings = self._tracks, self.settings
        tracks.keep((tracks.detection >= 0) | (tracks.confirmed & (tracks.unseen <= settings.max_lost)))

        seen = tracks.detection >= 0
        if seen.all():
            return
        boxes, current, lost = tracks.boxes(), np.flatnonzero(seen), np.flatnonzero(~seen)
        pairs = measured_pairs(boxes[lost], boxes[current])
        double = pairs.iou > settings.duplicate_iou
        if double.any():
            first, second = lost[pairs.row[double]], current[pairs.column[double]]
            same = tracks.class_id[first] == tracks.class_id[second]
            kept = np.ones(len(tracks), bool)
            # The younger of the two.
            kept[np.maximum(first, second)[same]] = False
            tracks.keep(kept)

    def _shown(self) -> Mask:
        return self._tracks.confirmed

    def _boxes(self, tracks: Indices) -> NDArray[np.float32]:
        return (kalman.boxes(self._tracks.moments[:1, tracks]) + self._tracks.measured[tracks]) / 2
