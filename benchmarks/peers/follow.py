"""What every peer's tracker is put through, in its own environment: boxes in, tracks and seconds out.

NumPy alone, so that it runs in any of the environments. A file of sequences holds for each, by its place,
``PLACE.frames`` (), ``PLACE.frame`` (N,) from 1, ``PLACE.xyxy`` (N, 4) and ``PLACE.score`` (N,); the answer
``TRACKER.PLACE.rows`` (T, 6), frame, identity and the box, and ``TRACKER.PLACE.seconds`` ().
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Mapping

import numpy as np

# Boxes (N, 4) and scores (N,) of a frame -> identities (K,) and boxes (K, 4).
Step = Callable[[np.ndarray, np.ndarray], tuple[np.ndarray, np.ndarray]]
# Picture of a scene that nobody sees: peers ask for one, and look at its shape alone.
BLANK = np.zeros((1080, 1920, 3), np.uint8)


def follow(step: Step, frames: int, frame: np.ndarray, xyxy: np.ndarray, score: np.ndarray) -> tuple:
    """Tracks of a sequence, (T, 6), and the processor time of the tracker alone, s."""
    edges = np.searchsorted(frame, np.arange(1, frames + 2))
    rows, seconds = [np.zeros((0, 6))], 0.0
    for number in range(frames):
        here = slice(edges[number], edges[number + 1])
        begun = time.process_time()
        identity, boxes = step(xyxy[here], score[here])
        seconds += time.process_time() - begun
        numbers = np.full(len(identity), number + 1)
        rows.append(np.column_stack([numbers, identity, np.reshape(boxes, (-1, 4))]))
    return np.concatenate(rows), seconds


def main(trackers: Mapping[str, Callable[[], Step]], version: str) -> None:
    """Read ``argv[1]``, write ``argv[2]``; a new tracker for each sequence."""
    with np.load(sys.argv[1]) as file:
        given = dict(file)
    places = sorted({name.split(".")[0] for name in given}, key=int)
    answer: dict[str, np.ndarray] = {
        "about": np.array(json.dumps({"version": version, "names": [*trackers]}))
    }
    for name, make in trackers.items():
        for place in places:
            sequence = [given[f"{place}.{part}"] for part in ("frames", "frame", "xyxy", "score")]
            rows, seconds = follow(make(), int(sequence[0]), *sequence[1:])
            answer[f"{name}.{place}.rows"] = rows
            answer[f"{name}.{place}.seconds"] = np.array(seconds)
    np.savez_compressed(sys.argv[2], **answer)
