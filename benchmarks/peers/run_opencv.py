"""OpenCV's trackers of one object, with its defaults: ``run_opencv.py question.json answer.npz``.

The question has ``trackers``, names of those below, ``box``, the first box ``x, y, w, h``, and either
``pictures``, the files of all frames, or ``frames``, one ``.npy`` of them, (F, H, W, 3) RGB. The answer holds
for each tracker ``NAME.boxes`` (F, 4) and ``NAME.seconds`` (F,), and OpenCV's version as ``version``.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterator

import cv2
import numpy as np

TRACKERS = {
    "KCF": cv2.TrackerKCF_create,
    "CSRT": cv2.TrackerCSRT_create,
    "MOSSE": cv2.legacy.TrackerMOSSE_create,
    "MIL": cv2.TrackerMIL_create,
}
SEED = 0


def pictures(question: dict) -> Iterator[np.ndarray]:
    """The frames as OpenCV's trackers take them, BGR."""
    if "pictures" in question:
        yield from (cv2.imread(path, cv2.IMREAD_COLOR) for path in question["pictures"])
    else:
        frames = np.load(question["frames"], mmap_mode="r", allow_pickle=False)
        yield from (np.ascontiguousarray(frame[..., ::-1]) for frame in frames)


def follow(name: str, question: dict) -> tuple[np.ndarray, np.ndarray]:
    """The boxes of one tracker, and what each frame took, s. One that is lost keeps its last box."""
    cv2.setRNGSeed(SEED)
    tracker = TRACKERS[name]()
    boxes = [question["box"]]
    seconds = []
    for number, picture in enumerate(pictures(question)):
        begun = time.perf_counter()
        if number == 0:
            tracker.init(picture, tuple(round(side) for side in question["box"]))
        else:
            found, box = tracker.update(picture)
            boxes.append(list(box) if found else boxes[-1])
        seconds.append(time.perf_counter() - begun)
    return np.array(boxes, np.float64), np.array(seconds)


if __name__ == "__main__":
    cv2.setNumThreads(1)
    with open(sys.argv[1]) as file:
        asked = json.load(file)
    answer = {"version": np.array(cv2.__version__)}
    for name in asked["trackers"]:
        answer[f"{name}.boxes"], answer[f"{name}.seconds"] = follow(name, asked)
    np.savez_compressed(sys.argv[2], **answer)
