"""A sequence of detections through a tracker, frame by frame."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from neuromorph_track.association.interface import Tracker
from neuromorph_track.data.camera_motion import CameraMotion
from neuromorph_track.data.detection_files import SequenceDetections
from neuromorph_track.data.detections import Tracks
from neuromorph_track.errors import InputError, JobError

Gaps = Literal["empty", "skipped"]


@dataclass
class TrackCounts:
    """Numbers of the tracks that a tracker gave, boxes of tracks, and seconds in the tracker."""

    tracks: set[int]
    rows: int = 0
    seconds: float = 0.0


def track_detections(
    tracker: Tracker,
    detections: SequenceDetections,
    take: Callable[[int, Tracks], None],
    camera: CameraMotion | None = None,
    gaps: Gaps = "empty",
) -> TrackCounts:
    """Put a sequence through a tracker, frame by frame.

    Parameters
    ----------
    tracker : Tracker
        A new one.
    detections : SequenceDetections
    take : callable
        Takes each frame, from 1, and its tracks.
    camera : CameraMotion, optional
    gaps : str
        A frame without a box is ``empty`` (the detector found nothing) or ``skipped`` (it did not look).

    Raises
    ------
    InputError
        Naming sequence and frame that a tracker refuses.
    JobError
        When there is not enough memory.
    """
    counts, last = TrackCounts(set()), 0
    for frame, boxes in detections.by_frame():
        if gaps == "skipped" and not len(boxes):
            continue
        warp = camera.between(last, frame) if camera else None
        begun = time.perf_counter()
        try:
            tracks = tracker.update(boxes, warp=warp, dt=frame - last if last else 1)
        except InputError as error:
            where = f"{detections.name}, frame {frame}"
            raise InputError(where, f"{error.source} {error.field}", error.found, error.expected) from error
        except MemoryError:
            raise JobError(f"{detections.name}: frame {frame}: no memory for {len(boxes):,} boxes") from None
        counts.seconds += time.perf_counter() - begun
        counts.rows += len(tracks)
        counts.tracks.update(tracks.track_id.tolist())
        take(frame, tracks)
        last = frame
    return counts
