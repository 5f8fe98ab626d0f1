"""TrackTrack (Shim et al., CVPR 2025), the association of SMTrack: every track chooses, and is chosen."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from neuromorph_track.association import kalman
from neuromorph_track.association.interface import Embeddings, Warp
from neuromorph_track.association.mutual import mutual_nearest
from neuromorph_track.association.observations import first_seen, remember, seen_in
from neuromorph_track.association.overlap import measured_pairs
from neuromorph_track.association.scores import of_score
from neuromorph_track.association.table_tracker import Indices, Mask, TableTracker
from neuromorph_track.association.track_aware import may_begin
from neuromorph_track.association.tracktrack_cost import (
    SPAN,
    appearance_distance,
    blend,
    corner_angles,
    corner_directions,
    corner_ways,
)
from neuromorph_track.association.tracktrack_table import TrackTrackSettings, TrackTrackTable
from neuromorph_track.association.warps import warp_boxes, warp_directions, warp_moments
from neuromorph_track.data.detections import Detections
from neuromorph_track.errors import InputError


class TrackTracker(TableTracker[TrackTrackTable]):
    """Multi-object tracker by boxes, scores and, where given, appearance; classes never mix.

    A track is known from its third detection on, and dies at a miss before that. The box that is reported is
    the filtered one.

    Parameters
    ----------
    settings : TrackTrackSettings, optional
    """

    def __init__(self, settings: TrackTrackSettings | None = None) -> None:
        self.settings = settings or TrackTrackSettings()
        super().__init__(TrackTrackTable)

    def _predict(self, dt: int) -> None:
        tracks = self._tracks
        if self.settings.hold_size:
            tracks.moments[1, ~tracks.confirmed | (tracks.unseen > 0), 2:] = 0
        kalman.predict(tracks.moments, self.settings.noise, dt)

    def _move_camera(self, detections: Detections, warp: Warp | None) -> None:
        tracks, settings = self._tracks, self.settings
        if warp is None and settings.camera:
            warp = self._motion_of_boxes(detections, settings.high_score, settings.camera_chance)
        if warp is None:
            return
        warp_moments(tracks.moments, warp, (1, 1))
        tracks.seen_box = warp_boxes(tracks.seen_box, warp)
        tracks.ways = warp_directions(tracks.ways, warp)

    def _check(self, embeddings: Embeddings | None) -> None:
        width = self._tracks.embedding.shape[1]
        if embeddings is not None and width and len(self._tracks) and embeddings.shape[1] != width:
            raise InputError(
                "tracker", "embeddings", f"{embeddings.shape[1]} numbers each", f"{width} as before"
            )

    def _match(self, detections: Detections, embeddings: Embeddings | None, dt: int) -> tuple[Indices, Mask]:
        tracks, settings = self._tracks, self.settings
        sure = detections.score >= settings.high_score
        high = of_score(detections, settings.high_score)
        low = of_score(detections, settings.low_score) & ~sure
        penalty = np.select(
            [high, low, sure], [0.0, settings.low_penalty, settings.suppressed_penalty], np.inf
        )
        row, column, cost = self._candidates(detections, embeddings, penalty)

        taken, free = np.full(len(tracks), -1), high.copy()
        known = tracks.confirmed[row]
        row_known, column_known = mutual_nearest(
            row[known], column[known], cost[known], settings.gate, settings.gate_step
        )
        taken[row_known] = column_known
        free[column_known] = False
        new = ~known & free[column]
        row_new, column_new = mutual_nearest(
            row[new], column[new], cost[new], settings.gate, settings.gate_step
        )
        taken[row_new] = column_new
        free[column_new] = False
        return taken, free

    def _candidates(
        self, detections: Detections, embeddings: Embeddings | None, penalty: NDArray[np.float64]
    ) -> tuple[Indices, Indices, NDArray[np.float64]]:
        """Track, detection and cost of every pair that might be made."""
        tracks, settings = self._tracks, self.settings
        pairs = measured_pairs(kalman.boxes(tracks.moments), detections.xyxy)
        same = tracks.class_id[pairs.row] == detections.class_id[pairs.column]
        near = same & (pairs.iou > settings.least_iou) & np.isfinite(penalty[pairs.column])
        row, column, cost = pairs.row[near], pairs.column[near], 1 - pairs.hmiou[near]
        if embeddings is not None:
            self._widen(embeddings.shape[1])
            distance, known = appearance_distance(tracks.embedding[row], embeddings[column])
            cost[known] += settings.appearance_weight * (distance - cost)[known]
        cost += penalty[column]
        # The terms that follow only add: what is too much already needs no more of them.
        near = cost < settings.gate
        row, column, cost = row[near], column[near], cost[near]
        score = detections.score[column]
        expected = 2 * tracks.score[row] - tracks.score_before[row]
        cost += settings.score_weight * np.abs(expected - score)
        reference, _ = seen_in(tracks.seen_box, tracks.seen_frame, self._frame - SPAN)
        to = corner_directions(reference[row], detections.xyxy[column])
        cost += settings.angle_weight * corner_angles(tracks.ways[row], to) * score
        return row, column, cost

    def _correct(
        self,
        matched: Indices,
        chosen: Indices,
        detections: Detections,
        embeddings: Embeddings | None,
        dt: int,
    ) -> None:
        tracks = self._tracks
        xyxy, score = detections.xyxy[chosen], detections.score[chosen]
        kalman.correct(tracks.moments, matched, xyxy, score, self.settings.noise)
        seen = tracks.seen_box[matched], tracks.seen_frame[matched]
        tracks.ways[matched] = corner_ways(*seen, xyxy, self._frame)
        remember(tracks.seen_box, tracks.seen_frame, matched, xyxy, self._frame)
        tracks.score_before[matched] = tracks.score[matched]
        tracks.confirmed[matched] |= tracks.hits[matched] + 1 >= self.settings.confirm_after
        if embeddings is not None:
            tracks.embedding[matched] = blend(tracks.embedding[matched], embeddings[chosen], score)

    def _begin(self, detections: Detections, embeddings: Embeddings | None, free: Indices) -> None:
        tracks, settings = self._tracks, self.settings
        chosen = free[detections.score[free] >= settings.new_track_score]
        if not len(chosen):
            return
        seen = np.flatnonzero(tracks.detection >= 0)
        allowed = may_begin(
            kalman.boxes(tracks.moments[:, seen]),
            tracks.class_id[seen],
            detections[chosen],
            settings.begin_iou,
        )
        chosen = chosen[allowed]
        moments = kalman.initiate(detections.xyxy[chosen], settings.noise)
        seen_box, seen_frame = first_seen(detections.xyxy[chosen], self._frame, SPAN)
        nothing = np.zeros((len(chosen), tracks.embedding.shape[1]), np.float32)
        tracks.append(
            TrackTrackTable(
                **self._newcomers(detections, chosen, moments, confirmed=settings.confirm_after == 1),
                seen_box=seen_box,
                seen_frame=seen_frame,
                ways=np.zeros((len(chosen), 4, 2)),
                score_before=detections.score[chosen],
                embedding=nothing if embeddings is None else embeddings[chosen].astype(np.float32),
            )
        )

    def _drop(self) -> None:
        tracks = self._tracks
        lost = tracks.confirmed & (tracks.unseen <= self.settings.max_lost)
        tracks.keep((tracks.detection >= 0) | lost)

    def _shown(self) -> Mask:
        return self._tracks.confirmed

    def _boxes(self, tracks: Indices) -> NDArray[np.float32]:
        return kalman.boxes(self._tracks.moments[:, tracks])

    def _widen(self, width: int) -> None:
        """Make room for embeddings of this many numbers, where there is none yet."""
        tracks = self._tracks
        if tracks.embedding.shape[1] != width:
            tracks.embedding = np.zeros((len(tracks), width), np.float32)
