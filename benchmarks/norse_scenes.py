"""A detector trained with norse keeps its accuracy on the way through NIR to the chip's integers.

    OMP_NUM_THREADS=1 python benchmarks/norse_scenes.py -o FOLDER --seeds 1 2 3

Trains one network a seed on the synthetic scenes (about ten minutes each on one core; what FOLDER holds
already is not trained again), writes it as NIR, turns that into a .net, and runs norse and the
fixed-point simulator over the same scenes, which neither has seen.
"""

from __future__ import annotations

import argparse
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from rich.console import Console
from rich.table import Table

from neuromorph_track.backends.fixed import FixedSimulator
from neuromorph_track.data.detections import Detections
from neuromorph_track.data.scenes import CLASSES, Scene, SceneSpec
from neuromorph_track.detection import FrameEncoder, HeadDecoder
from neuromorph_track.evaluation import EvaluationSequence, evaluate_detections, protocol_for
from neuromorph_track.networks.norse_detector import NorseDetector, SpikingSpec
from neuromorph_track.networks.norse_export import export_norse
from neuromorph_track.netx import Network, write_net
from neuromorph_track.runs.detector import Detector
from neuromorph_track.runs.scoring import found_boxes, truth_boxes
from neuromorph_track.training.norse_loop import load_norse_detector, train_norse
from neuromorph_track.training.recipe import Recipe

# COCO's precision-recall curve wants the doubtful boxes too.
LOWEST = 0.01
SCENES = range(1, 6)


def recipe(seed: int) -> Recipe:
    return Recipe.model_validate(
        {
            "name": "norse-scenes",
            "seed": seed,
            "classes": CLASSES,
            "input": {"height": 192, "width": 256, "mean": [0.5] * 3, "std": [0.25] * 3},
            "network": {
                "offset_gain": 3.0,
                "anchors": [[4.0, 4.5]],
                "layers": [
                    {"channels": 32, "kernel": 7, "stride": 4},
                    {"channels": 48, "stride": 2},
                    {"channels": 64},
                    {"channels": 64, "dilation": 2},
                    {"channels": 64},
                ],
            },
            "data": {"scenes": 240, "frames": 16, "objects": [4, 9]},
            "stage": [
                {"steps": 2000, "batch": 8, "learning_rate": 3e-3},
                # Potentials live on from frame to frame when the network runs, so they do here.
                {"steps": 400, "batch": 4, "clip": 3, "learning_rate": 1e-3},
            ],
        }
    )


@dataclass(frozen=True)
class Row:
    """Average precisions at IoU 0.5 of one network on one scene, and how far two heads lie apart.

    Attributes
    ----------
    norse : float
        As it was trained, potentials rounded as on the chip.
    unrounded : float
        The same weights with norse's plain reset.
    aligned, chip : float
        The fixed-point simulator with all layers started together, as norse starts them, and as the
        chip does: there layer ``n`` runs on its bias alone for ``n`` steps before anything arrives.
    difference : float
        Largest of a head's value between ``norse`` and ``aligned``.
    """

    norse: float
    unrounded: float
    aligned: float
    chip: float
    difference: float


def trained(seed: int, folder: Path) -> tuple[NorseDetector, Network]:
    """A detector, and the network that came out of its NIR file."""
    checkpoint, plan = folder / f"norse-{seed}.pt", recipe(seed)
    started = time.monotonic()
    if not checkpoint.exists():
        train_norse(plan, SpikingSpec(), checkpoint)
        print(f"seed {seed}: trained in {(time.monotonic() - started) / 60:.1f} minutes")
    model, plan = load_norse_detector(checkpoint)
    made = export_norse(model, plan.name, plan.classes, plan.input, checkpoint.with_suffix(".nir"))
    write_net(made.network, checkpoint.with_suffix(".net"))
    return model, made.network


@torch.no_grad()
def norse_heads(model: NorseDetector, values: np.ndarray, rounds: bool) -> np.ndarray:
    """Head potentials ``(F, A*(5+K), H, W)`` of consecutive frames."""
    for reset in model.resets:
        reset.rounds = rounds
    state, heads = None, []
    for value in values:
        raw, _, state = model(torch.from_numpy(value)[None, ..., None], state)
        heads.append(raw[0, ..., 0].numpy())
    return np.stack(heads)


def compare(model: NorseDetector, network: Network, seed: int, frames: int) -> Row:
    contract = network.contract
    assert contract is not None
    scene = Scene(SceneSpec(seed=seed, frames=frames))
    encode, decode = FrameEncoder(contract.input), HeadDecoder(contract, LOWEST)
    images = [frame for frame, _ in scene]
    values, places = zip(*map(encode, images), strict=True)
    pixels = np.stack(values).astype(np.float32) / (1 << contract.input.fraction_bits)
    heads = [norse_heads(model, pixels, rounds) for rounds in (True, False)]
    heads.append(fixed_heads(network, np.stack(values)))
    scores = []
    for head in heads:
        found = [decode.decode(raw, place) for raw, place in zip(head, places, strict=True)]
        scores.append(average_precision(scene, found))
    detector = Detector(network)
    detector.decoder = decode
    on_chip = [found for chunk in detector.run(images) for found in chunk.detections]
    difference = float(np.abs(heads[2] - heads[0]).max())
    return Row(*scores, average_precision(scene, on_chip), difference)


def fixed_heads(network: Network, values: np.ndarray) -> np.ndarray:
    """The same from the simulator, all layers started together."""
    contract = network.contract
    assert contract is not None
    assert contract.head.scale is not None
    steps = contract.steps_per_frame
    ran = FixedSimulator(network, pipelined=False).run(np.repeat(values, steps, 0))
    assert ran.membrane is not None
    return (ran.membrane[steps - 1 :: steps] * contract.head.scale).astype(np.float32)


def average_precision(scene: Scene, found: list[Detections]) -> float:
    boxes = EvaluationSequence(
        "scene", truth_boxes(scene), found_boxes(found), len(scene), protocol_for("scene")
    )
    return evaluate_detections([boxes], {n + 1: name for n, name in enumerate(CLASSES)}).combined.AP50


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("-o", "--output", type=Path, required=True)
    parser.add_argument("--seeds", type=int, nargs="+", default=[1, 2, 3])
    parser.add_argument("--frames", type=int, default=120)
    arguments = parser.parse_args()
    arguments.output.mkdir(parents=True, exist_ok=True)
    table = Table(title=f"AP@0.5 in per cent on unseen scenes of {arguments.frames} frames")
    for heading in (
        "Training seed",
        "Scene",
        "norse",
        "unrounded",
        "fixed point",
        "with pipeline",
        "Heads differ by",
    ):
        table.add_column(heading, justify="right")
    rows = []
    for seed in arguments.seeds:
        model, network = trained(seed, arguments.output)
        for number in SCENES:
            row = compare(model, network, number, arguments.frames)
            rows.append(row)
            scores = (f"{100 * v:.2f}" for v in (row.norse, row.unrounded, row.aligned, row.chip))
            table.add_row(str(seed), str(number), *scores, f"{row.difference:.1e}")
        table.add_section()
    columns = np.array([[100 * r.norse, 100 * r.unrounded, 100 * r.aligned, 100 * r.chip] for r in rows])
    means = (f"{m:.2f} ± {s:.2f}" for m, s in zip(columns.mean(0), columns.std(0), strict=True))
    table.add_row("all", "", *means, f"{max(r.difference for r in rows):.1e}", style="bold")
    Console(width=120).print(table)


if __name__ == "__main__":
    main()
