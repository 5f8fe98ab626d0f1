"""Real sequences with detections and truth, and some whose detections are made from the truth."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from neuromorph_track.association.overlap import iou_matrix
from neuromorph_track.data.detection_files import LeftOut, SequenceDetections, load_detections
from neuromorph_track.data.detection_sources import find_detections
from neuromorph_track.data.kitti import TYPES
from neuromorph_track.data.motchallenge import MotBoxes
from neuromorph_track.evaluation import PROTOCOLS, EvaluationSequence, Protocol, protocol_for
from neuromorph_track.evaluation.folders import load_truth
from neuromorph_track.evaluation.sequences import by_frame

LOWEST_SCORE = 0.1
MOT15 = ("ADL-Rundle-6", "ETH-Sunnyday", "KITTI-17", "PETS09-S2L1", "TUD-Campus")


@dataclass(frozen=True)
class Case:
    """A sequence of a benchmark.

    Attributes
    ----------
    group : str
        Sequences that are scored together.
    detections : SequenceDetections
        Scores of 0.1 and more.
    truth : MotBoxes
    protocol : Protocol
    """

    group: str
    detections: SequenceDetections
    truth: MotBoxes
    protocol: Protocol

    @property
    def name(self) -> str:
        return self.detections.name

    def scored(self, frame: np.ndarray, identity: np.ndarray, xyxy: np.ndarray) -> EvaluationSequence:
        """The sequence with these tracks, (T,), (T,), (T, 4)."""
        class_id = self.detections.boxes.class_id[0] if len(self.detections.boxes) else 1
        results = MotBoxes(
            frame=frame.astype(np.int64),
            track_id=identity.astype(np.int64),
            xyxy=xyxy.astype(np.float32),
            score=np.ones(len(frame), np.float32),
            class_id=np.full(len(frame), class_id),
            visibility=np.ones(len(frame), np.float32),
        )
        return EvaluationSequence(self.name, self.truth, results, self.detections.frames, self.protocol)


def all_cases(data: Path) -> list[Case]:
    """Those of ``data``, a folder with ``mot_text`` and ``mot`` as the tests have it beside the checkout."""
    text = data / "mot_text"
    mot17 = [_mot("MOT17 half-val", folder) for folder in sorted(text.glob("MOT17-*"))]
    kitti = [case for kind in ("Car", "Pedestrian") for case in _kitti(text / "KITTI", kind)]
    folders = [folder for name in MOT15 for folder in (text / name, data / "mot" / name) if folder.is_dir()]
    mot15 = [_mot("MOT15", folder) for folder in folders]
    dance = [_from_truth("DanceTrack, made", folder) for folder in sorted(text.glob("DanceTrack/*"))]
    bees = [_from_truth("BEE24, made", folder) for folder in sorted(text.glob("BEE24/*"))]
    return [*mot17, *kitti, *mot15, *dance, *bees]


def _mot(group: str, folder: Path) -> Case:
    (source,) = find_detections([folder])
    truth, _ = load_truth(folder / "gt.txt", folder.name)
    return Case(group, _sure(load_detections(source)), truth, protocol_for(folder.name))


def _kitti(folder: Path, kind: str) -> list[Case]:
    cases = []
    for source in find_detections([folder / f"det_rrc_{kind}"], type_name=kind):
        truth, _ = load_truth(folder / "label_02" / f"{source.name}.txt", source.name)
        rules = PROTOCOLS["kitti"]
        truth = rules.of_class(truth, TYPES[kind])
        cases.append(Case(f"KITTI {kind.lower()}", _sure(load_detections(source)), truth, rules))
    return cases


def _sure(detections: SequenceDetections) -> SequenceDetections:
    kept = detections.boxes[detections.boxes.score >= LOWEST_SCORE]
    return SequenceDetections(
        detections.name, kept, detections.frames, detections.left_out, detections.fps, detections.size
    )


def _from_truth(group: str, folder: Path) -> Case:
    """Boxes of the truth as a detector might see them: it hides the hidden, doubts and invents."""
    truth, length = load_truth(folder / "gt.txt", folder.name)
    length = max(length or 1, int(truth.frame.max()))
    counted = truth[truth.score != 0]
    generator = np.random.default_rng(sum(map(ord, folder.name)))
    frames = [_seen(boxes, generator) for boxes in by_frame(counted, length)]
    boxes = MotBoxes(*(np.concatenate([getattr(each, name) for each in frames]) for name in vars(truth)))
    made = SequenceDetections(folder.name, boxes, length, LeftOut())
    return Case(group, made, truth, protocol_for(folder.name))


def _seen(boxes: MotBoxes, generator: np.random.Generator) -> MotBoxes:
    overlap = iou_matrix(boxes.xyxy, boxes.xyxy)
    np.fill_diagonal(overlap, 0)
    hidden = overlap.max(axis=1, initial=0)
    score = np.clip(generator.normal(0.85, 0.08, len(boxes)) - 0.6 * hidden, LOWEST_SCORE, 0.98)
    found = generator.random(len(boxes)) > 0.04 + 0.35 * hidden
    size = np.tile(boxes.xyxy[:, 2:] - boxes.xyxy[:, :2], 2)
    xyxy = boxes.xyxy + generator.normal(0, 0.03, boxes.xyxy.shape) * size
    # Something beside an object, taken for another.
    invented = np.flatnonzero(generator.random(len(boxes)) < 0.3 / max(len(boxes), 1))
    aside = np.tile(generator.normal(0, 0.5, (len(invented), 2)), 2) * size[invented]
    index = np.concatenate([np.flatnonzero(found), invented])
    return MotBoxes(
        frame=boxes.frame[index],
        track_id=np.full(len(index), -1),
        xyxy=np.concatenate([xyxy[found], boxes.xyxy[invented] + aside]).astype(np.float32),
        score=np.concatenate([score[found], generator.uniform(0.1, 0.6, len(invented))]).astype(np.float32),
        class_id=np.ones(len(index), np.int64),
        visibility=np.ones(len(index), np.float32),
    )
