"""A real recording, followed by a trained pair and by what solves nothing.

    OMP_NUM_THREADS=1 python benchmarks/had/biplane.py DATA/events [--net PAIR|CHECKPOINT ...]

DATA/events holds dvs.es and dvs_es_boxes_10ms.txt, boxes of windows of 10 ms that a machine made from the
events (0.5 to 99.5 percent of them along each axis), so that they are no third party's truth. The first
window is the sensor's own flash and has no box: what follows begins with the second. Overlaps are of all
windows after that.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from rich.console import Console
from rich.table import Table

from neuromorph_track.association.overlap import iou
from neuromorph_track.data.events import open_events
from neuromorph_track.data.events.pictures import CountCanvas, closed_windows, window_pictures
from neuromorph_track.netx import EventsSpec
from neuromorph_track.runs.follow import settings_of
from neuromorph_track.runs.pairs import load_siamese
from neuromorph_track.runs.stream import stream
from neuromorph_track.runs.stream_net import StreamNet

sys.path.insert(0, str(Path(__file__).parents[1]))
from paired import FEWEST

WINDOW_US, FIRST, OVERLAP = 10_000, 1, 0.5
Boxes = NDArray[np.float64]


def truth_of(folder: Path) -> Boxes:
    """Left, top, width, height of windows 2 onwards."""
    table = np.genfromtxt(folder / "dvs_es_boxes_10ms.txt", delimiter=",", skip_header=1)
    assert (table[:, 1] == WINDOW_US * (FIRST + np.arange(len(table)))).all()
    return np.asarray(table[:, 3:], np.float64)


def centroids(folder: Path, truth: Boxes, reach: float) -> Boxes:
    """A box of the first size on the mean of the pixels with events up to ``reach`` sides from its middle."""
    recording = open_events(folder / "dvs.es")
    canvas = CountCanvas((recording.width, recording.height))
    counts = [window.sum(0) for window in closed_windows(recording, WINDOW_US, canvas)][FIRST:]
    boxes = np.repeat(truth[:1], len(truth), axis=0)
    side = np.sqrt(boxes[0, 2:].prod())
    for index in range(1, len(boxes)):
        boxes[index] = boxes[index - 1]
        rows, columns = np.nonzero(counts[index])
        places, middle = np.column_stack([columns, rows]) + 0.5, boxes[index, :2] + boxes[index, 2:] / 2
        near = np.abs(places - middle).max(axis=1) <= reach * side
        if near.sum() >= FEWEST:
            boxes[index, :2] = places[near].mean(axis=0) - boxes[index, 2:] / 2
    return boxes


def followed(folder: Path, truth: Boxes, pair: str) -> Boxes:
    """What a pair says in the fixed-point simulator."""
    net = StreamNet(load_siamese(pair))
    spec = net.contract.search.input.events
    assert spec is not None
    given = EventsSpec(**{**spec.model_dump(), "window_us": WINDOW_US})
    pictures = list(window_pictures(open_events(folder / "dvs.es"), given))[FIRST : FIRST + len(truth)]
    return np.stack([step.xywh for step in stream(net, pictures, truth[0], settings_of(net))])


def overlaps(boxes: Boxes, truth: Boxes) -> NDArray[np.float64]:
    """Of each window after the first."""
    corners = [np.concatenate([each[:, :2], each[:, :2] + each[:, 2:]], 1)[1:] for each in (boxes, truth)]
    return np.asarray(iou(*corners), np.float64)


def main() -> None:
    raw = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=raw)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--net", nargs="+", default=[], help="trained pairs or checkpoints")
    options = parser.parse_args()
    truth = truth_of(options.folder)
    found = {
        "box left in place": np.repeat(truth[:1], len(truth), axis=0),
        "centroid of all events": centroids(options.folder, truth, np.inf),
        "centroid of events near": centroids(options.folder, truth, 1.0),
        **{pair: followed(options.folder, truth, pair) for pair in options.net},
    }
    shown = Table("", "mean IoU", f"windows with {OVERLAP} or more, %", "first below, window")
    for name, boxes in found.items():
        each = overlaps(boxes, truth)
        below = np.flatnonzero(each < OVERLAP)
        first = str(below[0] + FIRST + 2) if len(below) else ""
        shown.add_row(name, f"{each.mean():.3f}", f"{100 * (each >= OVERLAP).mean():.1f}", first)
    Console().print(shown)


if __name__ == "__main__":
    main()
