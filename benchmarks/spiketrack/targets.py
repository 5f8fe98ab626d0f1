"""The synthetic targets: how they look, how fast they are drawn, and what does not solve them.

    OMP_NUM_THREADS=1 python benchmarks/spiketrack/targets.py                          tables
    OMP_NUM_THREADS=1 python benchmarks/spiketrack/targets.py --sheet docs/targets.png a contact sheet instead

A box that stays, one that goes after the target's colours, and one that goes after the target's first
picture; success AUC over sequences of the test split, with 95 % intervals over sequences.
"""

from __future__ import annotations

import argparse
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image
from rich.console import Console
from rich.table import Table

from neuromorph_track.data.single import SingleSequence
from neuromorph_track.data.targets import PRESETS, TargetScene, TargetSpec
from neuromorph_track.data.targets.sequence import target_sequence
from neuromorph_track.evaluation.single import mean_interval, score_sequence
from neuromorph_track.files import atomic_path
from neuromorph_track.reports.style import PALETTE, rgb

Boxes = NDArray[np.float64]
Tracker = Callable[[SingleSequence], Boxes]

# Half of the side of the area that is searched, in sides of the target.
REACH = 1.5
BINS = 16
FIRST_SEED = 10_000
SHEET_SCALE = 2 / 3


def stays(sequence: SingleSequence) -> Boxes:
    return np.repeat(sequence.initial_box[None], len(sequence), axis=0)


def by_colours(sequence: SingleSequence) -> Boxes:
    """Where most pixels have colours that were more frequent in the first box than around it."""
    first, box = sequence.frames[0], sequence.initial_box
    mask = np.zeros(first.shape[:2], np.uint8)
    x, y, w, h = box.astype(int)
    mask[y : y + h, x : x + w] = 1
    near = np.zeros_like(mask)
    near[max(y - h, 0) : y + 2 * h, max(x - w, 0) : x + 2 * w] = 1
    inner, around = (histogram(first, m) for m in (mask, near))
    share = inner / np.maximum(around, 1) * (around > 0)
    return followed(sequence, lambda frame: share[tuple(np.moveaxis(frame // (256 // BINS), 2, 0))])


def histogram(frame: NDArray[np.uint8], mask: NDArray[np.uint8]) -> NDArray[np.float32]:
    return cv2.calcHist([frame], [0, 1, 2], mask, [BINS] * 3, [0, 256] * 3)


def followed(sequence: SingleSequence, likeness: Callable[[NDArray[np.uint8]], NDArray]) -> Boxes:
    """A box of the first size that moves to the highest mean likeness in reach."""
    boxes = stays(sequence)
    w, h = boxes[0, 2:]
    for index in range(1, len(sequence)):
        mean = cv2.blur(likeness(sequence.frames[index]).astype(np.float32), (int(w), int(h)))
        boxes[index, :2] = best(mean, boxes[index - 1, :2] + (w / 2, h / 2), np.sqrt(w * h)) - (w / 2, h / 2)
    return boxes


def by_picture(sequence: SingleSequence) -> Boxes:
    """Normalised cross-correlation with the first box's picture."""
    boxes = stays(sequence)
    x, y, w, h = boxes[0].astype(int)
    template = sequence.frames[0][y : y + h, x : x + w]
    for index in range(1, len(sequence)):
        frame = cv2.copyMakeBorder(sequence.frames[index], h, h, w, w, cv2.BORDER_REPLICATE)
        score = cv2.matchTemplate(frame, template, cv2.TM_CCOEFF_NORMED)
        corner = best(score, boxes[index - 1, :2] + (w, h), np.sqrt(w * h))
        boxes[index, :2] = corner - (w, h)
    return boxes


def best(score: NDArray, last: NDArray, side: float) -> NDArray:
    """The place (x, y) of the highest score in reach of the last one."""
    height, width = score.shape
    left, top = (int(np.clip(c - REACH * side, 0, s - 1)) for c, s in zip(last, (width, height), strict=True))
    right, bottom = (
        int(np.clip(c + REACH * side, 0, s - 1)) for c, s in zip(last, (width, height), strict=True)
    )
    part = score[top : bottom + 1, left : right + 1]
    row, column = np.unravel_index(part.argmax(), part.shape)
    return np.array([left + column, top + row], float)


TRACKERS: dict[str, Tracker] = {"stays": stays, "colours": by_colours, "first picture": by_picture}


def accuracy(sequences: int) -> tuple[Table, Table]:
    scores = Table("success AUC", *TRACKERS)
    kinds = Table("share of sequences", *PRESETS)
    found: dict[str, Counter[str]] = {}
    for name in PRESETS:
        specs = [TargetSpec.preset(name, seed=FIRST_SEED + k, split="test") for k in range(sequences)]
        values: dict[str, list[float]] = {tracker: [] for tracker in TRACKERS}
        found[name] = Counter()
        for spec in specs:
            sequence = target_sequence(spec)
            found[name].update(sequence.attributes)
            for tracker, follow in TRACKERS.items():
                values[tracker].append(score_sequence(sequence, [follow(sequence)], tracker).scores.AUC)
        cells = [(np.mean(v), mean_interval(v)) for v in values.values()]
        scores.add_row(name, *(f"{mean:.3f} ({low:.3f}–{high:.3f})" for mean, (low, high) in cells))
    for attribute in sorted(set().union(*found.values())):
        kinds.add_row(attribute, *(f"{found[name][attribute] / sequences:.2f}" for name in PRESETS))
    return scores, kinds


def speed(sequences: int) -> Table:
    """Time of the processor, so that other work on the machine counts less."""
    table = Table("preset", "planning, ms", "frames/s", "500 sequences of 40, s")
    list(TargetScene(TargetSpec(frames=2)))
    for name in PRESETS:
        began = time.process_time()
        scenes = [TargetScene(TargetSpec.preset(name, seed=k, frames=40)) for k in range(sequences)]
        planned = time.process_time()
        for scene in scenes:
            for _ in scene:
                pass
        plan, draw = planned - began, time.process_time() - planned
        rate = 40 * sequences / draw
        table.add_row(
            name, f"{1e3 * plan / sequences:.0f}", f"{rate:.0f}", f"{500 * (plan + draw) / sequences:.0f}"
        )
    return table


def contact_sheet(rows: int = 2, columns: int = 6, seed: int = 0) -> NDArray[np.uint8]:
    """Sequences of each preset under each other, frames side by side with their boxes; RGB."""
    strips = []
    for number, name in enumerate(PRESETS):
        for k in range(rows):
            scene = TargetScene(TargetSpec.preset(name, seed=seed + rows * number + k, split="test"))
            picked = np.linspace(0, len(scene) - 1, columns).astype(int)
            strips.append(np.hstack([framed(scene, int(index)) for index in picked]))
    return np.vstack(strips)


def framed(scene: TargetScene, index: int) -> NDArray[np.uint8]:
    frame, box, visibility = scene[index]
    if np.isfinite(box).all():
        left, top, right, bottom = (int(edge) for edge in box)
        colour = rgb(PALETTE[4] if visibility >= 0.5 else PALETTE[3])
        cv2.rectangle(frame, (left - 1, top - 1), (right, bottom), colour, 1)
    return cv2.copyMakeBorder(frame, 1, 1, 1, 1, cv2.BORDER_CONSTANT, value=(255, 255, 255))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sequences", type=int, default=30, help="of each preset")
    parser.add_argument("--seed", type=int, default=0, help="first seed of the contact sheet")
    parser.add_argument("--sheet", type=Path, help="write a contact sheet there, and nothing else")
    arguments = parser.parse_args()
    if arguments.sheet:
        with atomic_path(arguments.sheet) as path:
            sheet = contact_sheet(seed=arguments.seed)
            sheet = cv2.resize(sheet, None, fx=SHEET_SCALE, fy=SHEET_SCALE, interpolation=cv2.INTER_AREA)
            # Noise takes most of a picture's bytes.
            Image.fromarray(sheet).quantize(256, Image.Quantize.FASTOCTREE).save(path, "PNG", optimize=True)
        return
    console = Console()
    for table in (speed(arguments.sequences), *accuracy(arguments.sequences)):
        console.print(table)


if __name__ == "__main__":
    main()
