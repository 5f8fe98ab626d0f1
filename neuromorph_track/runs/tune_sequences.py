"""The sequences that a search may look at, and those it may not; nothing is in both."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from neuromorph_track.association.modes import make_tracker
from neuromorph_track.data.content_digest import content_digest
from neuromorph_track.data.detection_files import Scores, SequenceDetections, load_detections
from neuromorph_track.data.detection_sources import Form, SequenceSource, find_detections
from neuromorph_track.data.detections import Tracks
from neuromorph_track.data.motchallenge import MotBoxes
from neuromorph_track.errors import InputError
from neuromorph_track.evaluation import PROTOCOLS, EvaluationSequence, find_truth, load_truth, protocol_for
from neuromorph_track.evaluation.folders import KITTI_LABELS, TRUTH_PLACES
from neuromorph_track.runs.track_detections import track_detections
from neuromorph_track.runs.tracker_file import KnownSequence, Role

# What results files hold: hundredths of a pixel.
DECIMALS = 2


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
    """

    detections: SequenceDetections
    truth: EvaluationSequence
    content: str
    truth_content: str

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
        track_detections(tracker, self.detections, lambda frame, tracks: found.append((frame, tracks)))
        return EvaluationSequence(
            self.name, self.truth.truth, _results(found), self.truth.frames, self.truth.protocol
        )


def load_tuning_sequences(
    places: Iterable[str | os.PathLike[str]],
    truth: str | os.PathLike[str] | None = None,
    form: Form | None = None,
    type_name: str | None = None,
    scores: Scores = "given",
) -> tuple[TuningSequence, ...]:
    """Read sequences.

    Parameters
    ----------
    places, form, type_name, scores
        As for ``associate``.
    truth : path, optional
        Folder of truth, as for ``eval``; without it the truth is looked for beside the detections.

    Raises
    ------
    InputError
        Also when there is no truth for a sequence.
    """
    sources = find_detections([Path(place) for place in places], form, type_name)
    given = find_truth(Path(truth), [source.name for source in sources]) if truth is not None else {}
    return tuple(_load(source, given.get(source.name) or _beside(source), scores) for source in sources)


def require_apart(train: Sequence[TuningSequence], test: Sequence[TuningSequence]) -> None:
    """Refuse a sequence that is in both, by its name, or by its boxes under another name.

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


def _load(source: SequenceSource, truth: Path, scores: Scores) -> TuningSequence:
    detections = load_detections(source, scores)
    boxes, length = load_truth(truth, source.name)
    frames = max(length or 0, detections.frames, int(boxes.frame.max(initial=1)))
    rules = PROTOCOLS["kitti"] if source.is_kitti else protocol_for(source.name)
    nothing = boxes[:0]
    sequence = EvaluationSequence(source.name, boxes, nothing, frames, rules)
    return TuningSequence(detections, sequence, content_digest(detections.boxes), content_digest(boxes))


def _beside(source: SequenceSource) -> Path:
    """The truth in the folder of a sequence, or in KITTI's folder of labels."""
    path = source.files[0].path.resolve()
    folder = path.parent.parent if path.parent.name == "det" else path.parent
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
