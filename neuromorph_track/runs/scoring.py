"""Scenes and what was found in them, in the form that the evaluation takes."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from neuromorph_track.data.detections import Detections, Tracks
from neuromorph_track.data.motchallenge import MotBoxes
from neuromorph_track.data.scenes import Scene


def truth_boxes(scene: Scene) -> MotBoxes:
    """The exact truth of a scene; frames and classes from 1, score 0 for ignored objects."""
    truths = [truth for _, truth in scene]
    return MotBoxes(
        frame=_frame_numbers([len(truth) for truth in truths]),
        track_id=np.concatenate([truth.track_id for truth in truths]),
        xyxy=np.concatenate([truth.xyxy for truth in truths]),
        score=1 - np.concatenate([truth.ignored for truth in truths]).astype(np.float32),
        class_id=np.concatenate([truth.class_id for truth in truths]) + 1,
        visibility=np.concatenate([truth.visibility for truth in truths]),
    )


def found_boxes(found: Sequence[Detections]) -> MotBoxes:
    """Detections of consecutive frames; frames and classes from 1, no identities."""
    frame = _frame_numbers([len(detections) for detections in found])
    return MotBoxes(
        frame=frame,
        track_id=np.full(len(frame), -1, np.int64),
        xyxy=np.concatenate([detections.xyxy for detections in found]),
        score=np.concatenate([detections.score for detections in found]),
        class_id=np.concatenate([detections.class_id for detections in found]) + 1,
        visibility=np.ones(len(frame), np.float32),
    )


def track_boxes(tracks: Sequence[Tracks]) -> MotBoxes:
    """Tracks of consecutive frames; frames and classes from 1."""
    frame = _frame_numbers([len(each) for each in tracks])
    return MotBoxes(
        frame=frame,
        track_id=np.concatenate([each.track_id for each in tracks]),
        xyxy=np.concatenate([each.xyxy for each in tracks]),
        score=np.concatenate([each.score for each in tracks]),
        class_id=np.concatenate([each.class_id for each in tracks]) + 1,
        visibility=np.ones(len(frame), np.float32),
    )


def _frame_numbers(counts: Sequence[int]) -> np.ndarray:
    return np.repeat(np.arange(1, len(counts) + 1), counts)
