"""SMOT's three claims, with the spiking detector scenes-nano on synthetic scenes; other trackers beside it.

    python benchmarks/smot.py                       tables of accuracy and of time
    python benchmarks/smot.py --plot docs/smot.png  the second as a plot too

Accuracy: scenes of few frames per second, so that objects move far from one frame to the next, and hide each
other. Each number is the mean over the scenes, with the standard deviation between them. Time is that of the
processor, so that other work on the machine does not count.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import cv2
import numba
import numpy as np
import torch
from numpy.typing import NDArray
from rich.console import Console
from rich.table import Table

from neuromorph_track.association.smot import SmotSettings, SmotTracker
from neuromorph_track.data.detections import Detections, Tracks
from neuromorph_track.data.motchallenge import MotBoxes
from neuromorph_track.data.scenes import Scene, SceneSpec
from neuromorph_track.detection.flow import FarnebackShifts, dense_flow, mean_in_boxes
from neuromorph_track.evaluation import EvaluationSequence, evaluate_tracking, protocol_for
from neuromorph_track.export.zoo import load_network
from neuromorph_track.runs.appearance import default_layer
from neuromorph_track.runs.detector import Detector, Frame
from neuromorph_track.runs.host_tracker import HostTracker, fitted_settings
from neuromorph_track.runs.scoring import track_boxes, truth_boxes

NETWORK = "scenes-nano"
STREETS = {
    "5 frames/s, 8 objects in view": SceneSpec(fps=5, objects=8),
    "5 frames/s, 16 walkers in view": SceneSpec(fps=5, objects=16, classes=("walker",)),
    "20 frames/s, 8 objects in view": SceneSpec(fps=20, objects=8),
}
# Seeds 11 to 13 served to choose the defaults.
FIRST_SEED = 101
METRICS = ("HOTA", "IDF1", "MOTA", "IDSW", "Transfers")
FRACTIONS = ("HOTA", "IDF1", "MOTA")
CROWDS = (1, 3, 10, 30, 60)
TIMED_FRAMES, WARM_UP = 24, 3
LEAST_SCORE = 0.1
PARTS = ("network", "decoder", "embeddings", "flow", "tracker")
# Cells of a large grid, and tracks on it: the host alone.
LARGE_GRID, CELL, ANCHOR = (160, 90), 12.0, 48.0
LARGE_CROWDS = (1, 10, 100, 300, 1000)


@dataclass(frozen=True)
class Seen:
    """A scene as the detector saw it; ``flows`` are those from the frame before."""

    name: str
    frames: list[Frame]
    flows: list[NDArray[np.float32] | None]
    cells: list[Detections]
    looks: list[NDArray[np.float32]]
    truth: MotBoxes


def see(spec: SceneSpec) -> Seen:
    network = load_network(NETWORK)
    detector = Detector(network, every_cell=True, features=default_layer(network))
    detector.decoder.score_threshold = HostTracker("smot", detector.contract.score_threshold).low_score
    scene = Scene(spec)
    frames = [frame for frame, _ in scene]
    chunks = list(detector.run(frames))
    return Seen(
        name=f"scene {spec.seed}",
        frames=frames,
        flows=[None, *map(_flow, frames, frames[1:])],
        cells=[found for chunk in chunks for found in chunk.detections],
        looks=[look for chunk in chunks for look in chunk.embeddings or ()],
        truth=truth_boxes(scene),
    )


def _flow(before: Frame, now: Frame) -> NDArray[np.float32]:
    grey = [np.asarray(cv2.cvtColor(frame, cv2.COLOR_RGB2GRAY), np.uint8) for frame in (before, now)]
    return dense_flow(*grey)


class Replayed:
    """The shifts of a scene, frame by frame: flow is computed once for all trackers."""

    def __init__(self) -> None:
        self.flow: NDArray[np.float32] | None = None

    def __call__(self, xyxy: NDArray[np.float32]) -> NDArray[np.float64]:
        if self.flow is None:
            return np.zeros((len(xyxy), 2))
        return mean_in_boxes(self.flow, xyxy.astype(np.float64))


def follow(seen: Seen, settings: SmotSettings) -> list[Tracks]:
    shifts = Replayed()
    tracker = SmotTracker(settings, shifts)
    tracks = []
    for shifts.flow, cells, looks in zip(seen.flows, seen.cells, seen.looks, strict=True):
        tracks.append(tracker.update(cells, embeddings=looks))
    return tracks


def follow_boxes(seen: Seen, mode: str, sure: float, looks: bool = False) -> list[Tracks]:
    """Another tracker, on the boxes that non-maximum suppression leaves."""
    tracker = HostTracker(mode, sure)
    tracks = []
    for frame, cells, look in zip(seen.frames, seen.cells, seen.looks, strict=True):
        assert cells.suppressed is not None
        kept = ~cells.suppressed
        tracks.append(tracker.update(frame, cells[kept], look[kept] if looks else None))
    return tracks


def score(seen: Seen, tracks: Sequence[Tracks]) -> dict[str, float]:
    sequence = EvaluationSequence(
        seen.name, seen.truth, track_boxes(tracks), len(tracks), protocol_for(seen.name)
    )
    combined = evaluate_tracking([sequence], count_transfers=True).combined
    return {name: getattr(combined, name) for name in METRICS}


def accuracy_table(specs: Sequence[SceneSpec], title: str) -> Table:
    sure = load_network(NETWORK).contract
    assert sure is not None
    ours = fitted_settings("smot", sure.score_threshold)
    paper = replace(ours, overlap="anchor", anchors=5, least_overlap=0.1, link_distance=0.05)
    rows: list[tuple[str, Callable[[Seen], list[Tracks]]]] = []
    for what, base in (("anchors, K = 5", paper), (f"boxes, K = {ours.anchors}", ours)):
        for motion in ("none", "kalman", "flow"):
            for linked in (False, True):
                changed = replace(base, motion=motion, **({} if linked else {"link_distance": 0.0}))
                name = f"{what}, {motion}{', linked' if linked else ''}"
                rows.append((name, partial(follow, settings=changed)))
    for anchors in (1, 5, 10):
        changed = replace(ours, anchors=anchors)
        rows.append((f"boxes, K = {anchors}, {ours.motion}, linked", partial(follow, settings=changed)))
    for name, mode, looks in (
        ("tracktrack", "tracktrack", False),
        ("tracktrack, with looks", "tracktrack", True),
        ("two-stage, our default", "two-stage", False),
    ):
        rows.append((name, partial(follow_boxes, mode=mode, sure=sure.score_threshold, looks=looks)))
    table = Table(title=title)
    for heading in ("SMOT by", *METRICS):
        table.add_column(heading, justify="left" if heading == "SMOT by" else "right")
    scores: dict[str, list[dict[str, float]]] = {name: [] for name, _ in rows}
    for spec in specs:
        seen = see(spec)
        for name, run in rows:
            scores[name].append(score(seen, run(seen)))
    for name, each in scores.items():
        table.add_row(name, *(_spread(metric, [found[metric] for found in each]) for metric in METRICS))
    return table


def _spread(metric: str, values: Sequence[float]) -> str:
    factor = 100 if metric in FRACTIONS else 1
    deviation = np.std(values, ddof=1) if len(values) > 1 else 0.0
    return f"{factor * np.mean(values):.1f} ± {factor * deviation:.1f}"


class Clock:
    """Processor time by part."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}

    @contextmanager
    def __call__(self, part: str) -> Iterator[None]:
        begin = time.process_time()
        yield
        self.seconds[part] = self.seconds.get(part, 0.0) + time.process_time() - begin


def scene_cost(objects: int, seed: int) -> dict[str, float]:
    """Tracks, and milliseconds of each part per frame, of a scene with so many objects in view."""
    network = load_network(NETWORK)
    layer = default_layer(network)
    detector = Detector(network, every_cell=True, features=layer)
    clock, shifts = Clock(), FarnebackShifts()

    def timed(xyxy: NDArray[np.float32]) -> NDArray[np.float64]:
        with clock("flow"):
            return shifts(xyxy)

    settings = replace(fitted_settings("smot", detector.contract.score_threshold), motion="flow")
    tracker = SmotTracker(settings, timed)
    tracked = 0
    for number, (frame, _) in enumerate(
        Scene(SceneSpec(seed=seed, frames=TIMED_FRAMES + WARM_UP, objects=objects, size_max=48.0))
    ):
        if number == WARM_UP:
            clock.seconds.clear()
            tracked = 0
        with clock("network"):
            values, placement = detector.encoder(frame)
            steps = detector.simulator.run(values[None])
        with clock("decoder"):
            found = detector.decoder(steps.output[0], placement)
        with clock("embeddings"):
            assert detector.appearance is not None
            assert steps.heard is not None
            looks = detector.appearance(steps.heard, [found], [placement], LEAST_SCORE)[0]
        shifts.see(frame)
        with clock("tracker"):
            tracked += len(tracker.update(found, embeddings=looks))
    clock.seconds["tracker"] -= clock.seconds["flow"]
    return {"tracks": tracked / TIMED_FRAMES} | {p: 1000 * clock.seconds[p] / TIMED_FRAMES for p in PARTS}


def large_grid(objects: int, seed: int) -> list[Detections]:
    """What the cells of a large grid say of so many objects that walk about: nine cells see each."""
    generator = np.random.default_rng(seed)
    columns, rows = LARGE_GRID
    place = generator.uniform(2, [columns - 3, rows - 3], (objects, 2))
    speed = generator.normal(0, 0.1, (objects, 2))
    column, row = np.meshgrid(np.arange(columns), np.arange(rows))
    centre = (np.stack([column, row], -1).reshape(-1, 2) + 0.5) * CELL
    anchor = np.concatenate([centre - ANCHOR / 2, centre + ANCHOR / 2], 1).astype(np.float32)
    sequence = []
    for _ in range(TIMED_FRAMES + WARM_UP):
        place = np.clip(place + speed, 2, [columns - 3, rows - 3])
        box, score = anchor.copy(), np.zeros(len(anchor), np.float32)
        suppressed = np.ones(len(anchor), bool)
        near = np.stack(np.meshgrid([-1, 0, 1], [-1, 0, 1]), -1).reshape(-1, 2)
        cell = np.floor(place).astype(np.int64)
        for x, y in near:
            at = (cell[:, 1] + y) * columns + cell[:, 0] + x
            box[at] = np.tile(place * CELL, 2) + np.array([-18, -22, 18, 22])
            score[at] = 0.9 - 0.2 * (abs(x) + abs(y))
        suppressed[cell[:, 1] * columns + cell[:, 0]] = False
        sequence.append(Detections(box, score, np.zeros(len(anchor), np.int64), anchor, suppressed))
    return sequence


def large_cost(objects: int, seed: int) -> dict[str, float]:
    """Tracks, and milliseconds of the tracker per frame, on a grid of many cells."""
    tracker, clock, tracked = SmotTracker(), Clock(), 0
    for number, found in enumerate(large_grid(objects, seed)):
        if number == WARM_UP:
            clock.seconds.clear()
            tracked = 0
        with clock("tracker"):
            tracked += len(tracker.update(found))
    return {"tracks": tracked / TIMED_FRAMES, "tracker": 1000 * clock.seconds["tracker"] / TIMED_FRAMES}


def mean_cost(cost: Callable[[int, int], dict[str, float]], objects: int, seeds: range) -> dict[str, float]:
    costs = [cost(objects, seed) for seed in seeds]
    return {part: float(np.mean([each[part] for each in costs])) for part in costs[0]}


def cost_table(title: str, costs: Sequence[dict[str, float]]) -> Table:
    table = Table(title=title)
    for part in costs[0]:
        table.add_column(part, justify="right")
    for cost in costs:
        table.add_row(*(f"{value:.1f}" for value in cost.values()))
    return table


def plot(path: Path, scenes: Sequence[dict[str, float]], large: Sequence[dict[str, float]]) -> None:
    from matplotlib import pyplot, rc_context

    from neuromorph_track.reports.style import PALETTE, STYLE

    with rc_context(STYLE):
        figure, (left, right) = pyplot.subplots(1, 2, figsize=(9, 3.6), sharey=True, layout="constrained")
        for part, colour in zip(PARTS, PALETTE, strict=False):
            left.plot(
                [c["tracks"] for c in scenes], [c[part] for c in scenes], "o-", color=colour, label=part
            )
        right.plot(
            [c["tracks"] for c in large],
            [c["tracker"] for c in large],
            "o-",
            color=PALETTE[PARTS.index("tracker")],
        )
        for axes in (left, right):
            axes.set_xscale("log")
            axes.set_yscale("log")
            axes.xaxis.set_major_formatter("{x:g}")
            axes.yaxis.set_major_formatter("{x:g}")
            axes.set_xlabel("tracks")
            axes.grid(axis="y")
        left.set_title("scenes, 256x192, every part", loc="left", fontsize=10)
        right.set_title("the tracker alone, a grid of 160x90 cells", loc="left", fontsize=10)
        left.set_ylabel("ms of the processor per frame")
        left.legend(fontsize=8)
        figure.savefig(path)
        pyplot.close(figure)


def main() -> None:
    raw = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=raw)
    parser.add_argument("--scenes", type=int, default=8, help="scenes of each kind")
    parser.add_argument("--frames", type=int, default=100)
    parser.add_argument("--plot", type=Path)
    parser.add_argument("--no-time", action="store_true", help="accuracy only")
    arguments = parser.parse_args()
    # Threads that wait for each other burn processor time.
    for limit in (cv2.setNumThreads, numba.set_num_threads, torch.set_num_threads):
        limit(1)
    console = Console(width=140)
    for name, streets in STREETS.items():
        specs = [
            replace(streets, seed=FIRST_SEED + number, frames=arguments.frames)
            for number in range(arguments.scenes)
        ]
        console.print(accuracy_table(specs, f"{name}: {len(specs)} scenes of {arguments.frames} frames"))
    if arguments.no_time:
        return
    seeds = range(FIRST_SEED, FIRST_SEED + 3)
    scenes = [mean_cost(scene_cost, objects, seeds) for objects in CROWDS]
    console.print(cost_table("ms of the processor per frame: scenes, 256x192", scenes))
    large = [mean_cost(large_cost, objects, seeds) for objects in LARGE_CROWDS]
    console.print(cost_table("ms of the processor per frame: the tracker alone, 160x90 cells", large))
    if arguments.plot is not None:
        plot(arguments.plot, scenes, large)


if __name__ == "__main__":
    main()
