"""Processor time of the default tracker, camera motion included, on synthetic moving boxes.

    python benchmarks/association_speed.py [--plot FILE.png]

Time is that of the processor, so that other work on the machine counts little; numbers are the median of the
repeats. ``crowded`` keeps the picture at 1920 x 1080 while objects are added, so that ever more of them
overlap; ``as dense`` lets the picture grow with them, at the density of 100 objects in that picture.
"""

from __future__ import annotations

import argparse
import statistics
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from moving_boxes import PICTURE, moving_boxes
from rich.console import Console
from rich.table import Table

from neuromorph_track.association import TwoStageTracker
from neuromorph_track.association.warm_up import load_loops
from neuromorph_track.data.detections import Detections

# Objects, and frames to track them for: about the same time for each.
LOADS = ((10, 1000), (30, 700), (100, 400), (300, 200), (1000, 60), (2000, 30), (5000, 12))
DENSE_FROM = 100
STAGES = ("predict", "camera", "match", "correct", "begin", "drop", "report")


@dataclass(frozen=True)
class Timing:
    """Milliseconds a frame: of the processor, the middle and the slowest repeat; on the wall by stage."""

    objects: int
    middle: float
    slowest: float
    stages: dict[str, float]


def measure(sequence: list[Detections], objects: int, repeats: int) -> Timing:
    times, stages = [], {name: 0.0 for name in STAGES}
    for _ in range(repeats):
        tracker = TwoStageTracker()
        begun = time.process_time()
        for detections in sequence:
            tracker.update(detections)
        times.append(1000 * (time.process_time() - begun) / len(sequence))
        for name in STAGES:
            stages[name] += 1000 * tracker.stages.seconds[name] / len(sequence) / repeats
    return Timing(objects, statistics.median(times), max(times), stages)


def timings(dense: bool, repeats: int, seed: int) -> list[Timing]:
    found = []
    for objects, frames in LOADS:
        grown = np.sqrt(max(objects / DENSE_FROM, 1)) if dense else 1.0
        found.append(measure(moving_boxes(objects, frames, seed, PICTURE * grown), objects, repeats))
    return found


def table(title: str, rows: list[Timing]) -> Table:
    shown = Table(title=title)
    for heading in ("objects", "frames/s", "ms/frame", "slowest", "µs/object", *STAGES):
        shown.add_column(heading, justify="right")
    for row in rows:
        numbers = (f"{1000 / row.middle:.0f}", f"{row.middle:.3f}", f"{row.slowest:.3f}")
        each = f"{1000 * row.middle / row.objects:.2f}"
        shown.add_row(str(row.objects), *numbers, each, *(f"{row.stages[name]:.3f}" for name in STAGES))
    return shown


def plot(crowded: list[Timing], as_dense: list[Timing], path: Path) -> None:
    from matplotlib import rc_context
    from matplotlib.figure import Figure

    from neuromorph_track.reports.style import FAINT, INK, PALETTE, STYLE

    with rc_context(STYLE):
        figure = Figure(figsize=(7, 4.2), layout="constrained")
        axes = figure.add_subplot()
        lines = ((crowded, "1920 x 1080, ever more crowded", "o"), (as_dense, "as dense", "s"))
        for (rows, name, mark), colour in zip(lines, PALETTE, strict=False):
            objects, times = [row.objects for row in rows], [row.middle for row in rows]
            axes.loglog(objects, times, f"{mark}-", color=colour, label=name)
        last = as_dense[-1]
        ends = np.array([last.objects / 10, last.objects])
        axes.loglog(ends, last.middle * ends / ends[1], ":", color=INK, label="in proportion to objects")
        for objects, rate in ((10, 3500), (100, 1500), (1000, 300)):
            label = "goal" if objects == 10 else None
            axes.plot(objects, 1000 / rate, "v", color=FAINT, label=label)
        axes.xaxis.set_major_formatter("{x:g}")
        axes.yaxis.set_major_formatter("{x:g}")
        axes.set_xlabel("objects")
        axes.set_ylabel("processor time, ms/frame")
        axes.grid(visible=True, which="major")
        axes.legend()
        figure.savefig(path)


def main() -> None:
    raw = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=raw)
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--plot", type=Path)
    arguments = parser.parse_args()

    begun = time.process_time()
    load_loops()
    console = Console(width=140)
    console.print(f"compiled loops ready after {time.process_time() - begun:.2f} s of processor time")
    crowded = timings(False, arguments.repeats, arguments.seed)
    console.print(table("crowded", crowded))
    as_dense = timings(True, arguments.repeats, arguments.seed)
    console.print(table("as dense", as_dense))
    if arguments.plot is not None:
        plot(crowded, as_dense, arguments.plot)


if __name__ == "__main__":
    main()
