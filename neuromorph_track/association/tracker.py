"""Boxes to tracks in two stages: sure detections first, unsure ones with what is left."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from neuromorph_track.association import kalman
from neuromorph_track.association.matching import Matching
from neuromorph_track.association.overlap import iou, overlapping_pairs
from neuromorph_track.association.settings import TwoStageSettings
from neuromorph_track.association.table import TrackTable
from neuromorph_track.data.detections import Detections, Tracks
from neuromorph_track.errors import InputError


class TwoStageTracker:
    """Multi-object tracker after ByteTrack (Zhang et al., ECCV 2022).

    With centre, width and height as its motion state, measurement noise by score, and HMIoU as
    the overlap of the first stage. Classes never mix. The same detections always give the same tracks.

    Parameters
    ----------
    settings : TwoStageSettings, optional
    """

    def __init__(self, settings: TwoStageSettings | None = None) -> None:
        self.settings = settings or TwoStageSettings()
        self.reset()

    def reset(self) -> None:
        """Forget everything: the next frame is the first of a new sequence, identities begin at 1."""
        self._tracks = TrackTable.empty()
        self._next_id = 1
        self._started = False

    def update(self, detections: Detections, dt: int = 1) -> Tracks:
        """Take in the boxes of one frame.

        Parameters
        ----------
        detections : Detections
            The boxes of the frame, scores between 0 and 1.
        dt : int
            Frames since the last call: more than 1 where frames were left out.

        Returns
        -------
        Tracks
            The confirmed tracks that took a detection of this frame, by identity: the filtered box,
            the score of the detection.

        Raises
        ------
        InputError
            When a box is not finite, a score is not between 0 and 1, or ``dt`` is below 1.
        """
        _check(detections, dt)
        self._predict(dt)
        free = self._match(detections)
        self._begin(detections, free)
        self._drop()
        self._started = True
        return self._report()

    def state_dict(self) -> dict[str, Any]:
        """What :meth:`load_state_dict` needs to go on from here: arrays, a number, a truth value."""
        return {**self._tracks.to_arrays(), "next_id": self._next_id, "started": self._started}

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Go on where :meth:`state_dict` was taken; the settings are not part of it.

        Raises
        ------
        InputError
            When something is missing or has another shape; the tracker is then as before.
        """
        for name in ("next_id", "started"):
            if np.size(state.get(name, ())) != 1:
                raise InputError("tracker state", name, repr(state.get(name)), "one number")
        self._tracks = TrackTable.from_arrays(state)
        self._next_id, self._started = int(state["next_id"]), bool(state["started"])

    def _predict(self, dt: int) -> None:
        tracks = self._tracks
        # A track that is not seen keeps its size: an error in its growth would run away.
        tracks.moments[1, tracks.unseen > 0, 2:] = 0
        kalman.predict(tracks.moments, self.settings.noise, dt)
        tracks.unseen += dt

    def _match(self, detections: Detections) -> NDArray[np.bool_]:
        """Give tracks their detections; return which detections are still free, (M,)."""
        tracks, settings = self._tracks, self.settings
        high = detections.score >= settings.high_score
        low = (detections.score >= settings.low_score) & ~high
        seen_before = tracks.detection >= 0

        matching = Matching(tracks.boxes(), tracks.class_id, detections)
        matching.stage(tracks.confirmed, high, 1 - matching.hmiou * matching.score, settings.high_gate)
        matching.stage(tracks.confirmed & seen_before, low, 1 - matching.iou, settings.low_gate)
        matching.stage(~tracks.confirmed, high, 1 - matching.iou * matching.score, settings.tentative_gate)

        tracks.detection = matching.taken
        matched = np.flatnonzero(matching.taken >= 0)
        chosen = matching.taken[matched]
        score = detections.score[chosen]
        kalman.correct(tracks.moments, matched, detections.xyxy[chosen], score, settings.noise)
        tracks.score[matched] = score
        tracks.unseen[matched] = 0
        tracks.hits[matched] += 1
        tracks.confirmed |= tracks.hits >= settings.confirm_after
        return matching.free

    def _begin(self, detections: Detections, free: NDArray[np.bool_]) -> None:
        """Start a track at each sure detection that no track took."""
        settings = self.settings
        chosen = np.flatnonzero(free & (detections.score >= settings.new_track_score))
        if not len(chosen):
            return
        at_once = settings.confirm_after == 1 or not self._started
        self._tracks.append(
            TrackTable(
                moments=kalman.initiate(detections.xyxy[chosen], settings.noise),
                track_id=self._next_id + np.arange(len(chosen)),
                class_id=detections.class_id[chosen],
                score=detections.score[chosen],
                hits=np.ones(len(chosen), np.int64),
                unseen=np.zeros(len(chosen), np.int64),
                detection=chosen,
                confirmed=np.full(len(chosen), at_once),
            )
        )
        self._next_id += len(chosen)

    def _drop(self) -> None:
        """Remove tracks that failed their trial, were lost too long, or follow the object of another."""
        tracks, settings = self._tracks, self.settings
        seen = tracks.detection >= 0
        tracks.keep(seen | (tracks.confirmed & (tracks.unseen <= settings.max_lost)))

        seen = tracks.detection >= 0
        boxes = tracks.boxes()
        current, lost = np.flatnonzero(seen), np.flatnonzero(~seen)
        row, column = overlapping_pairs(boxes[current], boxes[lost])
        row, column = current[row], lost[column]
        same = tracks.class_id[row] == tracks.class_id[column]
        double = same & (iou(boxes[row], boxes[column]) > settings.duplicate_iou)
        younger = np.maximum(row, column)[double]
        kept = np.ones(len(tracks), bool)
        kept[younger] = False
        tracks.keep(kept)

    def _report(self) -> Tracks:
        tracks = self._tracks
        shown = np.flatnonzero(tracks.confirmed & (tracks.detection >= 0))
        return Tracks(
            xyxy=kalman.boxes(tracks.moments[:, shown]),
            score=tracks.score[shown],
            class_id=tracks.class_id[shown],
            track_id=tracks.track_id[shown],
            detection=tracks.detection[shown],
        )


def _check(detections: Detections, dt: int) -> None:
    if dt < 1:
        raise InputError("tracker", "dt", str(dt), "1 frame or more")
    if not np.isfinite(detections.xyxy).all():
        raise InputError("detections", "xyxy", "a value that is not finite", "finite pixels")
    score = detections.score
    if not ((score >= 0) & (score <= 1)).all():
        raise InputError("detections", "score", f"{score.min()} to {score.max()}", "0 to 1")
