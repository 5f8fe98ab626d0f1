"""The paired sequences: how they look, how fast they are drawn, and what does not solve them.

    OMP_NUM_THREADS=1 python benchmarks/paired.py --sequences 16 --cache FOLDER     tables
    OMP_NUM_THREADS=1 python benchmarks/paired.py --sheet docs/paired.png           a contact sheet instead

Success AUC (SR) at every window of events after the first frame, over sequences of the test split, with 95 %
intervals over sequences: of a box that stays; one on the centroid of all events, and of those near it; one
that goes after the first picture in the frames (normalised cross-correlation); and the truth of the newest
frame that is there, which no tracker of frames alone can be ahead of.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from rich.console import Console
from rich.table import Table

from neuromorph_track.data.paired import PRESETS, PairedSequence, PairedSpec
from neuromorph_track.data.paired.sequence import draw_sequence, load_or_draw
from neuromorph_track.data.single import SingleSequence
from neuromorph_track.evaluation.single import mean_interval, score_sequence
from neuromorph_track.files import atomic_path

Boxes = NDArray[np.float64]
Tracker = Callable[[PairedSequence, int], Boxes]

# Events that a centroid is taken of at least.
FEWEST = 8
# Half of the side of the area that is searched, in sides of the target.
REACH = 1.5
SHEET_SCALE = 2


def first_window(sequence: PairedSequence) -> int:
    """Where tracking starts: a frame is there, and the target is seen."""
    return int(np.argmax((sequence.newest_frame >= 0) & (sequence.seen >= 0.5)))


def stays(sequence: PairedSequence, first: int) -> Boxes:
    count = len(sequence.boxes) - first
    return np.repeat(xywh(sequence.boxes[first : first + 1]), count, axis=0)


def centroid(sequence: PairedSequence, first: int) -> Boxes:
    return to_events(sequence, first, np.inf)


def near_centroid(sequence: PairedSequence, first: int) -> Boxes:
    return to_events(sequence, first, 1.0)


def to_events(sequence: PairedSequence, first: int, reach: float) -> Boxes:
    """A box of the first size on the mean of a window's events up to ``reach`` sides from its middle."""
    boxes = stays(sequence, first)
    side = np.sqrt(boxes[0, 2:].prod())
    for index in range(1, len(boxes)):
        boxes[index] = boxes[index - 1]
        counts = sequence.counts(first + index, first + index + 1)[0].sum(axis=0)
        rows, columns = np.nonzero(counts)
        places, middle = np.column_stack([columns, rows]) + 0.5, boxes[index, :2] + boxes[index, 2:] / 2
        near = np.abs(places - middle).max(axis=1) <= reach * side
        if near.sum() >= FEWEST:
            boxes[index, :2] = places[near].mean(axis=0) - boxes[index, 2:] / 2
    return boxes


def by_picture(sequence: PairedSequence, first: int) -> Boxes:
    """Normalised cross-correlation with the first box's picture, in the frames as they come."""
    boxes = stays(sequence, first)
    last = sequence.newest_frame[first]
    x, y, right, bottom = sequence.frame_boxes[last].astype(int)
    w, h = right - x, bottom - y
    template = sequence.frames[last][y:bottom, x:right]
    corner = np.array([x, y])
    for index in range(1, len(boxes)):
        newest = sequence.newest_frame[first + index]
        if newest != last:
            frame = cv2.copyMakeBorder(sequence.frames[newest], h, h, w, w, cv2.BORDER_REPLICATE)
            score = cv2.matchTemplate(frame, template, cv2.TM_CCOEFF_NORMED)
            # The border moves everything by a template.
            border = np.array([w, h])
            corner, last = best(score, corner + border, np.sqrt(w * h)) - border, newest
        boxes[index] = (*corner, w, h)
    return boxes


def best(score: NDArray, last: NDArray, side: float) -> NDArray:
    """The place (x, y) of the highest score in reach of the last one."""
    ends = np.array(score.shape[::-1]) - 1
    left, top = np.clip(last - REACH * side, 0, ends).astype(int)
    right, bottom = np.clip(last + REACH * side, 0, ends).astype(int)
    part = score[top : bottom + 1, left : right + 1]
    row, column = np.unravel_index(part.argmax(), part.shape)
    return np.array([left + column, top + row])


def newest_truth(sequence: PairedSequence, first: int) -> Boxes:
    return np.concatenate(
        [stays(sequence, first)[:1], xywh(sequence.frame_boxes[sequence.newest_frame[first + 1 :]])]
    )


def xywh(boxes: NDArray[np.float32]) -> Boxes:
    return np.concatenate([boxes[:, :2], boxes[:, 2:] - boxes[:, :2]], axis=1).astype(np.float64)


TRACKERS: dict[str, Tracker] = {
    "stays": stays,
    "all events": centroid,
    "events near": near_centroid,
    "first picture": by_picture,
    "newest frame's truth": newest_truth,
}


class Unseen:
    """Frames of which only the size is asked for."""

    name, fps, frames, ended_early = "windows", 100.0, None, None

    def __init__(self, spec: PairedSpec) -> None:
        self.size = (spec.width, spec.height)


def truth_from(sequence: PairedSequence, first: int) -> SingleSequence:
    boxes, present = xywh(sequence.boxes[first:]), sequence.present[first:]
    name = sequence.spec.to_string()
    return SingleSequence(name, "paired", Unseen(sequence.spec), boxes, present)  # type: ignore[arg-type]


def accuracy(sequences: int, cache: Path | None) -> tuple[Table, Table]:
    scores = Table("SR", *TRACKERS)
    kinds = Table("per sequence", "1000 events/s", "on the target, %", "quiet windows, %", "grey level")
    for name in PRESETS:
        values: dict[str, list[float]] = {tracker: [] for tracker in TRACKERS}
        facts = []
        for seed in range(sequences):
            sequence = load_or_draw(PairedSpec(seed=seed, split="test", preset=name), cache)
            first = first_window(sequence)
            truth = truth_from(sequence, first)
            for tracker, follow in TRACKERS.items():
                found = score_sequence(truth, [follow(sequence, first)], tracker).scores.AUC
                values[tracker].append(found)
            facts.append(described(sequence))
        cells = [(np.mean(v), mean_interval(v)) for v in values.values()]
        scores.add_row(name, *(f"{mean:.3f} ({low:.3f}-{high:.3f})" for mean, (low, high) in cells))
        kinds.add_row(name, *(f"{value:.1f}" for value in np.mean(facts, axis=0)))
    return scores, kinds


def described(sequence: PairedSequence) -> tuple[float, float, float, float]:
    """Thousands of events per second, share on the target, windows with few events on it, mean grey level."""
    spec = sequence.spec
    counts = sequence.counts().sum(axis=1, dtype=np.int64)
    inside = np.zeros(spec.windows)
    for index in np.flatnonzero(sequence.present):
        left, top, right, bottom = sequence.boxes[index].astype(int)
        inside[index] = counts[index, top:bottom, left:right].sum()
    rate = len(sequence.t) / (spec.windows * spec.window_us * 1e-3)
    quiet = float((inside < FEWEST).mean())
    return rate, 100 * inside.sum() / counts.sum(), 100 * quiet, float(sequence.frames.mean())


def speed(sequences: int) -> Table:
    """Time of the processor, so that other work on the machine counts less."""
    table = Table("preset", "a sequence of 24 frames, s", "1000 of them, min")
    draw_sequence(PairedSpec(frames=3))
    for name in PRESETS:
        began = time.process_time()
        for seed in range(sequences):
            draw_sequence(PairedSpec(seed=seed, preset=name))
        taken = (time.process_time() - began) / sequences
        table.add_row(name, f"{taken:.2f}", f"{taken * 1000 / 60:.1f}")
    return table


def contact_sheet(columns: int = 2, seed: int = 0) -> NDArray[np.uint8]:
    """A row for each preset: RGB frame, the events of the window at its end, and the box of that moment."""
    return np.vstack([strip(PairedSpec(seed=seed, split="test", preset=name), columns) for name in PRESETS])


def strip(spec: PairedSpec, columns: int) -> NDArray[np.uint8]:
    sequence = draw_sequence(spec)
    shown = []
    for frame in np.linspace(1, spec.frames - 1, columns).astype(int):
        window = (frame + 1) * spec.per_frame - 1
        on, off = sequence.counts(window, window + 1)[0]
        picture = np.dstack([np.minimum(96 * c.astype(int), 255) for c in (on, np.zeros_like(on), off)])
        for image, box in (
            (sequence.frames[frame], sequence.frame_boxes[frame]),
            (picture.astype(np.uint8), sequence.boxes[window]),
        ):
            shown.append(boxed(image, box))
    return np.hstack(shown)


def boxed(image: NDArray[np.uint8], box: NDArray[np.float32]) -> NDArray[np.uint8]:
    large = cv2.resize(image, None, fx=SHEET_SCALE, fy=SHEET_SCALE, interpolation=cv2.INTER_NEAREST)
    if np.isfinite(box).all():
        left, top, right, bottom = (int(value * SHEET_SCALE) for value in box)
        cv2.rectangle(large, (left, top), (right, bottom), (0, 255, 0), 1)
    return cv2.copyMakeBorder(large, 1, 1, 1, 1, cv2.BORDER_CONSTANT, value=(90, 90, 90))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--sequences", type=int, default=16)
    parser.add_argument("--seed", type=int, default=0, help="of the contact sheet")
    parser.add_argument("--cache", type=Path, help="folder for drawn sequences")
    parser.add_argument("--sheet", type=Path, help="write a contact sheet here")
    options = parser.parse_args()
    if options.sheet is not None:
        with atomic_path(options.sheet) as path:
            cv2.imwrite(str(path), contact_sheet(seed=options.seed)[..., ::-1])
        return
    for table in (*accuracy(options.sequences, options.cache), speed(min(options.sequences, 4))):
        Console(width=150).print(table)


if __name__ == "__main__":
    main()
