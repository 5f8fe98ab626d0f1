"""Accuracy of the networks of the zoo, in fixed point and in the floats of training, on the same frames.

    python benchmarks/accuracy.py scenes             scenes-nano on five scenes it has never seen
    python benchmarks/accuracy.py dense              smtrack-nano on five dense scenes it has never seen
    python benchmarks/accuracy.py video MOT_FOLDER   yolo-kp on TUD-Campus and PETS09-S2L1
    python benchmarks/accuracy.py video MOT_FOLDER --network smtrack-nano

MOT_FOLDER holds the two sequences, each with its video and gt.txt. SLAYER's networks need lava-dl (Python
3.10). HOTA, MOTA and IDF1 are those of the fixed-point network, and of the floats where both ran all frames.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch
from rich.console import Console
from rich.table import Table

from neuromorph_track.association import TwoStageTracker, tracker_settings
from neuromorph_track.backends.trained import trained_forward
from neuromorph_track.data.detections import Detections
from neuromorph_track.data.frames import open_source
from neuromorph_track.data.motchallenge import MotBoxes, read_truth
from neuromorph_track.data.scenes import CLASSES, Scene, SceneSpec
from neuromorph_track.detection import FrameEncoder, HeadDecoder
from neuromorph_track.evaluation import (
    EvaluationSequence,
    evaluate_detections,
    evaluate_tracking,
    protocol_for,
)
from neuromorph_track.export.yolo_kp import wheel_checkpoint
from neuromorph_track.export.zoo import exports_folder, load_network
from neuromorph_track.netx import Network
from neuromorph_track.runs.detector import Detector, Frame
from neuromorph_track.runs.scoring import found_boxes, track_boxes, truth_boxes

# COCO's precision-recall curve wants the doubtful boxes too.
LOWEST = 0.01
# Twenty objects and more in view at once; seeds 1 to 3 served to choose what smtrack-nano calls sure.
SCENES = {
    "scenes": ("scenes-nano", SceneSpec(), range(1, 6)),
    "dense": ("smtrack-nano", SceneSpec(width=320, height=192, objects=26), range(11, 16)),
}
PERSON = {"yolo-kp": "person", "smtrack-nano": "walker", "scenes-nano": "walker"}
# SLAYER holds a whole clip in memory.
SLAYER_FRAMES = 120


@dataclass(frozen=True)
class Case:
    """A sequence, its truth, and what counts in it."""

    name: str
    frames: Callable[[], Iterable[Frame]]
    length: int
    truth: MotBoxes
    classes: dict[int, str] | None


def scene_cases(spec: SceneSpec, seeds: range) -> list[Case]:
    cases = []
    for seed in seeds:
        scene = Scene(replace(spec, seed=seed))
        names = {number + 1: name for number, name in enumerate(CLASSES)}
        frames = [frame for frame, _ in scene]
        cases.append(Case(f"scene {seed}", lambda f=frames: f, len(scene), truth_boxes(scene), names))
    return cases


def video_cases(folder: Path) -> list[Case]:
    cases = []
    for name, video in (("TUD-Campus", "TUD-Campus.mp4"), ("PETS09-S2L1", "vtest.avi")):
        source, truth = open_source(folder / name / video), read_truth(folder / name / "gt.txt")
        length = int(truth.frame.max())
        cases.append(Case(name, lambda s=source: iter(s), length, truth, None))
    return cases


def fixed_detections(network: Network, case: Case, class_names: list[str] | None) -> list[Detections]:
    detector = Detector(network, class_names)
    detector.decoder.score_threshold = LOWEST
    return [found for chunk in detector.run(case.frames()) for found in chunk.detections]


def float_detections(
    network: Network, checkpoint: Path, case: Case, class_names: list[str] | None
) -> list[Detections]:
    contract = network.contract
    assert contract is not None
    kept = None if class_names is None else [contract.classes.index(name) for name in class_names]
    encoder, decoder = FrameEncoder(contract.input), HeadDecoder(contract, LOWEST, class_ids=kept)
    frames = [frame for frame, _ in zip(case.frames(), range(SLAYER_FRAMES), strict=False)]
    values, placements = zip(*map(encoder, frames), strict=True)
    scale = np.float32(1 << contract.input.fraction_bits)
    pixels = torch.from_numpy(np.stack(values, -1)[None].astype(np.float32) / scale)
    raw = trained_forward(str(checkpoint))(pixels)[0].numpy()
    return [decoder.decode(raw[..., t], placements[t]) for t in range(len(frames))]


def sequence(case: Case, results: MotBoxes) -> EvaluationSequence:
    return EvaluationSequence(case.name, case.truth, results, case.length, protocol_for(case.name))


def average_precision(case: Case, found: list[Detections], until: int) -> float:
    scored = sequence(case, found_boxes(found[:until])).until(until)
    return evaluate_detections([scored], case.classes).combined.AP50


def follow(found: list[Detections], score_threshold: float) -> MotBoxes:
    settings = tracker_settings(score_threshold)
    tracker = TwoStageTracker(settings)
    return track_boxes([tracker.update(d[d.score >= settings.low_score]) for d in found])


def run(cases: list[Case], network: Network, checkpoint: Path, class_names: list[str] | None) -> Table:
    contract = network.contract
    assert contract is not None
    table = Table(title=f"{contract.name}: AP@0.5 in per cent (101-point), tracking through TrackEval")
    headings = (
        "Sequence",
        "Frames",
        "AP fixed",
        "AP both ran: fixed",
        "floats",
        "HOTA",
        "floats",
        "MOTA",
        "IDF1",
    )
    for heading in headings:
        table.add_column(heading, justify="left" if heading == "Sequence" else "right")
    tracked: list[EvaluationSequence] = []
    in_floats: list[EvaluationSequence] = []
    for case in cases:
        started = time.monotonic()
        fixed = fixed_detections(network, case, class_names)
        seconds = time.monotonic() - started
        floats = float_detections(network, checkpoint, case, class_names)
        both = len(floats)
        precision = (
            average_precision(case, fixed, len(fixed)),
            average_precision(case, fixed, both),
            average_precision(case, floats, both),
        )
        tracked.append(sequence(case, follow(fixed, contract.score_threshold)))
        own = evaluate_tracking(tracked[-1:]).combined
        in_floats.append(sequence(case, follow(floats, contract.score_threshold)).until(both))
        hota = f"{100 * evaluate_tracking(in_floats[-1:]).combined.HOTA:.2f}" if both == len(fixed) else ""
        table.add_row(
            case.name,
            f"{len(fixed)}",
            *(f"{100 * value:.2f}" for value in precision),
            f"{100 * own.HOTA:.2f}",
            hota,
            *(f"{100 * getattr(own, name):.1f}" for name in ("MOTA", "IDF1")),
        )
        Console(stderr=True).print(f"{case.name}: {len(fixed) / seconds:.1f} frames/s", highlight=False)
    total = evaluate_tracking(tracked).combined
    scores = [f"{100 * getattr(total, name):.1f}" for name in ("MOTA", "IDF1")]
    hota = f"{100 * evaluate_tracking(in_floats).combined.HOTA:.2f}" if hota else ""
    table.add_section()
    table.add_row("COMBINED", "", "", "", "", f"{100 * total.HOTA:.2f}", hota, *scores, style="bold")
    return table


def main() -> None:
    raw = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=raw)
    parser.add_argument("what", choices=[*SCENES, "video"])
    parser.add_argument("folder", nargs="?", type=Path)
    parser.add_argument("--network", choices=PERSON, default="yolo-kp", help="for video")
    arguments = parser.parse_args()
    if arguments.what in SCENES:
        name, *scenes = SCENES[arguments.what]
        table = run(scene_cases(*scenes), load_network(name), exports_folder() / f"{name}.pt", None)
    elif arguments.folder is None:
        parser.error("video needs the folder of the sequences")
    else:
        name = arguments.network
        checkpoint = wheel_checkpoint() if name == "yolo-kp" else exports_folder() / f"{name}.pt"
        table = run(video_cases(arguments.folder), load_network(name), checkpoint, [PERSON[name]])
    Console(width=140).print(table)


if __name__ == "__main__":
    main()
