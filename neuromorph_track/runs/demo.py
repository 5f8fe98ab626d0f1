"""The demonstration: a scene of our own, tracked, scored against its exact truth, and priced."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from neuromorph_track.data.motchallenge import read_detections, read_truth
from neuromorph_track.data.scenes import Scene, SceneSpec
from neuromorph_track.errors import InputError
from neuromorph_track.evaluation import EvaluationSequence, TrackingReport, evaluate_tracking, protocol_for
from neuromorph_track.runs.folder import TRACKS, TRUTH, refuse_taken
from neuromorph_track.runs.run import RunOptions, track
from neuromorph_track.runs.run_summary import RunSummary

NETWORK = "scenes-nano"


@dataclass(frozen=True)
class DemoResult:
    """The run in its folder, and its scores."""

    run: RunSummary
    scores: TrackingReport


def run_demo(scene: str, output: Path, quiet: bool = False) -> DemoResult:
    """Track ``scene`` with ``scenes-nano`` into ``output`` (replaced if it is a run) and score it.

    Raises
    ------
    InputError
        When the scene cannot be rendered, or shows nothing that a tracker could find, or when ``output`` is
        something else than a run.
    """
    refuse_taken(output, overwrite=True)
    spec = SceneSpec.from_string(scene)
    truths = [truth for _, truth in Scene(spec)]
    if all(truth.ignored.all() for truth in truths):
        raise InputError(scene, "objects", "none that can be seen", "a scene with something to track")
    run = track(scene, NETWORK, output, RunOptions(overwrite=True, quiet=quiet))
    name = spec.to_string()
    boxes, found = read_truth(output / TRUTH), read_detections(output / TRACKS)
    sequence = EvaluationSequence(name, boxes, found, len(truths), protocol_for(name))
    return DemoResult(run, evaluate_tracking([sequence]))
