"""Small trainings of the smtrack family and what they are worth on scenes that none has seen.

Each training has a folder of its own under the work folder, and so has each measurement; what is there is not
done again, and an interrupted training goes on.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from rich.console import Console

from neuromorph_track.association import TwoStageTracker, tracker_settings
from neuromorph_track.data.detections import Detections
from neuromorph_track.data.motchallenge import MotBoxes
from neuromorph_track.data.scenes import CLASSES, Scene, SceneSpec
from neuromorph_track.detection import FrameEncoder, HeadDecoder
from neuromorph_track.evaluation import (
    EvaluationSequence,
    evaluate_detections,
    evaluate_tracking,
    protocol_for,
)
from neuromorph_track.export.checkpoint import export_with_report, recipe_of, weights_of
from neuromorph_track.export.trained import contract_of
from neuromorph_track.files import write_text
from neuromorph_track.networks.smtrack import smtrack_detector
from neuromorph_track.networks.smtrack_spec import SmtrackSpec
from neuromorph_track.netx import RunContract, write_net
from neuromorph_track.profiling.energy_report import Interval
from neuromorph_track.profiling.ratio import EnergyRatio
from neuromorph_track.runs import RunOptions, profile
from neuromorph_track.runs.headroom import with_headroom
from neuromorph_track.runs.scoring import found_boxes, track_boxes, truth_boxes
from neuromorph_track.training.chain_counts import chain_counts
from neuromorph_track.training.checkpoint import load_checkpoint
from neuromorph_track.training.loop import LAST, train
from neuromorph_track.training.recipe import Recipe

# COCO's precision-recall curve wants the doubtful boxes too.
LOWEST_SCORE = 0.01
# Below a mean side of 16 pixels an object is small, above 32 large.
SIZES = (16.0**2, 32.0**2)
CHANNELS = ((16, 2), (32, 2), (48, 1), (64, 2), (64, 1), (64, 1))
STEPS, BATCH = 600, 12
CLIP = 4
TEST_SEEDS = range(1, 5)
TEST_FRAMES = 60


@dataclass(frozen=True)
class Street:
    """Scenes of a kind, to learn from and to be judged on.

    Attributes
    ----------
    size_min, size_max : float
        Heights of the farthest and the nearest object, in pixels.
    """

    name: str
    width: int
    height: int
    size_min: float
    size_max: float
    objects: tuple[int, int]

    def data(self) -> dict[str, Any]:
        """``[data]`` of a recipe: few frames per second, so that no two pictures are alike."""
        own = {"objects": self.objects, "size_min": self.size_min, "size_max": self.size_max}
        return {"kind": "scenes", "scenes": 150, "frames": 8, "fps": 4.0, **own}

    def tests(self) -> Iterator[SceneSpec]:
        for seed in TEST_SEEDS:
            yield SceneSpec(
                seed=seed,
                frames=TEST_FRAMES,
                width=self.width,
                height=self.height,
                size_min=self.size_min,
                size_max=self.size_max,
                objects=sum(self.objects) // 2,
            )


SMALL = Street("small", 192, 112, 8, 20, (6, 14))
MIXED = Street("mixed", 192, 112, 8, 64, (6, 14))


@dataclass(frozen=True)
class Scores:
    """What a network reaches on the test scenes of its street.

    Attributes
    ----------
    AP, AP50, AP_small, AP_large, HOTA, IDF1 : float
        As fractions; small and large objects as :data:`SIZES` has them.
    spikes, synops : float
        Per frame, of the whole network; those of a network without spikes are its non-zero activations.
    """

    AP: float
    AP50: float
    AP_small: float
    AP_large: float
    HOTA: float
    IDF1: float
    spikes: float
    synops: float


def recipe(
    name: str,
    street: Street,
    seed: int,
    network: Mapping[str, Any] | None = None,
    loss: Mapping[str, Any] | None = None,
    steps: int = STEPS,
    **more: Any,
) -> Recipe:
    """The recipe of a small network; the last quarter of its steps is that of the deployed one.

    Parameters
    ----------
    network, loss : mapping
        Fields of these tables that are not the default.
    more : dict
        Further tables of the recipe.
    """
    layers = [{"channels": channels, "stride": stride} for channels, stride in CHANNELS]
    chain = {"family": "smtrack", "layers": layers, **(network or {})}
    last = steps // 4
    rest, scale = {"batch": BATCH, "freeze_norm": True}, {}
    if chain.get("neuron") == "sigma_delta":
        # The state is carried from frame to frame, so that it is learnt on clips.
        rest, last = {"batch": BATCH // CLIP, "clip": CLIP}, steps // 2
        scale = {"mean": (0.5,) * 3, "std": (0.25,) * 3}
    return Recipe.model_validate(
        {
            "name": name,
            "seed": seed,
            "classes": CLASSES,
            "input": {"width": street.width, "height": street.height, **scale},
            "network": chain,
            "loss": dict(loss or {}),
            "data": street.data(),
            "stage": [
                {"steps": steps - last, "batch": BATCH, "learning_rate": 3e-3},
                {"steps": last, "learning_rate": 5e-4, **rest},
            ],
            "average_decay": 0.99,
            **more,
        }
    )


def scores_of(given: Recipe, street: Street, work: Path, init: Path | None = None) -> Scores:
    """Train, unless it is done, and measure, unless it is done."""
    folder = work / given.name
    kept = folder / "scores.json"
    if kept.is_file():
        return Scores(**json.loads(kept.read_text()))
    final = folder / "final.pt"
    if not final.is_file():
        Console(stderr=True).print(f"training {given.name}", highlight=False)
        final = train(given, folder, resume=(folder / LAST).is_file(), quiet=True, init=init).checkpoint
    scores = measure(final, street)
    write_text(kept, json.dumps(asdict(scores)))
    return scores


def measure(checkpoint: Path, street: Street) -> Scores:
    """Scores of a checkpoint as the trained network computes them, which is as the exported one does."""
    runner = Runner(checkpoint)
    scored, tracked = [], []
    counted = np.zeros(2)
    for spec in street.tests():
        scene = Scene(spec)
        found, counts = runner(scene)
        counted += counts / TEST_FRAMES / len(TEST_SEEDS)
        truth, name = truth_boxes(scene), f"scene {spec.seed}"
        rules = protocol_for(name)
        scored.append(EvaluationSequence(name, truth, found_boxes(found), len(scene), rules))
        tracks = follow(found, runner.contract.score_threshold)
        tracked.append(EvaluationSequence(name, truth, tracks, len(scene), rules))
    names = {number + 1: name for number, name in enumerate(CLASSES)}
    boxes = evaluate_detections(scored, names, sizes=SIZES).combined
    tracking = evaluate_tracking(tracked).combined
    return Scores(
        AP=boxes.AP,
        AP50=boxes.AP50,
        AP_small=boxes.AP_small,
        AP_large=boxes.AP_large,
        HOTA=tracking.HOTA,
        IDF1=tracking.IDF1,
        spikes=float(counted[0]),
        synops=float(counted[1]),
    )


class Runner:
    """A trained network over scenes: boxes, spikes and synops, zero weights included."""

    def __init__(self, checkpoint: Path) -> None:
        state = load_checkpoint(checkpoint)
        given = recipe_of(state, str(checkpoint))
        self.spec = given.network_as(SmtrackSpec)
        self.model = smtrack_detector(self.spec, len(given.classes))
        self.model.load_state_dict(weights_of(state, str(checkpoint)))
        self.model.eval()
        self.contract: RunContract = contract_of(given)
        self.encoder = FrameEncoder(given.input)
        self.decoder = HeadDecoder(self.contract, LOWEST_SCORE)

    @torch.inference_mode()
    def __call__(self, scene: Scene) -> tuple[list[Detections], np.ndarray]:
        values, placements = zip(*(self.encoder(frame) for frame, _ in scene), strict=True)
        unit = np.float32(1 << self.contract.input.fraction_bits)
        frames = torch.from_numpy(np.stack(values, -1)[None].astype(np.float32) / unit)
        parts = [frames] if self.spec.neuron == "sigma_delta" else frames.split(12, -1)
        raw, counted = [], np.zeros(2)
        for part in parts:
            output = self.model(part)
            raw.append(output.raw[0].movedim(-1, 0).numpy())
            counted += self._counts(output.sent, part.shape[-1])
        shown = np.concatenate(raw)
        return [self.decoder.decode(*each) for each in zip(shown, placements, strict=True)], counted

    def _counts(self, sent: Sequence[torch.Tensor], frames: int) -> np.ndarray:
        head = self.contract.head.channels(len(self.contract.classes))
        size = self.contract.input
        senders, _ = chain_counts(self.spec.layers, head, size.height, size.width)
        spikes = [float(rate.mean()) * frames * s.neurons for rate, s in zip(sent, senders, strict=True)]
        return np.array([sum(spikes), sum(n * s.synops for n, s in zip(spikes, senders, strict=True))])


def follow(found: Sequence[Detections], score_threshold: float) -> MotBoxes:
    """Tracks of the default tracker."""
    settings = tracker_settings(score_threshold)
    tracker = TwoStageTracker(settings)
    return track_boxes([tracker.update(each[each.score >= settings.low_score]) for each in found])


@dataclass(frozen=True)
class Joules:
    """Energy of a steady frame on a chip, 5th, 50th and 95th percentile.

    Attributes
    ----------
    network : three floats or None
        Dynamic, J.
    events : three floats or None
        Of its events alone, J, which is what training can change.
    times_less : three floats or None
        Energy of the ANN of the same shapes on the same chip by that of the network.
    """

    network: tuple[float, float, float] | None
    events: tuple[float, float, float] | None
    times_less: tuple[float, float, float] | None


def joules_of(given: Recipe, street: Street, work: Path, hardware: Sequence[str]) -> dict[str, Joules]:
    """Price a trained network on one of the street's test scenes, unless it is done.

    The network is exported and run in fixed point, so that its spikes are those of the chip.
    """
    folder = work / given.name
    kept = folder / "joules.json"
    if not kept.is_file():
        exported, spec = folder / "network.net", next(iter(street.tests()))
        write_net(with_headroom(export_with_report(folder / "final.pt").network), exported)
        options = RunOptions(hardware=tuple(hardware), quiet=True, overwrite=True)
        run = profile(spec.to_string(), exported, folder / "profile", options)
        found = {
            report.profile: {
                "network": _percentiles(report.steady_state.dynamic),
                "events": _percentiles(report.steady_state.events),
                "times_less": _percentiles(report.dense_twin_ratio),
            }
            for report in run.energy
        }
        write_text(kept, json.dumps(found))
    content = json.loads(kept.read_text())
    return {name: Joules(**content[name]) for name in hardware}


def _percentiles(found: Interval | EnergyRatio | None) -> tuple[float, float, float] | None:
    return None if found is None else (found.p5, found.p50, found.p95)
