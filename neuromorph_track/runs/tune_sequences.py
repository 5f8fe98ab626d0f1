"""The sequences that a search may look at, and those it may not; nothing is in both."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from neuromorph_track.association.modes import make_tracker
from neuromorph_track.data.camera_motion import CameraMotion, read_camera_motion
from neuromorph_track.data.content_digest import content_digest, frame_digests
from neuromorph_track.data.detection_files import SequenceDetections, load_detections
from neuromorph_track.data.detection_sources import SequenceSource, find_detections
from neuromorph_track.data.detections import Tracks
from neuromorph_track.data.motchallenge import MotBoxes
from neuromorph_track.errors import InputError
from neuromorph_track.evaluation import PROTOCOLS, EvaluationSequence, find_truth, load_truth, protocol_for
from neuromorph_track.evaluation.folders import KITTI_LABELS, TRUTH_PLACES
from neuromorph_track.files import file_sha256
from neuromorph_track.runs.camera_files import camera_file
from neuromorph_track.runs.track_detections import Gaps, track_detections
from neuromorph_track.runs.tracker_file import KnownSequence, Role
from neuromorph_track.runs.tune_summary import TuneOptions

# What results files hold: hundredths of a pixel.
DECIMALS = 2
# From so many equal frames two files are pieces of one video; made-up scenes may begin alike.
SHARED_FRAMES = 5


@dataclass(frozen=True)
class TuningSequence:
    """A sequence with detections and truth.

    Attributes
    ----------
    detections : SequenceDetections
    truth : EvaluationSequence
        Without results yet.
    content, truth_content : str
        Digests of the boxes of each.
    frames : frozenset of str
        Digests of single frames of each.
    camera : CameraMotion or None
    camera_sha256 : str
        Of its file; empty without.
    gaps : str
        What a frame without a detection is, as for ``associate``.
    """

    detections: SequenceDetections
    truth: EvaluationSequence
    content: str
    truth_content: str
    frames: frozenset[str]
    camera: CameraMotion | None = None
    camera_sha256: str = ""
    gaps: Gaps = "empty"

    @property
    def name(self) -> str:
        return self.detections.name

    def known_as(self, role: Role) -> KnownSequence:
        """For the file of settings."""
        return KnownSequence(self.name, role, self.content, self.truth_content)

    def tracked(self, mode: str, settings: Any) -> EvaluationSequence:
        """The sequence with the results of a tracker, to the digits that results files hold."""
        found: list[tuple[int, Tracks]] = []
        tracker = make_tracker(mode, settings)

        def take(frame: int, tracks: Tracks) -> None:
            found.append((frame, tracks))

        track_detections(tracker, self.detections, take, self.camera, self.gaps)
        return EvaluationSequence(
            self.name, self.truth.truth, _results(found), self.truth.frames, self.truth.protocol
        )


def load_tuning_sequences(
    places: Iterable[str | os.PathLike[str]], options: TuneOptions
) -> tuple[TuningSequence, ...]:
    """Read sequences, from places as for ``associate``.

    Raises
    ------
    InputError
        Also when there is no truth for a sequence.
    """
    sources = find_detections([Path(place) for place in places], options.form, options.type_name)
    names = [source.name for source in sources]
    given = find_truth(Path(options.truth), names) if options.truth is not None else {}
    return tuple(_load(source, given.get(source.name) or _beside(source), options) for source in sources)


def require_apart(train: Sequence[TuningSequence], test: Sequence[TuningSequence]) -> None:
    """Refuse a sequence that is in both, by its name, or by its boxes, all or some, under another name.

    Raises
    ------
    InputError
    """
    for held in test:
        for seen in train:
            if held.name == seen.name:
                raise InputError("tune", "test", f"{held.name}, which is in train too", "other sequences")
            if seen.known_as("train").shares(held.content, held.truth_content):
                found = f"{held.name}, which has the boxes of {seen.name} in train"
                raise InputError("tune", "test", found, "other sequences")
            if len(held.frames & seen.frames) >= SHARED_FRAMES:
                found = f"{held.name}, which has frames of {seen.name} in train"
                raise InputError("tune", "test", found, "other sequences")


def _load(source: SequenceSource, truth: Path, options: TuneOptions) -> TuningSequence:
    detections = load_detections(source, options.scores)
    boxes, length = load_truth(truth, source.name)
    frames = max(length or 0, detections.frames, int(boxes.frame.max(initial=1)))
    rules = PROTOCOLS["kitti"] if source.is_kitti else protocol_for(source.name)
    nothing = boxes[:0]
    sequence = EvaluationSequence(source.name, boxes, nothing, frames, rules)
    camera = camera_file(source, options.warp, alone=False)
    return TuningSequence(
        detections,
        sequence,
        content_digest(detections.boxes),
        content_digest(boxes),
        frame_digests(detections.boxes) | frame_digests(boxes),
        read_camera_motion(camera) if camera else None,
        file_sha256(camera) if camera else "",
        options.gaps,
    )


def _beside(source: SequenceSource) -> Path:
    """The truth in the folder of a sequence, or in KITTI's folder of labels."""
    folder = source.folder
    places = [folder.parent / KITTI_LABELS / f"{source.name}.txt"] if source.is_kitti else []
    places += [folder / place for place in TRUTH_PLACES]
    found = next((place for place in places if place.is_file()), None)
    if found is None:
        raise InputError(folder, f"truth of {source.name}", "nothing", "gt/gt.txt or gt.txt there, or --gt")
    return found


def _results(found: list[tuple[int, Tracks]]) -> MotBoxes:
    counts = [len(tracks) for _, tracks in found]
    corners = np.concatenate([np.zeros((0, 4)), *(tracks.xyxy for _, tracks in found)])
    near, size = np.round(corners[:, :2], DECIMALS), np.round(corners[:, 2:] - corners[:, :2], DECIMALS)
    none = np.zeros(0, np.int64)
    return MotBoxes(
        frame=np.repeat([frame for frame, _ in found], counts).astype(np.int64),
        track_id=np.concatenate([none, *(tracks.track_id for _, tracks in found)]),
        xyxy=np.concatenate([near, near + size], axis=1),
        score=np.concatenate([np.zeros(0), *(tracks.score for _, tracks in found)]),
        class_id=np.concatenate([none, *(tracks.class_id for _, tracks in found)]),
        visibility=np.ones(sum(counts)),
    )
