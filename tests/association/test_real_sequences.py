"""The default settings on real detections: a guard against a change for the worse."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from neuromorph_track.association import TwoStageTracker
from neuromorph_track.data.detection_files import load_detections
from neuromorph_track.data.detection_sources import find_detections
from neuromorph_track.data.detections import Detections
from neuromorph_track.data.kitti import TYPES, read_labels
from neuromorph_track.data.motchallenge import MotBoxes, read_detections, read_seqinfo, read_truth
from neuromorph_track.evaluation import PROTOCOLS, EvaluationSequence, evaluate_tracking, protocol_for
from neuromorph_track.evaluation.sequences import by_frame

MOT17 = [f"MOT17-{number}-halfval" for number in ("02", "05", "09", "10")]


def track(boxes: MotBoxes, frames: int) -> MotBoxes:
    tracker = TwoStageTracker()
    shown = [
        tracker.update(Detections(here.xyxy, here.score, here.class_id)) for here in by_frame(boxes, frames)
    ]
    count = [len(tracks) for tracks in shown]
    return MotBoxes(
        frame=np.repeat(np.arange(1, frames + 1), count),
        track_id=np.concatenate([tracks.track_id for tracks in shown]),
        xyxy=np.concatenate([tracks.xyxy for tracks in shown]),
        score=np.concatenate([tracks.score for tracks in shown]),
        class_id=np.concatenate([tracks.class_id for tracks in shown]),
        visibility=np.ones(sum(count), np.float32),
    )


@pytest.mark.parametrize(
    ("folder", "names", "detections", "least"),
    [
        pytest.param(
            "mot_text",
            MOT17,
            "det_yolox_x.txt",
            {"HOTA": 0.56, "MOTA": 0.675, "IDF1": 0.695},
            id="MOT17-half-val",
        ),
        pytest.param(
            "mot",
            ["PETS09-S2L1"],
            "det.txt",
            {"HOTA": 0.40, "MOTA": 0.605, "IDF1": 0.535},
            id="PETS09-S2L1",
        ),
    ],
)
def test_scores(
    folder: str, names: list[str], detections: str, least: dict[str, float], shared_data: Path
) -> None:
    sequences = []
    for name in names:
        path = shared_data / folder / name
        frames = read_seqinfo(path / "seqinfo.ini").frames
        results = track(read_detections(path / detections), frames)
        truth = read_truth(path / "gt.txt")
        sequences.append(EvaluationSequence(name, truth, results, frames, protocol_for(name)))
    scores = evaluate_tracking(sequences).to_rows()[-1]
    for name, value in least.items():
        assert scores[name] >= value, name


@pytest.mark.parametrize(
    ("kind", "least"),
    [
        pytest.param("Car", {"HOTA": 0.82, "MOTA": 0.89, "IDF1": 0.92}, id="cars"),
        pytest.param("Pedestrian", {"HOTA": 0.50, "MOTA": 0.37, "IDF1": 0.635}, id="pedestrians"),
    ],
)
def test_scores_on_kitti(kind: str, least: dict[str, float], shared_data: Path) -> None:
    folder = shared_data / "mot_text" / "KITTI"
    sequences = []
    for source in find_detections([folder / f"det_rrc_{kind}"]):
        detections = load_detections(source)
        truth = read_labels(folder / "label_02" / f"{source.name}.txt")
        results = track(detections.boxes, detections.frames)
        sequences.append(
            EvaluationSequence(source.name, truth, results, detections.frames, PROTOCOLS["kitti"])
        )
    number = TYPES[kind]
    own = evaluate_tracking(sequences, {number: kind}).to_rows()
    scores = next(row for row in own if row["sequence"] == "COMBINED" and row["class_name"] == kind)
    for name, value in least.items():
        assert scores[name] >= value, name
