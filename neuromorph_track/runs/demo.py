"""The demonstration: a scene of our own, tracked, scored against its exact truth, and priced."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from neuromorph_track.data.motchallenge import read_detections
from neuromorph_track.data.scenes import Scene, SceneSpec
from neuromorph_track.data.scenes.record import truth_text
from neuromorph_track.evaluation import EvaluationSequence, TrackingReport, evaluate_tracking, protocol_for
from neuromorph_track.files import write_text
from neuromorph_track.runs.folder import TRACKS
from neuromorph_track.runs.run import RunOptions, RunSummary, track
from neuromorph_track.runs.scoring import truth_boxes

NETWORK = "scenes-nano"


@dataclass(frozen=True)
class DemoResult:
    """The run in its folder, and its scores."""

    run: RunSummary
    scores: TrackingReport


def run_demo(scene: str, output: Path, quiet: bool = False) -> DemoResult:
    """Track ``scene`` with ``scenes-nano`` into ``output`` (replaced if it is a run) and score it.

    Beside the files of a run, ``output`` holds the truth, ``gt.txt``.
    """
    spec = SceneSpec.from_string(scene)
    run = track(scene, NETWORK, output, RunOptions(overwrite=True, quiet=quiet))
    rendered = Scene(spec)
    write_text(output / "gt.txt", truth_text(truth for _, truth in rendered))
    name = spec.to_string()
    found = read_detections(output / TRACKS)
    sequence = EvaluationSequence(name, truth_boxes(rendered), found, len(rendered), protocol_for(name))
    return DemoResult(run, evaluate_tracking([sequence]))
