"""Which layer of a spiking detector tells objects of one class apart, so that lost tracks can be linked.

    python benchmarks/smot_layers.py               scenes-nano on scenes it has never seen
    python benchmarks/smot_layers.py TUD-CAMPUS    yolo-kp on that folder, with its video and gt.txt

Embeddings are taken at the true boxes. The figure is the area under the ROC curve of the cosine distance: how
often two pictures of one object, half a second or more apart, are nearer than two of different objects.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Iterator
from itertools import combinations
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from rich.console import Console
from rich.table import Table

from neuromorph_track.backends.fixed import FixedSimulator
from neuromorph_track.data.frames import open_source
from neuromorph_track.data.motchallenge import read_truth
from neuromorph_track.data.scenes import Scene, SceneSpec
from neuromorph_track.detection import FrameEncoder
from neuromorph_track.detection.features import BoxFeatures
from neuromorph_track.export.zoo import load_network
from neuromorph_track.netx import AnyNetwork, stages
from neuromorph_track.runs.detector import Frame

SEEDS, FRAMES, FPS = range(13, 17), 60, (5, 20)
MARGINS = (0.0, 0.25)
# Frames that are looked at, and how far apart the two pictures of an object are at least.
EVERY, APART = 5, 10
LEAST_VISIBLE = 0.7

Truth = tuple[NDArray[np.float32], NDArray[np.int64], NDArray[np.int64]]
Look = tuple[int, int, int, NDArray[np.float32]]


def looks(network: AnyNetwork, film: Iterable[tuple[Frame, Truth]]) -> dict[tuple[str, float], list[Look]]:
    """Frame, identity, class and embedding of every true box, by layer and margin."""
    contract = network.contract
    assert contract is not None
    encoder = FrameEncoder(contract.input)
    # Where all layers start together, the sum of a layer's spikes is its activation.
    simulator = FixedSimulator(network, pipelined=False)
    told: dict[str, NDArray[np.int32]] = {}
    found: dict[tuple[str, float], list[Look]] = {}
    for number, (frame, (boxes, identity, class_id)) in enumerate(film):
        values, placement = encoder(frame)
        sent = simulator.run(values[None], record=True).spikes
        assert sent is not None
        for stage, spikes in zip(stages(network)[1:-1], sent[1:-1], strict=True):
            told[stage.name] = told.get(stage.name, np.int32(0)) + spikes[0]
            if number % EVERY:
                continue
            for margin in MARGINS:
                vectors = BoxFeatures(contract.input, margin)(told[stage.name], boxes, placement)
                rows = zip([number] * len(boxes), identity.tolist(), class_id.tolist(), vectors, strict=True)
                found.setdefault((stage.name, margin), []).extend(rows)
    return found


def area(films: Iterable[list[Look]]) -> float:
    """Of the ROC curve; only objects of one film and class are compared."""
    same, other = [], []
    for film in films:
        for (t, one, kind, a), (u, two, sort, b) in combinations(film, 2):
            if kind == sort and one != two:
                other.append(1 - float(a @ b))
            elif kind == sort and abs(t - u) >= APART:
                same.append(1 - float(a @ b))
    nearer = np.searchsorted(np.sort(other), same, side="left")
    return 1 - float(np.mean(nearer)) / len(other)


def scene_film(seed: int, fps: float) -> Iterator[tuple[Frame, Truth]]:
    for frame, truth in Scene(SceneSpec(seed=seed, frames=FRAMES, fps=fps, objects=8)):
        seen = truth.visibility >= LEAST_VISIBLE
        yield frame, (truth.xyxy[seen], truth.track_id[seen], truth.class_id[seen])


def video_film(folder: Path) -> Iterator[tuple[Frame, Truth]]:
    truth = read_truth(folder / "gt.txt")
    video = next(path for path in sorted(folder.iterdir()) if path.suffix in (".mp4", ".avi"))
    for number, frame in enumerate(open_source(video, FRAMES), 1):
        rows = truth.frame == number
        yield frame, (truth.xyxy[rows], truth.track_id[rows], truth.class_id[rows])


def main() -> None:
    raw = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=raw)
    parser.add_argument("folder", nargs="?", type=Path)
    arguments = parser.parse_args()
    if arguments.folder is None:
        network = load_network("scenes-nano")
        columns = {f"{fps} frames/s": [looks(network, scene_film(s, fps)) for s in SEEDS] for fps in FPS}
    else:
        columns = {arguments.folder.name: [looks(load_network("yolo-kp"), video_film(arguments.folder))]}
    table = Table("layer", title="Area under the ROC curve, 0.5 is chance")
    for name in columns:
        for margin in MARGINS:
            table.add_column(f"{name}, {'whole box' if not margin else 'middle'}", justify="right")
    for layer in dict.fromkeys(layer for layer, _ in next(iter(columns.values()))[0]):
        areas = [area([film[layer, m] for film in films]) for films in columns.values() for m in MARGINS]
        table.add_row(layer, *(f"{value:.3f}" for value in areas))
    Console(width=140).print(table)


if __name__ == "__main__":
    main()
