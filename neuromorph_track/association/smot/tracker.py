"""A track is found again by the anchors around the place where it is expected."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from neuromorph_track.association import kalman
from neuromorph_track.association.checks import check_input
from neuromorph_track.association.interface import Embeddings, Warp
from neuromorph_track.association.smot.bank import EmbeddingBank
from neuromorph_track.association.smot.motion import Shifts, expect
from neuromorph_track.association.smot.redetection import Votes, poll, same_class_pairs, surviving
from neuromorph_track.association.smot.settings import SmotSettings
from neuromorph_track.association.smot.tracklets import Tracklets, check_candidates
from neuromorph_track.association.stages import Stages
from neuromorph_track.data.detections import Detections, Tracks
from neuromorph_track.errors import InputError

Indices = NDArray[np.int64]
Mask = NDArray[np.bool_]


class SmotTracker:
    """Tracker by re-detection after SMOT (Li et al., 2020, arXiv 2010.16031), with its online linking.

    Give it what every cell of the detector says (``HeadDecoder(..., every_cell=True)``). Plain detections do
    too: their boxes then stand for anchors.

    Parameters
    ----------
    settings : SmotSettings, optional
    shifts : Shifts, optional
        Needed for the motion ``flow``; it is asked once a frame.

    Raises
    ------
    InputError
        When the motion is ``flow`` and there are no shifts.
    """

    def __init__(self, settings: SmotSettings | None = None, shifts: Shifts | None = None) -> None:
        self.settings = settings or SmotSettings()
        self.shifts = shifts
        if self.settings.motion == "flow" and shifts is None:
            expected = "a tracker that is given the shifts that pictures tell (or motion 'kalman')"
            raise InputError("tracker settings", "motion", "'flow' without pictures", expected)
        self.reset()

    def reset(self) -> None:
        """Forget everything: the next frame is the first of a new sequence, identities begin at 1."""
        self._tracks = Tracklets.empty()
        self._bank = EmbeddingBank()
        self._next_id = 1
        self.stages = Stages()

    def update(
        self,
        detections: Detections,
        warp: Warp | None = None,
        embeddings: Embeddings | None = None,
        dt: int = 1,
    ) -> Tracks:
        """Take in what the cells say of one frame.

        Arguments, tracks and errors as of :class:`~neuromorph_track.association.interface.Tracker`. The box
        and the score of a track are the vote of its anchors, ``detection`` is the one that overlaps it most.
        ``warp`` is not looked at with the motion ``flow``, which sees the camera's motion too.
        """
        check_input(detections, warp, embeddings, dt)
        check_candidates(detections)
        self._bank.check(embeddings)
        stages = self.stages
        stages.begin(
            detections.xyxy,
            detections.score,
            detections.class_id,
            detections.anchor,
            detections.suppressed,
            embeddings,
        )
        # What is refused in the middle of a frame, such as too many overlaps, must change nothing.
        before = self._tracks, self._bank, self._next_id
        self._tracks, self._bank = self._tracks.copy(), self._bank.copy()
        try:
            return self._follow(detections, warp, embeddings, dt)
        except InputError:
            self._tracks, self._bank, self._next_id = before
            raise

    def _follow(
        self, detections: Detections, warp: Warp | None, embeddings: Embeddings | None, dt: int
    ) -> Tracks:
        stages = self.stages
        active = np.flatnonzero(self._tracks.unseen == 0)
        expected = expect(self._tracks, active, self.settings, self.shifts, warp, dt)
        self._tracks.unseen += dt
        self._tracks.detection[:] = -1
        stages.end("predict")
        votes = poll(expected, self._tracks.class_id[active], detections, self.settings)
        stages.end("match")
        self._redetect(active, votes, detections, embeddings)
        stages.end("correct")
        self._drop()
        stages.end("drop")
        self._begin(detections, embeddings)
        stages.end("begin")
        tracks = self._report()
        stages.end("report")
        return tracks

    def state_dict(self) -> dict[str, Any]:
        """What :meth:`load_state_dict` needs to go on from here: arrays and a number."""
        return {**self._tracks.to_arrays(), **self._bank.to_arrays(), "next_id": self._next_id}

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Go on where :meth:`state_dict` was taken; neither settings nor what ``shifts`` saw are part of it.

        Raises
        ------
        InputError
            When something is missing or has another shape; the tracker is then as before.
        """
        if np.size(state.get("next_id", ())) != 1:
            raise InputError("tracker state", "next_id", repr(state.get("next_id")), "one number")
        tracks = cast(Tracklets, Tracklets.from_arrays(state))
        bank = EmbeddingBank.from_arrays(state, len(tracks))
        self._tracks, self._bank, self._next_id = tracks, bank, int(state["next_id"])

    def _redetect(
        self, active: Indices, votes: Votes, detections: Detections, embeddings: Embeddings | None
    ) -> None:
        """Move tracklets to where their anchors see them; those that are not seen, or double, end."""
        tracks, settings = self._tracks, self.settings
        score = votes.mean(detections.score, len(active)).astype(np.float32)
        box = votes.mean(detections.xyxy, len(active)).astype(np.float32)
        leader = votes.leader(len(active))
        seen = np.flatnonzero((leader >= 0) & (score >= settings.active_score))
        seen = seen[surviving(box[seen], score[seen], tracks.class_id[active[seen]], settings.track_nms)]
        at = active[seen]
        tracks.box[at], tracks.score[at], tracks.detection[at] = box[seen], score[seen], leader[seen]
        tracks.unseen[at] = 0
        tracks.hits[at] += 1
        if settings.motion == "kalman":
            kalman.correct(tracks.moments, at, box[seen], score[seen], settings.noise)
        if embeddings is not None:
            looks = votes.mean(embeddings, len(active))[seen]
            self._bank.take(at, _unit(looks))

    def _begin(self, detections: Detections, embeddings: Embeddings | None) -> None:
        """Start a tracklet at each sure detection that none follows: a new track, or more of an old one."""
        tracks, settings = self._tracks, self.settings
        sure = detections.score >= settings.new_track_score
        if detections.suppressed is not None:
            sure &= ~detections.suppressed
        chosen = np.flatnonzero(sure & ~self._followed(detections, sure))
        looks = (
            np.zeros((len(chosen), 0)) if embeddings is None else _unit(embeddings[chosen].astype(np.float64))
        )
        class_id = detections.class_id[chosen]
        waiting, gate = tracks.unseen > 0, settings.link_distance
        old, new = self._bank.link(waiting, tracks.class_id, looks, class_id, gate)
        at = np.full(len(chosen), -1)
        at[new] = old
        fresh = np.flatnonzero(at < 0)
        at[fresh] = len(tracks) + np.arange(len(fresh))
        self._append(class_id[fresh])
        tracks.box[at] = detections.xyxy[chosen]
        tracks.moments[:, at] = kalman.initiate(detections.xyxy[chosen], settings.noise)
        tracks.score[at], tracks.detection[at] = detections.score[chosen], chosen
        tracks.unseen[at] = 0
        tracks.hits[at] += 1
        if embeddings is not None:
            self._bank.take(at, looks)

    def _followed(self, detections: Detections, sure: Mask) -> Mask:
        """Which of the ``sure`` detections overlap a tracklet of their class, (M,)."""
        tracks, candidates = self._tracks, np.flatnonzero(sure)
        active = np.flatnonzero(tracks.unseen == 0)
        boxes, xyxy = tracks.box[active], detections.xyxy[candidates]
        classes = tracks.class_id[active], detections.class_id[candidates]
        _, column, overlap = same_class_pairs(boxes, classes[0], xyxy, classes[1])
        near = overlap >= self.settings.new_track_iou
        followed = np.zeros(len(sure), bool)
        followed[candidates[column[near]]] = True
        return followed

    def _append(self, class_id: Indices) -> None:
        """Rows for new tracks, filled by the caller."""
        count = len(class_id)
        blank = np.zeros(count, np.int64)
        self._tracks.append(
            Tracklets(
                moments=np.zeros((5, count, 4)),
                track_id=self._next_id + np.arange(count),
                class_id=class_id,
                score=np.zeros(count, np.float32),
                hits=blank,
                unseen=blank,
                detection=blank,
                confirmed=np.ones(count, bool),
                box=np.zeros((count, 4), np.float32),
            )
        )
        self._bank.append(count)
        self._next_id += count

    def _drop(self) -> None:
        """Forget tracks that waited too long for a tracklet, and at once those that none can continue."""
        tracks, settings = self._tracks, self.settings
        waits = (self._bank.taken > 0) & (tracks.unseen <= settings.remember) & (settings.link_distance > 0)
        kept = (tracks.unseen == 0) | waits
        tracks.keep(kept)
        self._bank.keep(kept)

    def _report(self) -> Tracks:
        tracks = self._tracks
        shown = np.flatnonzero(tracks.unseen == 0)
        return Tracks(
            xyxy=tracks.box[shown],
            score=tracks.score[shown],
            class_id=tracks.class_id[shown],
            track_id=tracks.track_id[shown],
            detection=tracks.detection[shown],
        )


def _unit(vectors: NDArray[np.float64]) -> NDArray[np.float64]:
    """Vectors (N, E) at length 1; those of zeros stay."""
    length = np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.divide(vectors, length, out=np.zeros_like(vectors), where=length > 0)
