"""OC-SORT (Cao et al., CVPR 2023): SORT that trusts what it saw more than what it expected."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from neuromorph_track.association import area
from neuromorph_track.association.assignment import assign
from neuromorph_track.association.interface import Embeddings, Warp
from neuromorph_track.association.observations import first_seen, oldest_since, remember
from neuromorph_track.association.ocsort_motion import consistency, direction, re_update
from neuromorph_track.association.ocsort_table import KEPT, OcSortSettings, OcSortTable
from neuromorph_track.association.overlap import measured_pairs
from neuromorph_track.association.scores import of_score
from neuromorph_track.association.table_tracker import Indices, Mask, TableTracker
from neuromorph_track.association.warps import warp_boxes, warp_directions, warp_moments
from neuromorph_track.data.detections import Detections


class OcSortTracker(TableTracker[OcSortTable]):
    """Multi-object tracker by boxes alone; classes never mix. The box that is reported is the detection's.

    Three things are added to SORT: among overlapping boxes the one straight ahead is preferred (momentum),
    tracks that are left are matched by the last box seen of them (recovery), and the filter of a track that
    is found again is run anew along a line from where it was lost (re-update).

    Parameters
    ----------
    settings : OcSortSettings, optional
    """

    def __init__(self, settings: OcSortSettings | None = None) -> None:
        self.settings = settings or OcSortSettings()
        super().__init__(OcSortTable)

    def _predict(self, dt: int) -> None:
        area.predict(self._tracks.moments, dt)

    def _move_camera(self, detections: Detections, warp: Warp | None) -> None:
        if warp is None:
            return
        tracks = self._tracks
        warp_moments(tracks.moments, warp, (2, 0))
        warp_moments(tracks.settled.transpose(1, 0, 2), warp, (2, 0))
        tracks.seen_box = warp_boxes(tracks.seen_box, warp)
        tracks.heading = warp_directions(tracks.heading, warp)

    def _match(self, detections: Detections, embeddings: Embeddings | None, dt: int) -> tuple[Indices, Mask]:
        tracks, settings = self._tracks, self.settings
        high = of_score(detections, settings.high_score)
        low = of_score(detections, settings.low_score) & ~high
        expected = area.boxes(tracks.moments)
        taken, free = np.full(len(tracks), -1), high | low
        self._stage(expected, detections, high, taken, free, self._ahead)
        if settings.byte_stage:
            self._stage(expected, detections, low, taken, free)
        self._stage(tracks.seen_box[:, 0].astype(np.float32), detections, high, taken, free)
        return taken, free & high

    def _stage(
        self,
        boxes: NDArray[np.float32],
        detections: Detections,
        wanted: Mask,
        taken: Indices,
        free: Mask,
        bonus: Callable[[Detections, Indices, Indices], NDArray[np.float64]] | None = None,
    ) -> None:
        """Match what is left of the tracks, at ``boxes``, and of the ``wanted`` detections; mark both."""
        tracks = np.flatnonzero(taken < 0)
        open_ = np.flatnonzero(wanted & free)
        pairs = measured_pairs(boxes[tracks], detections.xyxy[open_])
        row, column = tracks[pairs.row], open_[pairs.column]
        same = self._tracks.class_id[row] == detections.class_id[column]
        row, column, overlap = row[same], column[same], pairs.iou[same]
        gain = overlap if bonus is None else overlap + bonus(detections, row, column)
        row, column = assign_then_gate(row, column, gain, overlap >= self.settings.iou_gate)
        taken[row] = column
        free[column] = False

    def _ahead(self, detections: Detections, row: Indices, column: Indices) -> NDArray[np.float64]:
        """What it is worth that a detection lies straight ahead of a track."""
        way = direction(self._reference()[row], detections.xyxy[column])
        return self.settings.inertia * detections.score[column] * consistency(self._tracks.heading[row], way)

    def _correct(
        self,
        matched: Indices,
        chosen: Indices,
        detections: Detections,
        embeddings: Embeddings | None,
        dt: int,
    ) -> None:
        tracks, settings = self._tracks, self.settings
        xyxy = detections.xyxy[chosen]
        gap = tracks.unseen[matched]
        # A frame that the caller left out is no frame in which the track was out of sight.
        lost = gap > dt
        # Longer gaps come only from many frames left out at once, and are not walked through.
        again = lost & (gap <= settings.max_lost + 1)
        back = matched[again]
        if len(back):
            tracks.moments[:, back] = re_update(
                tracks.settled[back].transpose(1, 0, 2), tracks.seen_box[back, 0], xyxy[again], gap[again]
            )
        area.correct(tracks.moments, matched, xyxy)
        tracks.settled[matched] = tracks.moments[:, matched].transpose(1, 0, 2)
        tracks.heading[matched] = direction(self._reference()[matched], xyxy)
        remember(tracks.seen_box, tracks.seen_frame, matched, xyxy, self._frame)
        tracks.streak[matched] = np.where(lost, 0, tracks.streak[matched]) + 1
        tracks.confirmed[matched] = self._starting() | (tracks.streak[matched] >= settings.min_hits)

    def _begin(self, detections: Detections, embeddings: Embeddings | None, free: Indices) -> None:
        if not len(free):
            return
        known = self._starting() or not self.settings.min_hits
        moments = area.initiate(detections.xyxy[free])
        seen_box, seen_frame = first_seen(detections.xyxy[free], self._frame, KEPT)
        self._tracks.append(
            OcSortTable(
                **self._newcomers(detections, free, moments, confirmed=known),
                seen_box=seen_box,
                seen_frame=seen_frame,
                settled=moments.transpose(1, 0, 2).copy(),
                heading=np.zeros((len(free), 2)),
                streak=np.zeros(len(free), np.int64),
            )
        )

    def _drop(self) -> None:
        self._tracks.keep(self._tracks.unseen <= self.settings.max_lost)

    def _shown(self) -> Mask:
        return self._tracks.confirmed

    def _boxes(self, tracks: Indices) -> NDArray[np.float32]:
        return self._tracks.seen_box[tracks, 0].astype(np.float32)

    def _starting(self) -> bool:
        return self._calls <= self.settings.min_hits

    def _reference(self) -> NDArray[np.float64]:
        """The box of each track from which its way is measured, (N, 4)."""
        tracks = self._tracks
        return oldest_since(tracks.seen_box, tracks.seen_frame, self._frame - self.settings.delta_t)


def assign_then_gate(
    row: Indices, column: Indices, gain: NDArray[np.floating], near: Mask
) -> tuple[Indices, Indices]:
    """The best assignment of all candidate pairs, of which those are made that are ``near``, (P,).

    As in the authors' code a pair that will not be made can thus keep its two from another.
    """
    chosen = np.full(row.max(initial=-1) + 1, -1)
    best_row, best_column = assign(row, column, -gain, 0)
    chosen[best_row] = best_column
    made = near & (chosen[row] == column)
    return row[made], column[made]
