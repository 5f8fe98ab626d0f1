"""Frames per second of the association alone, on synthetic moving boxes.

Run ``python benchmarks/association_speed.py``. Time is that of the processor, so that other work on the
machine does not count; numbers are the median of the repeats.
"""

from __future__ import annotations

import argparse
import statistics
import time

import numpy as np
from rich.console import Console
from rich.table import Table

from neuromorph_track.association import TwoStageTracker
from neuromorph_track.data.detections import Detections

PICTURE = np.array([1920.0, 1080.0])
# Objects in the picture, and frames to track them for: about the same time for each.
LOADS = ((10, 1000), (100, 400), (1000, 60))


def moving_boxes(objects: int, frames: int, seed: int) -> list[Detections]:
    """Boxes 20-60 by 40-160 pixels that move a few pixels a frame and turn back at the edges.

    One in twenty is not detected; edges jitter by a pixel; scores lie between 0.3 and 1.
    """
    generator = np.random.default_rng(seed)
    size = np.stack([generator.uniform(20, 60, objects), generator.uniform(40, 160, objects)], axis=1)
    centre = generator.uniform(0, 1, (objects, 2)) * PICTURE
    velocity = generator.normal(0, 3, (objects, 2))
    sequence = []
    for _ in range(frames):
        centre = centre + velocity
        velocity = np.where((centre < 0) | (centre > PICTURE), -velocity, velocity)
        seen = generator.random(objects) < 0.95
        corners = np.concatenate([centre - size / 2, centre + size / 2], axis=1)[seen]
        corners += generator.normal(0, 1, corners.shape)
        score = generator.uniform(0.3, 1, len(corners)).astype(np.float32)
        class_id = np.zeros(len(corners), np.int64)
        sequence.append(Detections(corners.astype(np.float32), score, class_id))
    return sequence


def frames_per_second(sequence: list[Detections]) -> float:
    tracker = TwoStageTracker()
    begin = time.process_time()
    for detections in sequence:
        tracker.update(detections)
    return len(sequence) / (time.process_time() - begin)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()

    table = Table("objects", "frames/s", "slowest repeat", "ms/frame", title="TwoStageTracker")
    for objects, frames in LOADS:
        sequence = moving_boxes(objects, frames, arguments.seed)
        rates = [frames_per_second(sequence) for _ in range(arguments.repeats)]
        middle = statistics.median(rates)
        table.add_row(str(objects), f"{middle:.0f}", f"{min(rates):.0f}", f"{1000 / middle:.2f}")
    Console().print(table)


if __name__ == "__main__":
    main()
