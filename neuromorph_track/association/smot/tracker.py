"""A track is found again by the anchors around the place where it is expected."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from neuromorph_track.association import kalman
from neuromorph_track.association.frame_tracker import FrameTracker
from neuromorph_track.association.interface import Embeddings, Warp
from neuromorph_track.association.smot.bank import EmbeddingBank
from neuromorph_track.association.smot.motion import Shifts, expect
from neuromorph_track.association.smot.redetection import Votes, poll
from neuromorph_track.association.smot.settings import SmotSettings
from neuromorph_track.association.smot.tracklets import Tracklets, unfollowed
from neuromorph_track.association.stages import Stages
from neuromorph_track.association.state import counter, require_identities
from neuromorph_track.association.suppression import best_of_rivals
from neuromorph_track.data.detections import Detections, Tracks
from neuromorph_track.errors import InputError

Indices = NDArray[np.int64]


class SmotTracker(FrameTracker):
    """Tracker by re-detection after SMOT (Li et al., 2020, arXiv 2010.16031), with its online linking.

    Give it what every cell of the detector says (``HeadDecoder(..., every_cell=True)``). Plain detections do
    too: their boxes then stand for anchors. The box and the score of a track are the vote of its anchors,
    ``detection`` is the one that overlaps it most. ``warp`` is not looked at with the motion ``flow``, which
    sees the camera's motion too.

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

    _kept = ("_tracks", "_bank", "_next_id")

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

    def _check(self, embeddings: Embeddings | None) -> None:
        self._bank.check(embeddings)

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
            When something is missing, has another shape or cannot be; the tracker is then as before.
        """
        next_id = counter(state, "next_id")
        tracks = cast(Tracklets, Tracklets.from_arrays(state))
        require_identities(tracks.track_id, next_id)
        bank = EmbeddingBank.from_arrays(state, len(tracks))
        self._tracks, self._bank, self._next_id = tracks, bank, next_id

    def _redetect(
        self, active: Indices, votes: Votes, detections: Detections, embeddings: Embeddings | None
    ) -> None:
        """Move tracklets to where their anchors see them; those that are not seen, or double, end."""
        tracks, settings = self._tracks, self.settings
        score = votes.mean(detections.score, len(active)).astype(np.float32)
        box = votes.mean(detections.xyxy, len(active)).astype(np.float32)
        leader = votes.leader(len(active))
        seen = np.flatnonzero((leader >= 0) & (score >= settings.active_score))
        seen = seen[best_of_rivals(box[seen], score[seen], tracks.class_id[active[seen]], settings.track_nms)]
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
        chosen = unfollowed(detections, tracks, settings)
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
        tracks.append(Tracklets.blank(self._next_id, class_id[fresh]))
        self._bank.append(len(fresh))
        self._next_id += len(fresh)
        tracks.box[at] = detections.xyxy[chosen]
        tracks.moments[:, at] = kalman.initiate(detections.xyxy[chosen], settings.noise)
        tracks.score[at], tracks.detection[at] = detections.score[chosen], chosen
        tracks.unseen[at] = 0
        tracks.hits[at] += 1
        if embeddings is not None:
            self._bank.take(at, looks)

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
