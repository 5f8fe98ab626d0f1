"""ByteTrack (Zhang et al., ECCV 2022): every box is associated, the doubtful ones in a second stage."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from neuromorph_track.association import aspect
from neuromorph_track.association.interface import Embeddings, Warp
from neuromorph_track.association.matching import Matching
from neuromorph_track.association.overlap import measured_pairs
from neuromorph_track.association.ranges import require_counts, require_fractions, require_order
from neuromorph_track.association.scores import of_score
from neuromorph_track.association.table import TrackTable
from neuromorph_track.association.table_tracker import Indices, Mask, TableTracker
from neuromorph_track.association.warps import warp_moments
from neuromorph_track.data.detections import Detections


@dataclass(frozen=True)
class ByteTrackSettings:
    """Settings of :class:`ByteTracker`; the defaults are the authors' for MOT17.

    Attributes
    ----------
    high_score, low_score : float
        Detections of at least ``high_score`` are matched first, with all tracks; those between the two
        afterwards, with the tracks seen in the frame before that are left.
    new_track_score : float
        A track begins only at an unmatched detection of at least this score.
    high_gate, low_gate, tentative_gate : float
        A pair must cost less than this in the stage of the high detections (1 - IoU times score), of the
        low ones (1 - IoU), and of the tracks not yet confirmed (1 - IoU times score).
    duplicate_iou : float
        Of a seen and a lost track that overlap by more than this, the one followed for fewer frames is
        dropped.
    max_lost : int
        Frames a track is kept without a detection.

    Raises
    ------
    InputError
        When a number is out of range, or the three scores are not in order.
    """

    high_score: float = 0.6
    low_score: float = 0.1
    new_track_score: float = 0.7
    high_gate: float = 0.8
    low_gate: float = 0.5
    tentative_gate: float = 0.7
    duplicate_iou: float = 0.85
    max_lost: int = 30

    def __post_init__(self) -> None:
        require_fractions(self, "high_score", "low_score", "new_track_score")
        require_fractions(self, "high_gate", "low_gate", "tentative_gate", "duplicate_iou")
        require_order(self, "low_score", "high_score", "new_track_score")
        require_counts(self, 0, "max_lost")


@dataclass
class ByteTrackTable(TrackTable):
    """A :class:`~neuromorph_track.association.table.TrackTable`; the motion is that of
    :mod:`neuromorph_track.association.aspect`.

    Attributes
    ----------
    first_frame : (N,) int64
        Frame of the detection at which the track began.
    """

    first_frame: NDArray[np.int64]

    @classmethod
    def empty(cls) -> ByteTrackTable:
        return cls(**vars(TrackTable.empty()), first_frame=np.zeros(0, np.int64))


class ByteTracker(TableTracker[ByteTrackTable]):
    """Multi-object tracker by boxes and scores alone; classes never mix.

    A track is known from its second detection on, and dies at a miss before that; in the first frame of a
    sequence all are known at once. The box that is reported is the filtered one.

    Parameters
    ----------
    settings : ByteTrackSettings, optional
    """

    def __init__(self, settings: ByteTrackSettings | None = None) -> None:
        self.settings = settings or ByteTrackSettings()
        super().__init__(ByteTrackTable)

    def _predict(self, dt: int) -> None:
        tracks = self._tracks
        # As the authors do: the height of a track that is not seen stays, an error in its growth would run
        # away.
        tracks.moments[1, tracks.unseen > 0, 3] = 0
        aspect.predict(tracks.moments, dt)

    def _move_camera(self, detections: Detections, warp: Warp | None) -> None:
        if warp is not None:
            warp_moments(self._tracks.moments, warp, (0, 1))

    def _match(self, detections: Detections, embeddings: Embeddings | None, dt: int) -> tuple[Indices, Mask]:
        tracks, settings = self._tracks, self.settings
        high = of_score(detections, settings.high_score)
        low = of_score(detections, settings.low_score) & ~high
        seen_before = tracks.detection >= 0

        matching = Matching(aspect.boxes(tracks.moments), tracks.class_id, detections)
        fused = 1 - matching.iou * matching.score
        matching.stage(tracks.confirmed, high, fused, settings.high_gate)
        matching.stage(tracks.confirmed & seen_before, low, 1 - matching.iou, settings.low_gate)
        matching.stage(~tracks.confirmed, high, fused, settings.tentative_gate)
        return matching.taken, matching.free & high

    def _correct(
        self,
        matched: Indices,
        chosen: Indices,
        detections: Detections,
        embeddings: Embeddings | None,
        dt: int,
    ) -> None:
        aspect.correct(self._tracks.moments, matched, detections.xyxy[chosen])
        self._tracks.confirmed[matched] = True

    def _begin(self, detections: Detections, embeddings: Embeddings | None, free: Indices) -> None:
        chosen = free[detections.score[free] >= self.settings.new_track_score]
        if not len(chosen):
            return
        moments = aspect.initiate(detections.xyxy[chosen])
        columns = self._newcomers(detections, chosen, moments, confirmed=self._calls == 1)
        first_frame = np.full(len(chosen), self._frame)
        self._tracks.append(ByteTrackTable(**columns, first_frame=first_frame))

    def _drop(self) -> None:
        tracks = self._tracks
        seen = tracks.detection >= 0
        tracks.keep(seen | (tracks.confirmed & (tracks.unseen <= self.settings.max_lost)))

        seen = tracks.detection >= 0
        if seen.all():
            return
        boxes = aspect.boxes(tracks.moments)
        current, lost = np.flatnonzero(seen), np.flatnonzero(~seen)
        pairs = measured_pairs(boxes[lost], boxes[current])
        gone, here = lost[pairs.row], current[pairs.column]
        same = tracks.class_id[gone] == tracks.class_id[here]
        double = same & (pairs.iou > self.settings.duplicate_iou)
        followed = self._frame - tracks.unseen - tracks.first_frame
        shorter = np.where(followed[here] > followed[gone], gone, here)[double]
        kept = np.ones(len(tracks), bool)
        kept[shorter] = False
        tracks.keep(kept)

    def _shown(self) -> Mask:
        return self._tracks.confirmed

    def _boxes(self, tracks: Indices) -> NDArray[np.float32]:
        return aspect.boxes(self._tracks.moments[:, tracks])
