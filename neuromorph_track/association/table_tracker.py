"""What the trackers by boxes share: a table of tracks, a clock, and the order of a frame."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping
from typing import Any, Generic, TypeVar, cast

import numpy as np
from numpy.typing import NDArray

from neuromorph_track.association.camera import FEWEST_PAIRS, camera_motion
from neuromorph_track.association.frame_tracker import FrameTracker
from neuromorph_track.association.interface import Embeddings, Warp
from neuromorph_track.association.kalman import Moments, to_centre
from neuromorph_track.association.scores import of_score
from neuromorph_track.association.stages import Stages
from neuromorph_track.association.state import counter, require_identities
from neuromorph_track.association.table import TrackTable
from neuromorph_track.data.detections import Detections, Tracks

Table = TypeVar("Table", bound=TrackTable)
Indices = NDArray[np.int64]
Mask = NDArray[np.bool_]

COUNTERS = ("next_id", "frame", "calls")


class TableTracker(FrameTracker, Generic[Table]):
    """A :class:`~neuromorph_track.association.interface.Tracker` whose tracks are the rows of a table.

    A mode says how tracks move, which detection each takes, what it learns from it, where tracks begin and
    end, and which are shown; this class calls these in turn and keeps the columns that all modes have.
    """

    _kept = ("_tracks", "_next_id", "_frame", "_calls")

    def __init__(self, table: type[Table]) -> None:
        self._table = table
        self.reset()

    def reset(self) -> None:
        """Forget everything: the next frame is the first of a new sequence, identities begin at 1."""
        self._tracks = cast(Table, self._table.empty())
        self._next_id = 1
        # Frames since the start, those that were left out included, and calls of update.
        self._frame = self._calls = 0
        self.stages = Stages()

    def _follow(
        self, detections: Detections, warp: Warp | None, embeddings: Embeddings | None, dt: int
    ) -> Tracks:
        stages = self.stages
        self._frame += dt
        self._calls += 1
        self._predict(dt)
        self._tracks.unseen += dt
        stages.end("predict")
        self._move_camera(detections, warp)
        stages.end("camera")
        taken, free = self._match(detections, embeddings, dt)
        stages.end("match")
        self._take(detections, embeddings, taken, dt)
        stages.end("correct")
        self._begin(detections, embeddings, np.flatnonzero(free))
        stages.end("begin")
        self._drop()
        stages.end("drop")
        tracks = self._report()
        stages.end("report")
        return tracks

    def state_dict(self) -> dict[str, Any]:
        """What :meth:`load_state_dict` needs to go on from here: arrays and numbers."""
        counters = {name: getattr(self, f"_{name}") for name in COUNTERS}
        return {**self._tracks.to_arrays(), **counters}

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Go on where :meth:`state_dict` was taken; the settings are not part of it.

        Raises
        ------
        InputError
            When something is missing, has another shape or cannot be; the tracker is then as before.
        """
        counters = [counter(state, name) for name in COUNTERS]
        tracks = cast(Table, self._table.from_arrays(state))
        require_identities(tracks.track_id, counters[0])
        self._tracks = tracks
        self._next_id, self._frame, self._calls = counters

    @abstractmethod
    def _predict(self, dt: int) -> None:
        """Move all tracks on."""

    @abstractmethod
    def _move_camera(self, detections: Detections, warp: Warp | None) -> None:
        """Take all tracks along with the camera."""

    @abstractmethod
    def _match(self, detections: Detections, embeddings: Embeddings | None, dt: int) -> tuple[Indices, Mask]:
        """The detection each track takes, (N,), -1 where none; and which may begin a track, (M,)."""

    @abstractmethod
    def _correct(
        self,
        matched: Indices,
        chosen: Indices,
        detections: Detections,
        embeddings: Embeddings | None,
        dt: int,
    ) -> None:
        """Let the ``matched`` tracks learn from the ``chosen`` detections; other columns are as before."""

    @abstractmethod
    def _begin(self, detections: Detections, embeddings: Embeddings | None, free: Indices) -> None:
        """Start tracks at some of the detections that are ``free``."""

    @abstractmethod
    def _drop(self) -> None:
        """Remove the tracks that are at an end."""

    @abstractmethod
    def _shown(self) -> Mask:
        """Which of the tracks seen in this frame are known, (N,)."""

    @abstractmethod
    def _boxes(self, tracks: Indices) -> NDArray[np.float32]:
        """The boxes of these tracks as they are reported."""

    def _take(self, detections: Detections, embeddings: Embeddings | None, taken: Indices, dt: int) -> None:
        tracks = self._tracks
        matched = np.flatnonzero(taken >= 0)
        chosen = taken[matched]
        self._correct(matched, chosen, detections, embeddings, dt)
        tracks.detection = taken
        tracks.score[matched] = detections.score[chosen]
        tracks.unseen[matched] = 0
        tracks.hits[matched] += 1

    def _newcomers(
        self, detections: Detections, chosen: Indices, moments: Moments, confirmed: bool
    ) -> dict[str, Any]:
        """The columns that all modes have, of tracks that begin at the ``chosen`` detections."""
        count = len(chosen)
        first = self._next_id
        self._next_id += count
        return {
            "moments": moments,
            "track_id": first + np.arange(count),
            "class_id": detections.class_id[chosen],
            "score": detections.score[chosen],
            "hits": np.ones(count, np.int64),
            "unseen": np.zeros(count, np.int64),
            "detection": chosen,
            "confirmed": np.full(count, confirmed),
        }

    def _motion_of_boxes(self, detections: Detections, high_score: float, chance: float) -> Warp | None:
        """The camera's motion, from known tracks seen in the frame before and sure detections.

        For modes whose state begins with centre, width and height.
        """
        tracks = self._tracks
        if min(len(tracks), len(detections)) < FEWEST_PAIRS:
            return None
        steady = tracks.confirmed & (tracks.detection >= 0)
        found = to_centre(detections.xyxy[of_score(detections, high_score)])
        return camera_motion(tracks.moments[0, steady], found, chance)

    def _report(self) -> Tracks:
        tracks = self._tracks
        shown = np.flatnonzero((tracks.detection >= 0) & self._shown())
        return Tracks(
            xyxy=self._boxes(shown),
            score=tracks.score[shown],
            class_id=tracks.class_id[shown],
            track_id=tracks.track_id[shown],
            detection=tracks.detection[shown],
        )
